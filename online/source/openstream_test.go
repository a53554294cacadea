package source

import (
	"io"
	"testing"

	"github.com/descent-go/descent/online"
)

// Closing does not wait for bytes that may never come.
func TestCloseLive(t *testing.T) {
	r, w := io.Pipe()
	text := zstandard(t, "1 |a b\n1 |a c\n")
	go func() { _, _ = io.WriteString(w, text) }()
	s, err := New(r, "live", FormatVW, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var x online.Example
	if err := s.Read(&x); err != nil || len(x.Hashes) != 1 {
		t.Errorf("%s, error %v", show(&x), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A line is read before the next has been written.
func TestOpenLive(t *testing.T) {
	r, w := io.Pipe()
	next := make(chan string)
	go func() {
		for text := range next {
			_, _ = io.WriteString(w, text)
		}
		w.Close()
	}()
	next <- "\n# comment\n1 1:2\n"
	s, err := New(r, "live", Auto, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var x online.Example
	for i := range 3 {
		if err := s.Read(&x); err != nil || s.Format != FormatLibSVM || len(x.Hashes) != 1 {
			t.Fatal(i, s.Format, show(&x), err)
		}
		next <- "1 3:4\n"
	}
	close(next)
	if _, err := readToError(s); err != io.EOF {
		t.Error(err)
	}
}
