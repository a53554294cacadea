package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A file is replaced when all is written, and an error leaves the earlier one
// and nothing beside it.
func TestWrite(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a")
	full := errors.New("full")
	for _, c := range []struct {
		text, want string
		err        error
	}{{"one", "one", nil}, {"two", "one", full}, {"three", "three", nil}} {
		err := Write(path, func(w io.Writer) error {
			io.WriteString(w, c.text)
			return c.err
		})
		b, _ := os.ReadFile(path)
		if !errors.Is(err, c.err) || string(b) != c.want {
			t.Errorf("%s: the file has %q, error %v", c.text, b, err)
		}
	}
	if err := Probe(path); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%d files in the folder", len(entries))
	}
	if err := Write(folder, func(io.Writer) error { return nil }); err == nil {
		t.Error("no error for a folder")
	}
	if err := Probe(filepath.Join(folder, "none", "a")); err == nil || Unnamed(err).Error() == err.Error() {
		t.Errorf("a folder that is not there: %v", err)
	}
}
