package checkpoint

import (
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
)

func TestInto(t *testing.T) {
	f := odd()
	dst := make([]Tensor, len(f.Tensors))
	for i, from := range f.Tensors {
		to := Tensor{Name: from.Name, Shape: slices.Clone(from.Shape)}
		switch {
		case from.F32 != nil:
			to.F32 = make([]float32, len(from.F32))
		case from.F16 != nil:
			to.F16 = make([]descent.Float16, len(from.F16))
		case from.BF16 != nil:
			to.BF16 = make([]descent.BFloat16, len(from.BF16))
		default:
			to.F64 = make([]float64, len(from.F64))
		}
		dst[len(dst)-1-i] = to
	}
	if err := f.Into(dst); err != nil {
		t.Fatal(err)
	}
	sameBits(t, &File{Tensors: dst, Meta: f.Meta}, f)
}

func TestIntoRefuses(t *testing.T) {
	f := &File{Tensors: []Tensor{
		{Name: "fits", Shape: []int{1}, F32: []float32{1}},
		{Name: "shape", Shape: []int{2, 1}, F32: []float32{1, 1}},
		{Name: "type", Shape: []int{1}, F64: []float64{1}},
		{Name: "both", Shape: []int{}, F64: []float64{1}},
		{Name: "extra", F32: []float32{1}},
	}}
	dst := []Tensor{
		{Name: "fits", Shape: []int{1}, F32: []float32{0}},
		{Name: "shape", Shape: []int{1, 2}, F32: []float32{0, 0}},
		{Name: "type", Shape: []int{1}, F32: []float32{0}},
		{Name: "both", Shape: []int{1}, F32: []float32{0}},
		{Name: "lost", F32: []float32{0}},
	}
	const want = `checkpoint: nothing copied, 5 of the tensors differ:
	tensor "both": shape [] in the checkpoint, want [1]; type F64 in the checkpoint, want F32
	tensor "extra": unexpected, only in the checkpoint
	tensor "lost": missing from the checkpoint
	tensor "shape": shape [2 1] in the checkpoint, want [1 2]
	tensor "type": type F64 in the checkpoint, want F32`
	if err := f.Into(dst); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	twice := []Tensor{dst[0], dst[0]}
	if err := f.Into(twice); err == nil || !strings.Contains(err.Error(), `into: tensor "fits": there are two`) {
		t.Errorf("a destination given twice: %v", err)
	}
	broken := &File{Tensors: []Tensor{{Name: "fits", Shape: []int{1}, F32: []float32{1, 2}}}}
	if err := broken.Into(dst[:1]); err == nil || !strings.Contains(err.Error(), `from: tensor "fits": shape [1]`) {
		t.Errorf("a broken source: %v", err)
	}
	for _, d := range dst {
		if slices.Max(d.F32) != 0 {
			t.Errorf("%q was copied", d.Name)
		}
	}
}
