//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReportInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	out, stderr, code := interrupt(t, os.Interrupt, price("--json", "--epochs", "600", "--report", file)...)
	if _, last := readJSON(t, out); code != exitInterrupted || !last.Interrupted {
		t.Fatalf("exit code %d, result %+v\n%s", code, last, stderr)
	}
	text := page(t, file)
	holds(t, text, "when it was interrupted.", "<h2>Learning</h2>", "<h2>Predicted and true values</h2>")
}
