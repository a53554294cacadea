package engine

import (
	"cmp"
	"slices"

	"github.com/descent-go/descent/internal/plan"
)

// sparse is a gradient of some rows as it was given.
type sparse struct {
	rows  []int // in any order, also several times
	g     plan.Vector
	lazy  bool
	order []int // the places of rows, by row
}

// SetRows gives a tensor a gradient of some rows: values of rows named several
// times are added. Lazily the other rows rest, else their gradient is 0.
func (e *Engine) SetRows(i int, rows []int, g plan.Vector, lazy bool) {
	t := e.tensors[i]
	s, rested := t.sparse, t.Rows != nil
	if s == nil {
		s = &sparse{}
	}
	s.rows, s.g, s.lazy = append(s.rows[:0], rows...), g, lazy
	s.order = s.order[:0]
	for k := range rows {
		s.order = append(s.order, k)
	}
	slices.SortStableFunc(s.order, func(x, y int) int { return cmp.Compare(s.rows[x], s.rows[y]) })
	t.Rows = t.Rows[:0]
	for _, k := range s.order {
		if n := len(t.Rows); lazy && (n == 0 || t.Rows[n-1] != s.rows[k]) {
			t.Rows = append(t.Rows, s.rows[k])
		}
	}
	n := t.W.Len()
	switch {
	case !lazy:
		t.Rows = nil
	case t.Rows == nil: // none of the rows, where nil is all
		t.Rows, n = []int{}, 0
	default:
		n = len(t.Rows) * t.RowLength()
	}
	if t.sparse == nil || t.G.Type() != single(g.Type()) || capacity(t.G) < n {
		t.G = plan.Make(single(g.Type()), n)
	}
	t.G = t.G.Slice(0, n)
	t.sparse = s
	e.uncut, e.sparse = e.uncut || lazy || rested, true
	e.Rebind(i)
}

// SetGrad gives a tensor a gradient of all its rows.
func (e *Engine) SetGrad(i int, g plan.Vector) {
	t := e.tensors[i]
	if t.sparse != nil {
		e.uncut = e.uncut || t.Rows != nil
		t.sparse, t.Rows = nil, nil
	}
	t.G = t.Share(g)
	e.Rebind(i)
}

// single is the type in which gradients are added up.
func single(t plan.Type) plan.Type {
	if t.Half() {
		return plan.F32
	}
	return t
}

// capacity is how many values a vector's memory can hold.
func capacity(v plan.Vector) int { return cap(v.F32) + cap(v.F64) }

// gather adds up the values of each row.
func (t *Tensor) gather() {
	s := t.sparse
	if s == nil {
		return
	}
	t.G.Clear()
	length, at := t.RowLength(), -1
	for i, k := range s.order {
		switch {
		case !s.lazy:
			at = s.rows[k]
		case i == 0 || s.rows[k] != s.rows[s.order[i-1]]:
			at++
		}
		addTo(t.G.Slice(at*length, (at+1)*length), s.g.Slice(k*length, (k+1)*length))
	}
}

// addTo adds x to sum.
func addTo(sum, x plan.Vector) {
	for i := range x.Len() {
		sum.Set(i, sum.At(i)+x.At(i))
	}
}

// whole gives the place among all weights of a place in the gradient.
func (t *Tensor) whole(i int) int {
	if t.Rows == nil {
		return i
	}
	n := t.RowLength()
	return t.Rows[i/n]*n + i%n
}
