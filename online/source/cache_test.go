package source

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// randomExamples have everything that an example can have.
func randomExamples(n int) []online.Example {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]online.Example, n)
	for i := range all {
		x := &all[i]
		x.Reset()
		x.Line, x.Blank = i+1, r.IntN(8) == 0
		if r.IntN(2) == 0 {
			x.Label, x.Weight, x.Base = r.Float32(), r.Float32(), -r.Float32()
		}
		x.Tag = append(x.Tag, strings.Repeat("t", r.IntN(3))...)
		for g := range r.IntN(4) {
			from := len(x.Hashes)
			for range r.IntN(5) {
				x.Hashes = append(x.Hashes, r.Uint32())
				x.Values = append(x.Values, 1+float32(r.IntN(2))*r.Float32()*float32(i%2))
				if i%3 == 0 {
					x.Names = append(x.Names, fmt.Sprint("name", r.IntN(9)))
				}
			}
			endGroup(x, byte('a'+g), from)
		}
	}
	return all
}

func writeCache(t *testing.T, path, key string, all []online.Example) {
	t.Helper()
	w, err := CreateCache(path, key)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if err := w.Write(&all[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestCacheKeepsExamples(t *testing.T) {
	all := randomExamples(20000)
	var want []string
	for i := range all {
		want = append(want, show(&all[i]))
	}
	path := filepath.Join(t.TempDir(), "cache")
	writeCache(t, path, "hash strings", all)
	c, err := OpenCache(path, "hash strings")
	if err != nil {
		t.Fatal(err)
	}
	for pass := range 3 {
		if got := readAll(t, c); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("pass %d: %d examples differ from %d", pass, len(got), len(want))
		}
		if done, total := c.Progress(); done != total || total < cacheBlock {
			t.Errorf("pass %d: %d of %d bytes", pass, done, total)
		}
		if err := c.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
	var x online.Example
	if err := c.Read(&x); err != nil || show(&x) != want[0] {
		t.Errorf("in the fourth pass: %s, %v", show(&x), err)
	}
	if err := c.Rewind(); err != nil || c.Read(&x) != nil || show(&x) != want[0] {
		t.Errorf("after reading one: %s, %v", show(&x), err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// Bits of a label that is none stay, too.
func TestCacheKeepsBits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	x := online.Example{Label: math.Float32frombits(0x7fc12345), Weight: 1, Base: float32(math.Copysign(0, -1))}
	writeCache(t, path, "", []online.Example{x})
	c, err := OpenCache(path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var y online.Example
	if err := c.Read(&y); err != nil || math.Float32bits(y.Label) != 0x7fc12345 {
		t.Errorf("label %x, %v", math.Float32bits(y.Label), err)
	}
}

// readCache opens and reads all of a cache.
func readCache(path, key string) error {
	c, err := OpenCache(path, key)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = readToError(c)
	return err
}

func TestCacheRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	writeCache(t, path, "key", randomExamples(10))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		err := readCache(path, "key")
		if err == io.EOF || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "remove it, or read the examples anew with -k") {
			t.Fatalf("%s: %v", what, err)
		}
	}
	for n := range whole {
		check(fmt.Sprintf("cut at %d of %d", n, len(whole)), whole[:n])
	}
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 1 << (i % 8)
		check(fmt.Sprintf("a bit of byte %d flipped", i), damaged)
	}
}

func TestCacheOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	writeCache(t, path, "hash all", nil)
	if err := readCache(path, "hash strings"); err == nil || !strings.Contains(err.Error(), `written with "hash all", expected "hash strings"`) {
		t.Errorf("another key: %v", err)
	}
	if err := readCache(path, "hash all"); err != io.EOF {
		t.Errorf("an empty one: %v", err)
	}
	for content, want := range map[string]string{"": "none that descent wrote", "1 |a b\n": "none that descent wrote", string(cacheMagic) + "\x02\x00\x00\x00\x00\x00\x00\x00": "version 2, expected 1"} {
		if err := readCache(write(t, "other", content), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
	if err := readCache(filepath.Join(t.TempDir(), "missing"), ""); !os.IsNotExist(unwrap(err)) {
		t.Errorf("missing: %v", err)
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return err
}

// Nothing is to be seen before Commit, and nothing is left by Abort.
func TestCacheIsWholeOrNotThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "cache")
	writeCache(t, path, "first", nil)
	w, err := CreateCache(path, "second")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range randomExamples(20000) {
		if err := w.Write(&x); err != nil {
			t.Fatal(err)
		}
	}
	if err := readCache(path, "first"); err != io.EOF {
		t.Errorf("the first is gone before the second is complete: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%d files in the folder", len(entries))
	}
	writeCache(t, path, "third", nil)
	if err := readCache(path, "third"); err != io.EOF {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%d files in the folder", len(entries))
	}
	if _, err := CreateCache(filepath.Join(folder, "none", "cache"), ""); err == nil {
		t.Error("made in a folder that is not there")
	}
	w, err = CreateCache(filepath.Join(folder, "taken"), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err == nil || !strings.Contains(err.Error(), "not written") {
		t.Errorf("over a folder: %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 2 {
		t.Errorf("%d files in the folder", len(entries))
	}
}

func TestCacheAllocatesNothing(t *testing.T) {
	all := randomExamples(20000)
	for i := range all {
		all[i].Names = nil
	}
	path := filepath.Join(t.TempDir(), "cache")
	writeCache(t, path, "", all)
	c, err := OpenCache(path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantNoAllocs(t, c)
}

func BenchmarkCache(b *testing.B) {
	path := filepath.Join(b.TempDir(), "cache")
	w, err := CreateCache(path, "")
	if err != nil {
		b.Fatal(err)
	}
	var x online.Example
	x.Reset()
	for i := range 75 {
		x.Hashes, x.Values = append(x.Hashes, crc32.ChecksumIEEE([]byte{byte(i)})), append(x.Values, float32(i))
	}
	endGroup(&x, ' ', 0)
	for range 20000 {
		if err := w.Write(&x); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		b.Fatal(err)
	}
	c, err := OpenCache(path, "")
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	features := 0
	for b.Loop() {
		for c.Read(&x) == nil {
			features += len(x.Hashes)
		}
		if err := c.Rewind(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(features), "ns/feature")
}

// What is there and is no file is not replaced.
func TestCacheNoFile(t *testing.T) {
	folder := t.TempDir()
	if w, err := CreateCache(folder, "k"); err == nil || !strings.Contains(err.Error(), "no file") {
		t.Errorf("%v, error %v", w, err)
	}
}
