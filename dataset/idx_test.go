package dataset

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// idx makes an IDX file of the given element type.
func idx(kind byte, dims []uint32, values any) string {
	b := []byte{0, 0, kind, byte(len(dims))}
	b, _ = binary.Append(b, binary.BigEndian, dims)
	b, _ = binary.Append(b, binary.BigEndian, values)
	return string(b)
}

var (
	tinyImages = idx(idxByte, []uint32{3, 1, 2}, []byte{0, 255, 51, 102, 153, 204})
	tinyLabels = idx(idxByte, []uint32{3}, []byte{7, 3, 7})
)

// writeBoth puts images and labels beside each other and returns the images' path.
func writeBoth(t testing.TB, images, imagesName, labels, labelsName string) string {
	t.Helper()
	path := write(t, imagesName, images)
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), labelsName), []byte(labels), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestIDX(t *testing.T) {
	for _, names := range [][2]string{
		{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
		{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"},
		{"train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"},
		{"my.images.idx", "my.labels.idx"},
		{"images", "labels"},
	} {
		d, err := Open(writeBoth(t, tinyImages, names[0], tinyLabels, names[1]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := []float32{0, 1, 0.2, 0.4, 0.6, 0.8}; !slices.Equal(d.X, want) || !slices.Equal(d.Shape, []int{1, 1, 2}) {
			t.Errorf("X = %v of shape %v, want %v", d.X, d.Shape, want)
		}
		if !slices.Equal(d.Y, []float32{1, 0, 1}) || !slices.Equal(d.Classes(), []string{"3", "7"}) {
			t.Errorf("Y = %v, classes %q", d.Y, d.Classes())
		}
	}
}

func TestIDXTarget(t *testing.T) {
	labels := write(t, "y", tinyLabels)
	d := open(t, "x", tinyImages, Options{Target: labels, Task: Regression})
	if d.Classification() || math.Abs(d.Schema.Target.Value(d.Y[0])-7) > 1e-6 {
		t.Errorf("%s with %v for 7", d.Schema.Target.Task, d.Schema.Target.Value(d.Y[0]))
	}
}

func TestIDXFloats(t *testing.T) {
	want := []float32{0.5, -2, 3e5, 0}
	labels := write(t, "y", idx(idxFloat, []uint32{2}, []float32{0.25, 0.75}))
	a := open(t, "x", idx(idxFloat, []uint32{2, 2}, want), Options{Target: labels})
	b := open(t, "x", idx(idxDouble, []uint32{2, 2}, []float64{0.5, -2, 3e5, 0}), Options{Target: labels})
	if !slices.Equal(a.X, want) || !slices.Equal(a.Shape, []int{2}) {
		t.Errorf("X = %v of shape %v, want %v", a.X, a.Shape, want)
	}
	if a.Classification() || !slices.Equal(a.Y, []float32{-1, 1}) {
		t.Errorf("%s with Y = %v", a.Schema.Target.Task, a.Y)
	}
	wantSame(t, a, b)
}

func TestIDXSchema(t *testing.T) {
	path := writeBoth(t, tinyImages, "images", tinyLabels, "labels")
	first, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := reread(t, first.Schema)
	again, err := s.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, first, again)
	alone, err := s.Open(write(t, "images", tinyImages))
	if err != nil {
		t.Fatal(err)
	}
	if alone.Y != nil || !slices.Equal(alone.X, first.X) {
		t.Errorf("without labels: X = %v, Y = %v", alone.X, alone.Y)
	}
	_, err = s.Open(write(t, "images", idx(idxByte, []uint32{3, 2, 1}, make([]byte, 6))))
	wantError(t, err, "examples of shape [1 2 1], expected [1 1 2]")
	_, err = s.Open(writeBoth(t, tinyImages, "images", idx(idxByte, []uint32{3}, []byte{3, 7, 8}), "labels"))
	wantError(t, err, `example 3: target "label": "8" is none of the classes 3, 7`)
}

func TestIDXErrors(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct{ images, labels, want string }{
		{tinyImages[:3], tinyLabels, "cut off in its magic number"},
		{tinyImages[:9], tinyLabels, "cut off in its dimensions"},
		{tinyImages[:18], tinyLabels, "its dimensions [3 1 2] need 6 bytes of values, there are 2"},
		{tinyImages + "x", tinyLabels, "longer than its dimensions [3 1 2] say"},
		{"\x00\x01\x08\x01", tinyLabels, "not an IDX file"},
		{"plain text", tinyLabels, "not an IDX file"},
		{idx(0x0b, []uint32{1, 1}, []int16{1}), tinyLabels, "IDX elements of type 0x0b"},
		{idx(idxByte, []uint32{0, 2}, []byte{}), tinyLabels, "dimension is 0"},
		{idx(idxByte, []uint32{1 << 31, 1 << 31, 1 << 31}, []byte{}), tinyLabels, "more than 2 GiB"},
		{idx(idxFloat, []uint32{3, 1}, []float32{1, nan, 2}), tinyLabels, "example 2 has the value NaN"},
		{tinyLabels, tinyLabels, "name the file with the images"},
		{pack(t, tinyImages)[:20], tinyLabels, "gzip data is damaged or cut off"},
		{tinyImages, tinyImages, "expected one label for each of 3 examples"},
		{tinyImages, idx(idxByte, []uint32{2}, []byte{1, 2}), "dimensions [2], expected one label for each of 3 examples"},
		{tinyImages, idx(idxFloat, []uint32{3}, []float32{1, 2, nan}), "example 3: the label NaN"},
		{tinyImages, idx(idxByte, []uint32{3}, []byte{1, 1, 1}), "the same value in every example"},
	} {
		_, err := Open(writeBoth(t, c.images, "images", c.labels, "labels"), Options{Format: IDX})
		wantError(t, err, c.want)
	}
	_, err := Open(write(t, "images", tinyImages), Options{})
	wantError(t, err, "no labels file beside it (looked for")
	_, err = Open(write(t, "x", tinyImages), Options{})
	wantError(t, err, `its name has no "images" in it`)
	_, err = Open(write(t, "x", tinyImages), Options{Target: "absent"})
	wantError(t, err, "labels: ")
}
