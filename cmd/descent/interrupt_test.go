//go:build !windows

package main

import (
	"bytes"
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
	return start(t, command(t, args...)).end(signal)
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

// whileReading runs the program, sends it a signal while it reads the file PIPE of
// its command line, and then gives it the content.
func whileReading(t *testing.T, content string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, arg := range args {
		args[i] = strings.Replace(arg, "PIPE", pipe, 1)
	}
	var out, errs bytes.Buffer
	cmd := command(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_, _ = file.WriteString(content) // fails where nobody reads any more
	_ = file.Close()
	_ = cmd.Wait() // its exit code tells
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// TestInterruptReading: a signal counts from the beginning, and leaves nothing.
func TestInterruptReading(t *testing.T) {
	dir := t.TempDir()
	learn := []string{"--hidden", "1000,1000", "--target", "price", "--data"}
	for _, c := range []struct {
		args          []string
		content, want string
	}{
		{[]string{"stability", "--steps", "1000000000", "-o", filepath.Join(dir, "s.svg"), "--formula", "PIPE"}, "hyper lr = 0.1\nw = w - lr*sign(g)\n", "interrupted; nothing is known yet"},
		{append([]string{"lr-find", "-o", filepath.Join(dir, "l.svg"), "--steps", "1000000"}, append(learn, "PIPE")...), readFile(t, houses), "interrupted; nothing is found yet"},
		{append([]string{"compare", "--epochs", "1000000", "-o", filepath.Join(dir, "c.html")}, append(learn, "PIPE")...), readFile(t, houses), "interrupted before the first run"},
	} {
		out, stderr, code := whileReading(t, c.content, c.args...)
		if code != exitInterrupted || stderr != "descent: "+c.want+"\n" {
			t.Errorf("%s: exit code %d: %s%s", c.args[0], code, out, stderr)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestInterruptDocs while the folder is made: nothing of it stays.
func TestInterruptDocs(t *testing.T) {
	dir := t.TempDir()
	var errs bytes.Buffer
	cmd := command(t, "docs", "build", "-o", filepath.Join(dir, "site"))
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }() // its exit code tells
	for found := []string(nil); len(found) == 0; {
		select {
		case err := <-ended:
			t.Fatal(err, errs.String())
		default:
			found, _ = filepath.Glob(filepath.Join(dir, ".descent-*"))
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM) // which has no effect where it has ended
	<-ended
	left, err := os.ReadDir(dir)
	switch code := cmd.ProcessState.ExitCode(); {
	case err != nil:
		t.Error(err)
	case code == 0 && len(left) == 1 && left[0].Name() == "site": // it came too late
	case code != exitInterrupted || len(left) > 0 || !strings.HasPrefix(errs.String(), "descent: interrupted; "):
		t.Errorf("exit code %d: %s, it leaves %v", code, errs.String(), left)
	}
}
