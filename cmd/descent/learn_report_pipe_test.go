//go:build !windows

package main

import (
	"io"
	"path/filepath"
	"syscall"
	"testing"
)

// A stream that is interrupted leaves the page of what was learned.
func TestLearnReportInterrupt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	cmd := command(t, "learn", "-p", "-", "--quiet", "--report", file)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(in, stream)
	if _, err := io.ReadFull(out, make([]byte, len("0\n"))); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	io.Copy(io.Discard, out)
	_ = cmd.Wait() // its exit code tells
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	holds(t, page(t, file), "The run was interrupted after 3 examples. ", "<h2>Weights</h2>")
}
