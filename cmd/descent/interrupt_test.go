//go:build !windows

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// interrupt runs the program, sends it a signal after its first line, and gives
// what it printed. The run must be so long that its lines do not fit into
// a pipe: it waits for the reader and cannot end before the signal arrives.
func interrupt(t *testing.T, signal os.Signal, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var errs bytes.Buffer
	cmd := command(t, args...)
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(pipe)
	first, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err, errs.String())
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code tells
	return first + string(rest), errs.String(), cmd.ProcessState.ExitCode()
}

func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	whole, half, resumed := filepath.Join(dir, "whole"), filepath.Join(dir, "half"), filepath.Join(dir, "resumed")
	flags := price("--json", "--epochs", "600")

	out, stderr, code := interrupt(t, os.Interrupt, append(flags, "--save", half)...)
	_, last := readJSON(t, out)
	if code != exitInterrupted || !last.Interrupted || last.Steps == 0 || last.Steps >= 6000 {
		t.Fatalf("exit code %d, result %+v\n%s", code, last, stderr)
	}
	if !strings.HasPrefix(stderr, "descent: interrupted after ") || !strings.HasSuffix(stderr, "--resume "+half+" goes on\n") {
		t.Errorf("the message is %s", stderr)
	}
	succeed(t, "predict", "--model", half, "--data", houses)

	succeed(t, append(flags, "--save", whole)...)
	_, last = readJSON(t, succeed(t, append(flags, "--resume", half, "--save", resumed)...))
	if last.Steps != 6000 || last.Interrupted {
		t.Errorf("the result is %+v", last)
	}
	samePredictions(t, whole, resumed)
}

func TestInterruptWithoutSave(t *testing.T) {
	_, stderr, code := interrupt(t, syscall.SIGTERM, price("--json", "--epochs", "600")...)
	if code != exitInterrupted || !strings.Contains(stderr, "nothing saved") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestInterruptNotSaved(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 300)) // shows at the renaming
	out, stderr, code := interrupt(t, os.Interrupt, price("--json", "--epochs", "600", "--save", long)...)
	if _, last := readJSON(t, out); !last.Interrupted || last.TestLoss == nil {
		t.Errorf("the result is %+v", last)
	}
	if code != exitFailed || !strings.Contains(stderr, "the run is not saved") || !strings.Contains(stderr, "interrupted after ") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestInterruptCompare(t *testing.T) {
	report := filepath.Join(t.TempDir(), "r.html")
	args := []string{"compare", "--data", houses, "--target", "price", "--optimizers", "adadelta,adam", "--hidden", "8", "--batch", "16", "--epochs", "20000", "-o", report}
	_, stderr, code := interrupt(t, os.Interrupt, args...)
	if code != exitInterrupted || !strings.HasPrefix(stderr, "descent: interrupted; ") || !strings.Contains(stderr, "--resume goes on") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(report), "*")); err != nil || len(left) != 1 || filepath.Base(left[0]) != "r.jsonl" {
		t.Errorf("it leaves %v, %v", left, err)
	}
}
