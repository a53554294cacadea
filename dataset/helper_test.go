package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write puts content into a file of the given name and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// open reads content under the given name, without error.
func open(t testing.TB, name, content string, o Options) *Data {
	t.Helper()
	d, err := Open(write(t, name, content), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wantError checks an error's text.
func wantError(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", want)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want one with %q", err, want)
	}
}

// wantNote checks that a note is among the data's.
func wantNote(t testing.TB, d *Data, want string) {
	t.Helper()
	if !slices.Contains(d.Notes, want) {
		t.Errorf("no note %q among\n%s", want, strings.Join(d.Notes, "\n"))
	}
}

// wantSame checks that two tables hold the same bits.
func wantSame(t testing.TB, a, b *Data) {
	t.Helper()
	if a.N != b.N || !slices.Equal(a.Shape, b.Shape) || !slices.Equal(a.X, b.X) || !slices.Equal(a.Y, b.Y) {
		t.Errorf("data differ:\n%d %v %v %v\n%d %v %v %v", a.N, a.Shape, clip(a.X), clip(a.Y), b.N, b.Shape, clip(b.X), clip(b.Y))
	}
}

func clip(x []float32) []float32 { return x[:min(len(x), 20)] }

// reread returns the schema after a round trip through JSON.
func reread(t testing.TB, s Schema) Schema {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Schema
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func pack(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
