package checkpoint

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzManifest reads any bytes as a manifest; what is taken can be written again.
func FuzzManifest(f *testing.F) {
	d := Folder(f.TempDir())
	if err := saveStep(d, 1, 2, small(1)); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(d.path(1), manifestName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"sha256":"","manifest":null}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := parseManifest(file)
		if err != nil {
			return
		}
		dir := t.TempDir()
		if err := m.write(dir); err != nil {
			t.Fatal(err)
		}
		again, err := parseManifest(contents(t, filepath.Join(dir, manifestName)))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(m) {
			t.Fatalf("%v becomes %v, %v", m, again, err)
		}
	})
}

// FuzzPart reads any bytes as a part whose checksum is right.
func FuzzPart(f *testing.F) {
	var buf bytes.Buffer
	flat, err := cut(odd(), 1, 3).flat()
	if err != nil {
		f.Fatal(err)
	}
	if err := flat.write(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes()[:2000])
	buf.Reset()
	flat, err = cut(small(1), 1, 3).flat()
	if err != nil {
		f.Fatal(err)
	}
	if err := flat.write(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		p := Part{Ranks: 1, Bytes: int64(len(content))}
		pieces, err := p.pieces(io.Reader(bytes.NewReader(content)), true)
		if err != nil {
			return
		}
		groups := group([][]piece{pieces})
		if checkGroups(groups) != nil {
			return
		}
		for name, pieces := range groups {
			tensor, _ := assemble(pieces)
			if err := tensor.check(); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
		}
	})
}
