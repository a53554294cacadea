// Package checkpoint keeps named arrays of numbers in files of the safetensors
// format, which other frameworks read and write too.
//
// A file is written whole or not at all: [File.Save] leaves an earlier file as
// it was if anything goes wrong. [Load] believes nothing that a file says before
// it has checked it. Numbers come back bit for bit, NaNs included, and the same
// contents make the same bytes.
//
// [States] and [Restore] keep a descent optimizer in such a file, beside the
// parameters of its model. A [Folder] has the checkpoints of a training, which one
// process or many write.
package checkpoint

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/nlpodyssey/safetensors"

	"github.com/descent-go/descent"
)

// A Tensor is a named array in row-major order. Exactly one of F32, F64, F16
// and BF16 is not nil; its length is the product of Shape. An empty Shape means
// one number.
//
// In the parts of a [Folder], and nowhere else, a tensor may be a piece of one:
// then its array has fewer elements than Shape, and begins at element From.
type Tensor struct {
	Name  string
	Shape []int
	F32   []float32
	F64   []float64
	F16   []descent.Float16
	BF16  []descent.BFloat16
	From  int
}

// A File is what a file holds. The order of Tensors does not matter to Save;
// Load gives them sorted by name.
type File struct {
	Tensors []Tensor
	Meta    map[string]string // free text, the format's __metadata__; nil if there is none
}

// Tensor returns the tensor of that name, which shares its memory with f, and
// whether there is one.
func (f *File) Tensor(name string) (Tensor, bool) {
	i := slices.IndexFunc(f.Tensors, func(t Tensor) bool { return t.Name == name })
	if i < 0 {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}

// metaKey is the name under which the format keeps Meta.
const metaKey = "__metadata__"

// check reports everything that keeps f from being a file.
func (f *File) check() error {
	errs := checkAll(f.Tensors)
	for key, value := range f.Meta {
		// The JSON library would silently put U+FFFD for bytes that are no text.
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			errs = append(errs, fmt.Errorf("meta %q: the key or the text is not valid UTF-8", key))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

func checkAll(tensors []Tensor) []error {
	var errs []error
	seen := make(map[string]bool, len(tensors))
	for _, t := range tensors {
		if err := t.check(); err != nil {
			errs = append(errs, fmt.Errorf("tensor %q: %w", t.Name, err))
		}
		if seen[t.Name] {
			errs = append(errs, fmt.Errorf("tensor %q: there are two of this name", t.Name))
		}
		seen[t.Name] = true
	}
	return errs
}

func (t Tensor) check() error {
	if t.Name == metaKey {
		return errors.New("the format keeps this name for its metadata")
	}
	if !utf8.ValidString(t.Name) {
		return errors.New("the name is not valid UTF-8")
	}
	if types := t.types(); len(types) != 1 {
		return errors.New("want exactly one of F32, F64, F16 and BF16 that is not nil")
	}
	want, err := product(t.Shape)
	if err != nil {
		return err
	}
	if t.From != 0 {
		return fmt.Errorf("it begins at element %d of its whole; only the parts of a Folder hold pieces", t.From)
	}
	if n := t.len(); n != want {
		return fmt.Errorf("shape %v has %d elements, the data %d", t.Shape, want, n)
	}
	return nil
}

func (t Tensor) len() int { return len(t.F32) + len(t.F64) + len(t.F16) + len(t.BF16) }

// types are those of which there is an array.
func (t Tensor) types() []safetensors.DType {
	var types []safetensors.DType
	for _, have := range []struct {
		dtype safetensors.DType
		is    bool
	}{{safetensors.F32, t.F32 != nil}, {safetensors.F64, t.F64 != nil}, {safetensors.F16, t.F16 != nil}, {safetensors.BF16, t.BF16 != nil}} {
		if have.is {
			types = append(types, have.dtype)
		}
	}
	return types
}

// dtype is the type of a tensor that check has found right.
func (t Tensor) dtype() safetensors.DType { return t.types()[0] }

// product returns the number of elements of a shape.
func product(shape []int) (int, error) {
	n := uint64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v: %d is negative", shape, d)
		}
		var over uint64
		over, n = bits.Mul64(n, uint64(d))
		if over != 0 || n > math.MaxInt {
			return 0, fmt.Errorf("shape %v: the number of elements overflows", shape)
		}
	}
	return int(n), nil
}
