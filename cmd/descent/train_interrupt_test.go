//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterruptWorkers interrupts three workers that save checkpoints, and kills
// three.
func TestInterruptWorkers(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	flags := price("--json", "--epochs", "600", "--workers", "3")
	succeed(t, append(flags, "--save", whole)...)
	for _, signal := range []os.Signal{os.Interrupt, os.Kill} {
		folder, rest := filepath.Join(dir, signal.String()), filepath.Join(dir, signal.String()+" rest")
		_, stderr, code := interrupt(t, signal, append(flags, "--checkpoint", folder, "--every", "0")...)
		if signal == os.Interrupt && (code != exitInterrupted || !strings.HasSuffix(stderr, "--resume "+folder+" --checkpoint "+folder+" --workers 3 goes on\n")) {
			t.Errorf("exit code %d: %s", code, stderr)
		}
		succeed(t, append(flags, "--resume", folder, "--save", rest)...)
		if readFile(t, rest) != readFile(t, whole) {
			t.Errorf("after a signal %v it goes on otherwise", signal)
		}
	}
}

func TestReportInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	out, stderr, code := interrupt(t, os.Interrupt, price("--json", "--epochs", "600", "--report", file)...)
	if _, last := readJSON(t, out); code != exitInterrupted || !last.Interrupted {
		t.Fatalf("exit code %d, result %+v\n%s", code, last, stderr)
	}
	text := page(t, file)
	holds(t, text, "when it was interrupted.", "<h2>Learning</h2>", "<h2>Predicted and true values</h2>")
}
