package compat

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rowSparse is the momentum of a row-sparse weight, as MXNet 1.9.1 saved it.
const rowSparse = "c9fa93f901000000020000000400000000000000020000000000000002000000040000000000000002000000000000000100000000000000" +
	"000000000600000001000000040000000000000000000000000000000ad723bc0ad723bc00000000000000000ad723bc0ad723bc" +
	"0000000000000000010000000000000002000000000000000300000000000000"

func TestNDArray(t *testing.T) {
	for _, c := range []struct {
		hex    string
		shape  []int
		values []float64
	}{
		{rowSparse, []int{4, 2}, []float64{0, 0, float64(float32(-0.01)), float64(float32(-0.01)), 0, 0, float64(float32(-0.01)), float64(float32(-0.01))}},
		{"cafa93f9000000000000000001000000000000000000000000006040", []int{}, []float64{3.5}},
		{"c9fa93f900000000010000000200000000000000010000000000000002000000003c00c0", []int{2}, []float64{1, -2}},
		{"c9fa93f90000000001000000010000000000000001000000000000000100000000000000000004c0", []int{1}, []float64{-2.5}},
	} {
		data, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		a, err := readNDArray(data, 8)
		if err != nil || !slices.Equal(a.shape, c.shape) || !slices.Equal(a.values, c.values) {
			t.Errorf("%s: %v, %v, expected %v of shape %v", c.hex, a, err, c.values, c.shape)
		}
		for n := range data {
			if _, err := readNDArray(data[:n], 8); err == nil {
				t.Errorf("%s: cut off after %d bytes is no error", c.hex, n)
			}
		}
	}
}

func TestNDArrayMistakes(t *testing.T) {
	for _, c := range []struct {
		at, value int
		want      string
	}{
		{0, 0x55, "unknown version"},
		{4, 2, "neither dense nor row-sparse"},
		{8, 99, "99 dimensions"},
		{39, 0x7f, "and more"},
		{56, 9, "no float32, float64 or float16"},
		{60, 5, "rows have no numbers"},
		{68, 3, "shapes differ"},
		{108, 77, "row 77 is beyond its 4"},
		{32, 200, "larger than any state"},
	} {
		data, _ := hex.DecodeString(rowSparse)
		data[c.at] = byte(c.value)
		if _, err := readNDArray(data, 8); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("byte %d is %d: error %v, expected %q", c.at, c.value, err, c.want)
		}
	}
}

// TestPickleRunsNothing: a call in a pickle is an object here.
func TestPickleRunsNothing(t *testing.T) {
	made := filepath.Join(t.TempDir(), "made")
	value, err := unpickle([]byte("\x80\x02cos\nsystem\nX" + string(rune(6+len(made))) + "\x00\x00\x00touch " + made + "\x85R."))
	o, ok := value.(*pickleObject)
	if err != nil || !ok || o.class != (pickleClass{"os", "system"}) {
		t.Errorf("%v, %v", value, err)
	}
	if _, err := os.Stat(made); err == nil {
		t.Error("it was run")
	}
}

func TestPickleMistakes(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"", "no pickle of Python 3's"},
		{"(dp0\n.", "no pickle of Python 3's"},
		{"\x80\x04", "cut off after 2 bytes"},
		{"\x80\x04B\xff\xff\xff\x7fabc.", "cut off"},
		{"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc.", "cut off"},
		{"\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N.", "cut off"},
		{"\x80\x04\xff.", "operation 0xff at byte 2"},
		{"\x80\x04P1\n.", "operation 0x50"},
		{"\x80\x04cos\nsystem", "cut off"},
		{"\x80\x04N.N", "1 bytes follow the end"},
		{"\x80\x04.", "damaged"},
		{"\x80\x04\x8a\x00.", "damaged"},
		{"\x80\x04}(K\x01u.", "damaged"},
		{"\x80\x63N.", "damaged"},
	} {
		if _, err := unpickle([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, expected %q", c.data, err, c.want)
		}
	}
}

// FuzzImportPickle: no bytes make the readers panic or take much memory.
func FuzzImportPickle(f *testing.F) {
	files, err := filepath.Glob("../testdata/import/mxnet*/*.states")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files[:8] {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		value, err := unpickle(data)
		if err != nil {
			return
		}
		opt, _ := importedModel(t, "mxnet", "Adam")
		m := &mxnetSaved{saved: newSaved("MXNet"), optimizer: "Adam", opt: opt, params: []string{"w"}, most: 6, names: mxnetMeans}
		if m.read(value) == nil {
			for name, a := range m.arrays {
				if len(a.values) != weights(a.shape) {
					t.Errorf("%s: %d numbers of shape %v", name, len(a.values), a.shape)
				}
			}
		}
	})
}

// FuzzNDArray: no bytes make the reader panic or take much memory.
func FuzzNDArray(f *testing.F) {
	data, _ := hex.DecodeString(rowSparse)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := readNDArray(data, 100)
		if err == nil && len(a.values) != weights(a.shape) {
			t.Errorf("%d numbers of shape %v", len(a.values), a.shape)
		}
	})
}
