//go:build !windows

package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A stream that is interrupted leaves the model of what was learned.
func TestLearnInterrupt(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model")
	for _, args := range [][]string{{"-f", model}, nil} {
		cmd := command(t, append([]string{"learn", "-p", "-", "--quiet"}, args...)...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
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
		answers := make([]byte, len("0\n"))
		if _, err := io.ReadFull(out, answers); err != nil {
			t.Fatal(err, errs.String())
		}
		cmd.Process.Signal(syscall.SIGTERM)
		io.Copy(io.Discard, out)
		_ = cmd.Wait() // its exit code tells
		want := "nothing saved, for want of -f\n"
		if args != nil {
			want = "saved in " + model + "; -i " + model + " goes on from there\n"
		}
		if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.HasSuffix(errs.String(), want) {
			t.Errorf("exit code %d: %s", code, errs.String())
		}
	}
	succeed(t, "learn", "-t", "-i", model, "-d", write(t, "data.vw", stream), "--quiet")
}

// When nobody reads the predictions any more, learning ends without a word, as
// other programs do.
func TestLearnClosedPipe(t *testing.T) {
	data := write(t, "data.vw", strings.Repeat(stream, 100000))
	for _, name := range []string{"-", "/dev/stdout"} {
		cmd := command(t, "learn", "-d", data, "-p", name, "--quiet")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 1))
		out.Close()
		if err := cmd.Wait(); err == nil || errs.Len() > 0 {
			t.Errorf("%s: %v\n%s", name, err, errs.String())
		}
	}
}
