package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDocsBuild(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "site")
	for range 2 { // the second replaces the first
		if got := succeed(t, "docs", "build", "-o", folder); !strings.Contains(got, folder) || !strings.Contains(got, "MB; open index.html") {
			t.Errorf("it prints %q", got)
		}
	}
	for _, file := range []string{"index.html", "language.html", "tutorial/index.html", "playground/index.html", "playground/descent.wasm.gz", "style.css"} {
		if info, err := os.Stat(filepath.Join(folder, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"docs", "build", "-o", dir}, 1, "holds other files"},
		{[]string{"docs", "build", "-o", filepath.Join(dir, "no", "where")}, 1, "cannot be made"},
		{[]string{"docs", "build", "-o", ""}, 2, "--output is empty"},
		{[]string{"docs", "build", "here"}, 2, "takes no argument"},
		{[]string{"docs", "biuld"}, 2, "did you mean build?"},
	} {
		if _, stderr, code := run(t, c.args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, %s; expected %d, %s", c.args, code, stderr, c.code, c.want)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v left in %s, %v", entries, dir, err)
	}
}

// TestDocsInterrupted leaves the site before as it was, and nothing else.
func TestDocsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "site")
	succeed(t, "docs", "build", "-o", folder)
	index := filepath.Join(folder, "index.html")
	if err := os.WriteFile(index, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	root := newRoot()
	root.SetArgs([]string{"docs", "build", "-o", folder})
	err := root.ExecuteContext(ctx)
	var interrupted interruptedError
	if !errors.As(err, &interrupted) || err.Error() != "interrupted; nothing is written to "+folder {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || readFile(t, index) != "mine" {
		t.Errorf("it leaves %v, %v, and the page %s", left, err, readFile(t, index))
	}
}
