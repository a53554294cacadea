package serve

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// Where a log is damaged, its newest snapshot begins another store.
func TestModelOfSnapshot(t *testing.T) {
	l := newLearner(t, online.Options{})
	s := open(t, t.TempDir(), l, Options{})
	serving(t, s).vw("/learn", strings.Join(clicks(0, 20), "")).want(t, 200)
	if err := s.keep(); err != nil {
		t.Fatal(err)
	}
	_, path, _ := s.log.Latest()
	file := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(file, model(t, l), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, file} {
		got, err := Model(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(model(t, got), model(t, l)) {
			t.Errorf("%s: another model", path)
		}
		serving(t, open(t, t.TempDir(), got, Options{})).vw("/learn", click(1)).want(t, 200)
	}
}

func TestModelMistakes(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"empty": "", "short": "desc", "cut": "descent store 1 a", "other": "descent store 1 a b c\nnothing"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Model(path); err == nil || !strings.HasPrefix(err.Error(), "serve: "+path) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := Model(filepath.Join(dir, "none")); err == nil {
		t.Error("no error for a file that is not there")
	}
}

// A store that is not there is not made by mistake.
func TestNoStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := Open(dir, nil, Options{}); err == nil || !strings.Contains(err.Error(), "the store "+dir+" is empty") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it was made")
	}
}
