package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// raw makes a file of a header and so many bytes of data.
func raw(header string, data int) string {
	return string(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) + header + strings.Repeat("\x01", data)
}

func claim(n uint64, rest string) string {
	return string(binary.LittleEndian.AppendUint64(nil, n)) + rest
}

var malformed = []struct{ file, want string }{
	{"", "cut off: it has 0 bytes"},
	{"1234567", "cut off: it has 7 bytes"},
	{claim(1000, "{}"), "cut off: a header of 1000 bytes should follow the first 8, there are 2"},
	{claim(99_999_999, "{}"), "cut off: a header of 99999999 bytes"},
	{claim(100_000_001, "{}"), "a header of 100000001 bytes, the format allows 100000000"},
	{claim(math.MaxUint64, "{}"), "a header of 18446744073709551615 bytes"},
	{raw(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 7), "cut off: the tensors take 8 bytes after the header, there are 7"},
	{raw(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 9), "1 bytes follow the last tensor"},
	{raw(`{}`, 1), "1 bytes follow"},

	{raw("", 8), "does not begin with {"},
	{raw(`null`, 0), "does not begin with {"},
	{raw(` {}`, 0), "does not begin with {"},
	{raw(`{`, 0), "header: "},
	{raw(`{"w"`, 0), "header: "},
	{raw(`{"w":`, 0), "header: "},
	{raw(`{"w":{"dtype"`, 0), "header: "},
	{raw(`{"w":{"shape":[`, 0), "header: "},
	{raw(`{}{}`, 0), "header: "},
	{raw("{\"\xff\":1}", 0), "not valid UTF-8"},
	{raw(`{"w":1}`, 0), "header: "},
	{raw(`{"w":[1,2,3]}`, 0), "cannot unmarshal array"},
	{raw(`{"w":null}`, 0), `"w"`},
	{raw(`{"w":{"dtype":"F32"}}`, 0), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}`, 0), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":{},"data_offsets":[0,0]}}`, 0), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}`, 0), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,0]}}`, 0), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0]}}`, 0), `"w"`},
	{raw(`{"__metadata__":{"a":1}}`, 0), "__metadata__"},

	{raw(`{"w":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}`, 4), `"w": its type is I32; F32, F64, F16 and BF16 are read`},
	{raw(`{"w":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}`, 2), `"w": its type is F8_E4M3; F32, F64, F16 and BF16 are read`},
	{raw(`{"w":{"dtype":7,"shape":[2],"data_offsets":[0,2]}}`, 2), `"w": its type is 7; F32, F64, F16 and BF16 are read`},

	{raw(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), `"w" is given twice`},
	{raw(`{"__metadata__":{"a":"1","a":"2"}}`, 0), `"__metadata__": "a" is given twice`},
	{raw(`{"w":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}`, 4), `"w": "shape" is given twice`},

	{raw(`{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), `"w": its data begin at 4 and overlap`},
	{raw(`{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12), `"w": its data begin at 8 and leave a gap`},
	{raw(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), `"w": its data begin at 4 and leave a gap`},
	{raw(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551612]}}`, 4), `"w": shape [1] has 1 elements of 4 bytes, but its data take 18446744073709551612`},
	{raw(`{"w":{"dtype":"F32","shape":[2305843009213693952],"data_offsets":[0,9223372036854775808]}}`, 0), "too large for this machine"},
	{raw(`{"w":{"dtype":"F64","shape":[200000000],"data_offsets":[0,1600000000]}}`, 8), "cut off: the tensors take 1600000000 bytes"},
	{raw(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}`, 8), `"w": its data end at 4, before they begin at 8`},
	{raw(`{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8), `"w": shape [3] has 3 elements of 4 bytes, but its data take 8 bytes`},
	{raw(`{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,12]}}`, 12), `"w": shape [1] has 1 elements of 8 bytes, but its data take 12 bytes`},
	{raw(`{"w":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}`, 0), "overflows"},
	{raw(`{"w":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}`, 4), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}}`, 4), "too large"},
	{raw(`{"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}`, 4), `"w"`},
	{raw(`{"w":{"dtype":"F32","shape":[`+strings.Repeat("1,", 5000)+`1],"data_offsets":[0,4]}}`, 4), `"w": a list of more than 1000`},
	{raw(`{"w":`+strings.Repeat("[", 100_000), 0), `a list of more than 1000`},
	{raw(strings.Repeat(`{"w":`, 100_000), 0), `a list of more than 1000`},

	{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 and so on", "it looks like gzip"},
	{"PK\x03\x04\x00\x00\x08\x08 archive", "it looks like a zip archive, as torch.save"},
	{"\x80\x02\x8a\x0al\xfc\x9cF\xf9", "it looks like a Python pickle"},
	{"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00", "it looks like a Python pickle"},
	{`{"weights": [1, 2, 3]}`, "it looks like JSON"},
	{"{}", "it looks like JSON"},
	{"\x93NUMPY\x01\x00v\x00", "it looks like a numpy array"},
	{"\x89HDF\r\n\x1a\n\x00", "it looks like HDF5"},
	{"GGUF\x03\x00\x00\x00\x00\x00", "it looks like GGUF"},
	{"version https://git-lfs.github.com/spec/v1\n", "it looks like a Git LFS pointer"},
	{"<!DOCTYPE html>", "it looks like HTML"},
}

func TestMalformed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for _, c := range malformed {
		if err := os.WriteFile(path, []byte(c.file), 0o666); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := Load(path)
		runtime.ReadMemStats(&after)
		name := c.file[:min(len(c.file), 100)]
		if f != nil || err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: error %v, want one with %q", name, err, c.want)
		}
		if taken, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<19+20*len(c.file)); taken > most {
			t.Errorf("%q: took %d bytes of memory", name, taken)
		}
	}
}

// TestCut cuts a file at every byte.
func TestCut(t *testing.T) {
	f := odd()
	f.Tensors = f.Tensors[:7]
	data := contents(t, save(t, f))
	for n := range len(data) {
		if _, err := read(bytes.NewReader(data[:n]), uint64(n)); err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("cut to %d of %d bytes: %v", n, len(data), err)
		}
		// As when another program shortens the file while it is read.
		if _, err := read(bytes.NewReader(data[:n]), uint64(len(data))); err == nil {
			t.Errorf("%d of %d bytes came: no error", n, len(data))
		}
	}
}

func TestAccepted(t *testing.T) {
	for _, file := range []string{
		raw(`{}`, 0),
		raw(`{"__metadata__":{"dtype":"BF16"}}`, 0),
		raw(`{"__metadata__":null}   `, 0),
		raw(`{"w":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}}`, 4),
		raw(`{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8),
		raw(`{"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"c":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}}`, 4),
	} {
		if _, err := read(strings.NewReader(file), uint64(len(file))); err != nil {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestLoadWhere(t *testing.T) {
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing")
	if _, err := Load(missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Load(os.DevNull); err == nil || !strings.Contains(err.Error(), "a device") {
		t.Errorf("a device: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	for _, c := range malformed {
		if len(c.file) < 1000 {
			f.Add([]byte(c.file))
		}
	}
	f.Add([]byte(raw(`{"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"__metadata__":{"a":"b"}}`, 12)))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := read(bytes.NewReader(data), uint64(len(data)))
		if err != nil {
			return
		}
		size := 0
		for _, tensor := range file.Tensors {
			size += 4*cap(tensor.F32) + 8*cap(tensor.F64)
		}
		if size > len(data) {
			t.Errorf("%d bytes of tensors from %d", size, len(data))
		}
		var out bytes.Buffer
		if err := file.check(); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if err := file.write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := read(&out, uint64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, again, file)
	})
}
