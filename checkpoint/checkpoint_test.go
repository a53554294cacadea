package checkpoint

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
)

// odd returns a file of everything that is easily lost on the way.
func odd() *File {
	return &File{
		Tensors: []Tensor{
			{Name: "z", Shape: []int{2, 3}, F32: []float32{
				float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Copysign(0, -1)),
				math.Float32frombits(0x7f800001), math.Float32frombits(0xffc12345), math.SmallestNonzeroFloat32}},
			{Name: "a", Shape: []int{4}, F64: []float64{
				math.Inf(-1), math.Copysign(0, -1), math.Float64frombits(0x7ff0000000000001), math.Float64frombits(0xfff8123456789abc)}},
			{Name: "half", Shape: []int{2, 2}, F16: []descent.Float16{0x7c01, 0xfe12, 0x8000, 1}},
			{Name: "brain", Shape: []int{3}, BF16: []descent.BFloat16{0x7f81, 0xffc1, 0x8001}},
			{Name: "no half", Shape: []int{0}, F16: []descent.Float16{}},
			{Name: "one", Shape: nil, F32: []float32{1}},
			{Name: "none", Shape: []int{0}, F32: []float32{}},
			{Name: "none either", Shape: []int{3, 0, 2}, F64: []float64{}},
			{Name: "", Shape: []int{1, 1}, F64: []float64{2}},
			{Name: "été <&> \"\\\n\x00", Shape: []int{1}, F32: []float32{3}},
			{Name: "more than a buffer", Shape: []int{50_001}, F64: make([]float64, 50_001)},
		},
		Meta: map[string]string{"": "", "seed": "42", "<é>": "\n\""},
	}
}

// sameBits compares files up to order, and nil with empty shapes.
func sameBits(t *testing.T, got, want *File) {
	t.Helper()
	if len(got.Tensors) != len(want.Tensors) || !reflect.DeepEqual(got.Meta, want.Meta) {
		t.Fatalf("%d tensors and meta %q, want %d and %q", len(got.Tensors), got.Meta, len(want.Tensors), want.Meta)
	}
	for _, w := range want.Tensors {
		g, ok := got.Tensor(w.Name)
		if !ok || !slices.Equal(g.Shape, w.Shape) || g.dtype() != w.dtype() ||
			!bytes.Equal(view{g}.Data(), view{w}.Data()) {
			t.Errorf("tensor %q is %v, want %v", w.Name, g, w)
		}
	}
}

func save(t *testing.T, f *File) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.safetensors")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	for _, f := range []*File{odd(), {}, {Meta: map[string]string{"a": "b"}}, {Tensors: odd().Tensors[:1]}} {
		got, err := Load(save(t, f))
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, got, f)
		if !slices.IsSortedFunc(got.Tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) }) {
			t.Error("not sorted by name")
		}
	}
}

func TestSameBytes(t *testing.T) {
	f := odd()
	want := contents(t, save(t, f))
	if n := binary.LittleEndian.Uint64(want); n%8 != 0 {
		t.Errorf("the header has %d bytes: the data are not aligned", n)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		r.Shuffle(len(f.Tensors), func(i, j int) { f.Tensors[i], f.Tensors[j] = f.Tensors[j], f.Tensors[i] })
		if !bytes.Equal(contents(t, save(t, f)), want) {
			t.Fatal("the same contents made other bytes")
		}
	}
}

// TestPython reads a file that safetensors 0.8.0 for Python wrote.
func TestPython(t *testing.T) {
	got, err := Load(filepath.Join("testdata", "python.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	sameBits(t, got, &File{
		Tensors: []Tensor{
			{Name: "layer.0.weight", Shape: []int{2, 3}, F32: []float32{
				1, float32(math.Copysign(0, -1)), float32(math.Inf(1)),
				float32(math.Inf(-1)), math.Float32frombits(0x7f800001), math.SmallestNonzeroFloat32}},
			{Name: "none", Shape: []int{0, 4}, F32: []float32{}},
			{Name: "step", F64: []float64{7}},
			{Name: "été <&>", Shape: []int{2}, F64: []float64{1. / 3, math.SmallestNonzeroFloat64}},
		},
		Meta: map[string]string{"made": "by safetensors for Python", "rule": "adam"},
	})
}

func TestTensor(t *testing.T) {
	f := odd()
	got, ok := f.Tensor("one")
	if !ok || got.F32[0] != 1 {
		t.Errorf("got %v, %v", got, ok)
	}
	got.F32[0] = 5
	if f.Tensors[5].F32[0] != 5 {
		t.Error("the memory is not shared")
	}
	if got, ok := f.Tensor("two"); ok || got.Name != "" {
		t.Errorf("got %v, %v for a name that is not there", got, ok)
	}
}
