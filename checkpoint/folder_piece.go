package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"github.com/descent-go/descent"
)

// piece is a tensor, or a piece of one, in the part of a rank.
type piece struct {
	rank    int
	name    string
	dtype   safetensors.DType
	shape   []int // of the whole
	from, n int   // the first element, and how many
	data    Tensor
}

// newPiece is what the header of a part says of a tensor.
func newPiece(rank int, e entry, meta map[string]string) (piece, error) {
	shape, err := toInts(e.shape)
	if err != nil {
		return piece{}, err
	}
	n, err := product(shape)
	if err != nil {
		return piece{}, err
	}
	where := extent{Shape: shape}
	if text, ok := meta[e.name]; ok {
		if err := json.Unmarshal([]byte(text), &where); err != nil {
			return piece{}, fmt.Errorf("where its piece lies: %w", err)
		}
		if err := checkExtent(where.Shape, where.From, n); err != nil {
			return piece{}, err
		}
	}
	return piece{rank: rank, name: e.name, dtype: e.dtype, shape: where.Shape, from: where.From, n: n}, nil
}

// group puts the pieces of all parts together, by the names of their tensors, those
// of each in order.
func group(parts [][]piece) map[string][]piece {
	groups := map[string][]piece{}
	for _, pieces := range parts {
		for _, p := range pieces {
			groups[p.name] = append(groups[p.name], p)
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b piece) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.rank, b.rank)) })
	}
	return groups
}

// whole is how many elements the whole has.
func (p piece) whole() int {
	n, _ := product(p.shape) // checked by newPiece
	return n
}

// covers checks that the pieces of a tensor, in order, make it whole, with no
// element given twice; or that all are whole.
func covers(pieces []piece) error {
	first := pieces[0]
	end, ends := 0, first.rank // where the pieces so far end, and whose is the last
	for _, p := range pieces {
		switch {
		case !slices.Equal(p.shape, first.shape) || p.dtype != first.dtype:
			return fmt.Errorf("it is %s %v for rank %d and %s %v for rank %d", first.dtype, first.shape, first.rank, p.dtype, p.shape, p.rank)
		case p.n == p.whole() && first.n == first.whole(): // all whole, so far
			end = p.n
			continue
		case p.from > end:
			return fmt.Errorf("no part has its elements %d to %d", end, p.from-1)
		case p.from < end:
			return fmt.Errorf("ranks %d and %d both have its element %d", ends, p.rank, p.from)
		}
		end, ends = p.from+p.n, p.rank
	}
	if whole := first.whole(); end != whole {
		return fmt.Errorf("no part has its elements %d to %d", end, whole-1)
	}
	return nil
}

// assemble makes pieces that cover a tensor one. differ is a rank whose whole
// tensor is not that of the first, which is taken; or 0.
func assemble(pieces []piece) (t Tensor, differ int) {
	first := pieces[0]
	if first.n == first.whole() {
		want := view{first.data}.Data()
		for _, p := range pieces[1:] {
			if !bytes.Equal(want, view{p.data}.Data()) {
				return first.data, p.rank
			}
		}
		return first.data, 0
	}
	t = Tensor{Name: first.name, Shape: first.shape}
	n := first.whole()
	switch first.dtype {
	case safetensors.F32:
		t.F32 = make([]float32, 0, n)
	case safetensors.F64:
		t.F64 = make([]float64, 0, n)
	case safetensors.F16:
		t.F16 = make([]descent.Float16, 0, n)
	default:
		t.BF16 = make([]descent.BFloat16, 0, n)
	}
	for _, p := range pieces {
		t.F32, t.F64 = append(t.F32, p.data.F32...), append(t.F64, p.data.F64...)
		t.F16, t.BF16 = append(t.F16, p.data.F16...), append(t.BF16, p.data.BF16...)
	}
	return t, 0
}

// checkGroups checks all tensors, in the order of their names.
func checkGroups(groups map[string][]piece) error {
	var errs []error
	for name, pieces := range groups {
		if err := covers(pieces); err != nil {
			errs = append(errs, fmt.Errorf("tensor %q: %w", name, err))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}
