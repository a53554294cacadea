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

// learning starts learn, which has learned the stream and waits for more.
func learning(t *testing.T, args ...string) *started {
	t.Helper()
	cmd := command(t, append([]string{"learn", "-p", "-", "--quiet"}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, stream); err != nil { // which fits into the pipe
		t.Fatal(err)
	}
	return start(t, cmd)
}

// A stream that is interrupted leaves the model of what was learned.
func TestLearnInterrupt(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model")
	for _, args := range [][]string{{"-f", model}, nil} {
		_, stderr, code := learning(t, args...).end(syscall.SIGTERM)
		want := "nothing saved, for want of -f\n"
		if args != nil {
			want = "saved in " + model + "; -i " + model + " goes on from there\n"
		}
		if code != exitInterrupted || !strings.HasSuffix(stderr, want) {
			t.Errorf("exit code %d: %s", code, stderr)
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
