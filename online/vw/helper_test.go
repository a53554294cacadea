package vw_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// stream is a run's standard streams.
type stream struct{ out, log, warn bytes.Buffer }

// run runs a command line, which must succeed, with text as standard input.
func run(t *testing.T, in string, args ...string) (*vw.Result, *stream) {
	t.Helper()
	r, s, err := try(t, in, args...)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return r, s
}

// try runs a command line.
func try(t *testing.T, in string, args ...string) (*vw.Result, *stream, error) {
	t.Helper()
	c, err := vw.Parse(args...)
	if err != nil {
		return nil, nil, err
	}
	s := &stream{}
	r, err := c.Run(context.Background(), vw.Streams{In: strings.NewReader(in), Out: &s.out, Log: &s.log, Warn: &s.warn})
	return r, s, err
}

// refuse runs a command line, which must fail with an error that holds all of
// want.
func refuse(t *testing.T, in string, args []string, want ...string) {
	t.Helper()
	_, _, err := try(t, in, args...)
	if err == nil {
		t.Errorf("%q: no error, expected one with %q", args, want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q: expected an error with %q, got %v", args, w, err)
		}
	}
}

// file is a file's name in a folder of the test.
func file(t *testing.T, name string) string { return filepath.Join(t.TempDir(), name) }

// write makes a file in a folder of the test.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := file(t, name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// clicks is a stream of so many examples with two labels.
func clicks(n int) string {
	var b strings.Builder
	for i := range n {
		label := -1
		if (i*i+i/3)%5 < 2 {
			label = 1
		}
		b.WriteString([]string{"-1", "", "1"}[label+1])
		b.WriteString(" |a x" + string(rune('a'+i%7)) + ":1.5 y" + string(rune('a'+i%11)) + " |b z" + string(rune('a'+i*i%13)) + ":0.25\n")
	}
	return b.String()
}

func contains(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("expected %q in\n%s", w, text)
		}
	}
}
