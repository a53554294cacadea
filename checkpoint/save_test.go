package checkpoint

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/littleendian"
)

var errFull = errors.New("no space left on device")

// faulty is a file that takes so many bytes and fails where it is told to.
type faulty struct {
	output
	room               int
	chmod, sync, close error
	onSync             func()
}

func (f *faulty) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	f.room -= n
	written, err := f.output.Write(p[:n])
	if err == nil && n < len(p) {
		err = errFull
	}
	return written, err
}

func (f *faulty) Chmod(mode fs.FileMode) error { return errors.Join(f.output.Chmod(mode), f.chmod) }

func (f *faulty) Sync() error {
	if f.onSync != nil {
		f.onSync()
	}
	return errors.Join(f.output.Sync(), f.sync)
}

func (f *faulty) Close() error { return errors.Join(f.output.Close(), f.close) }

// withFault makes Save write through f.
func withFault(t *testing.T, f *faulty) {
	real := create
	t.Cleanup(func() { create = real })
	create = func(path string) (output, error) {
		out, err := real(path)
		f.output = out
		return f, err
	}
}

// TestSaveMemory: what is saved is not copied.
func TestSaveMemory(t *testing.T) {
	big := &File{Tensors: []Tensor{{Name: "w", Shape: []int{1 << 20}, F32: make([]float32, 1<<20)}}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := big.Write(io.Discard); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 && littleendian.Native {
		t.Errorf("writing 4 MiB takes %d bytes of memory", n)
	}
}

func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestSaveFails(t *testing.T) {
	const plenty = 1 << 30
	size := len(contents(t, save(t, odd())))
	faults := map[string]*faulty{
		"chmod":              {room: plenty, chmod: errFull},
		"sync":               {room: plenty, sync: errFull},
		"close":              {room: plenty, close: errFull},
		"full":               {room: 0},
		"full in the header": {room: 100},
		"full in the data":   {room: size / 2},
		"full at the end":    {room: size - 1},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			path := save(t, &File{Meta: map[string]string{"old": "file"}})
			old := contents(t, path)
			withFault(t, fault)
			err := odd().Save(path)
			if !errors.Is(err, errFull) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v", err)
			}
			onlyFile(t, path)
			if !bytes.Equal(contents(t, path), old) {
				t.Error("the earlier file changed")
			}
		})
	}
}

func TestRenameFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	withFault(t, &faulty{room: 1 << 30, onSync: func() { os.Mkdir(path, 0o777) }})
	if err := odd().Save(path); err == nil {
		t.Error("a folder was replaced")
	}
	onlyFile(t, path)
}

func TestSaveWhere(t *testing.T) {
	folder := t.TempDir()
	for path, want := range map[string]string{
		folder:                                 "a folder",
		filepath.Join(folder, "no", "s.state"): "no",
	} {
		err := odd().Save(path)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestReplace(t *testing.T) {
	path := save(t, odd())
	if err := (&File{}).Save(path); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	sameBits(t, f, &File{})
	onlyFile(t, path)
}

func TestPermissions(t *testing.T) {
	mode := func(path string) fs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	path := save(t, odd())
	if mode(path) != mode(plain) {
		t.Errorf("a new file has mode %v, other files %v", mode(path), mode(plain))
	}
	for _, m := range []fs.FileMode{0o600, 0o666} {
		if err := os.Chmod(path, m); err != nil {
			t.Fatal(err)
		}
		want := mode(path)
		if err := odd().Save(path); err != nil {
			t.Fatal(err)
		}
		if mode(path) != want {
			t.Errorf("mode %v became %v", want, mode(path))
		}
	}
}

func TestSaveRefuses(t *testing.T) {
	one := []float32{1}
	for _, c := range []struct {
		f    File
		want string
	}{
		{File{Tensors: []Tensor{{Name: "w", F32: one, F64: []float64{1}}}}, `tensor "w": want exactly one of F32, F64, F16 and BF16`},
		{File{Tensors: []Tensor{{Name: "w", Shape: []int{0}}}}, `tensor "w": want exactly one of F32, F64, F16 and BF16`},
		{File{Tensors: []Tensor{{Name: "w", Shape: []int{2}, F32: one}}}, `tensor "w": shape [2] has 2 elements, the data 1`},
		{File{Tensors: []Tensor{{Name: "w", Shape: []int{-1, -1}, F32: one}}}, `tensor "w": shape [-1 -1]: -1 is negative`},
		{File{Tensors: []Tensor{{Name: "w", Shape: []int{math.MaxInt/2 + 1, 2}, F32: one}}}, "overflows"},
		{File{Tensors: []Tensor{{Name: "w", Shape: []int{math.MaxInt, math.MaxInt, math.MaxInt}, F32: one}}}, "overflows"},
		{File{Tensors: []Tensor{{Name: "w", F32: one}, {Name: "w", F32: one}}}, `tensor "w": there are two`},
		{File{Tensors: []Tensor{{Name: "w\xff", F32: one}}}, `tensor "w\xff": the name is not valid UTF-8`},
		{File{Tensors: []Tensor{{Name: "__metadata__", F32: one}}}, "the format keeps this name"},
		{File{Meta: map[string]string{"\xff": ""}}, `meta "\xff": the key or the text is not valid UTF-8`},
		{File{Meta: map[string]string{"a": "\xff"}}, `meta "a": the key or the text is not valid UTF-8`},
	} {
		path := filepath.Join(t.TempDir(), "state")
		err := c.f.Save(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a file was written")
		}
	}
}

func TestHeaderLimit(t *testing.T) {
	real := maxHeader
	t.Cleanup(func() { maxHeader = real })
	maxHeader = 200_000 // more than the buffer of the writer
	ok := &File{Meta: map[string]string{"a": strings.Repeat("x", 190_000)}}
	if _, err := Load(save(t, ok)); err != nil {
		t.Error(err)
	}
	tooLong := &File{Meta: map[string]string{"a": strings.Repeat("x", 200_000)}}
	err := tooLong.Save(filepath.Join(t.TempDir(), "state"))
	if err == nil || !strings.Contains(err.Error(), "the format allows 200000") {
		t.Errorf("error %v", err)
	}
}

// TestWrite writes what Save does, or says what is wrong.
func TestWrite(t *testing.T) {
	var buf bytes.Buffer
	if err := odd().Write(&buf); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(buf.Bytes(), contents(t, save(t, odd()))) {
		t.Error("other bytes")
	}
	twice := &File{Tensors: []Tensor{{Name: "w", F32: []float32{1}}, {Name: "w", F32: []float32{1}}}}
	if err := twice.Write(&buf); err == nil || !strings.Contains(err.Error(), "there are two of this name") {
		t.Errorf("error %v", err)
	}
}
