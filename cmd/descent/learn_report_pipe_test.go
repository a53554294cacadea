//go:build !windows

package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A stream that is interrupted leaves the page of what was learned.
func TestLearnReportInterrupt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	if _, stderr, code := learning(t, "--report", file).end(syscall.SIGTERM); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	holds(t, page(t, file), "The run was interrupted after 3 examples. ", "<h2>Weights</h2>")
}
