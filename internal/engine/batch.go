package engine

import (
	"slices"

	"github.com/descent-go/descent/internal/plan"
)

// run is items that a worker does one after the other: one, or whole small
// tensors that share code.
type run struct {
	from, to int          // of the items
	size     int          // their weights
	bound    []plan.Bound // by phase; nil where the code is not bound to them
}

// makeRuns puts items together to runs, and runs to jobs.
func (p *pass) makeRuns() {
	clear(p.runs)
	p.runs, p.jobs = p.runs[:0], p.jobs[:0]
	for i := range p.items {
		it := &p.items[i]
		if last := len(p.runs) - 1; last >= 0 && p.joins(&p.runs[last], it) {
			p.runs[last].to++
			p.runs[last].size += it.n
			it.in.binding = nil // which would hold memory that is no longer the tensors'
		} else {
			p.runs = append(p.runs, run{from: i, to: i + 1, size: it.n})
		}
		it.in.run = len(p.runs) - 1
	}
	from, size := 0, 0
	for i := range p.runs {
		p.bindRun(&p.runs[i])
		if size += p.runs[i].size; size >= p.span || i == len(p.runs)-1 {
			p.jobs = append(p.jobs, [2]int{from, i + 1})
			from, size = i+1, 0
		}
	}
}

// joins reports whether an item can be done together with those of a run.
func (p *pass) joins(r *run, it *item) bool {
	first := &p.items[r.from]
	return it.in.v == first.in.v && it.in.group == first.in.group && !it.in.v.plan.ByRow &&
		whole(it) && whole(first) && r.size+it.n <= chunk
}

// whole reports whether an item is all of a tensor.
func whole(it *item) bool { return it.n == it.in.t.size() }

// binding is code bound to tensors, by phase; the first of them keeps it.
type binding struct {
	insts []*instance
	bound []plan.Bound // nil where there is nothing to bind
	mixed bool         // or where types differ
}

// bindRun binds the code to the memory of a run of several items, phase by
// phase, or finds it bound to them.
func (p *pass) bindRun(r *run) {
	items := p.items[r.from:r.to]
	first := items[0].in
	if len(items) == 1 {
		first.binding = nil
		return
	}
	if b := first.binding; b == nil || !b.holds(items) {
		first.binding = bind(items)
	}
	r.bound = first.binding.bound
}

// bind binds the code of every phase.
func bind(items []item) *binding {
	b := &binding{}
	var parts []plan.Part
	for _, it := range items {
		b.insts = append(b.insts, it.in)
		parts = append(parts, plan.Part{Arrays: it.in.arrays, N: it.n, Salt: uint32(it.in.t.key)})
	}
	for _, kernels := range items[0].in.v.kernels {
		var bound plan.Bound
		if k, ok := kernels[0].(plan.Batcher); ok {
			bound = k.Bind(slices.Clone(parts))
			b.mixed = b.mixed || bound == nil
		}
		b.bound = append(b.bound, bound)
	}
	return b
}

// holds reports whether the code is bound to these items, and follows their memory.
func (b *binding) holds(items []item) bool {
	if len(items) != len(b.insts) || b.mixed {
		return false
	}
	for i, it := range items {
		if it.in != b.insts[i] {
			return false
		}
		for _, bound := range b.bound {
			if bound != nil && !bound.Set(i, it.in.arrays) {
				return false
			}
		}
	}
	return true
}

// rebind finds the memory of the i-th tensor.
func (p *pass) rebind(i int) {
	in := p.insts[i]
	before := in.types()
	in.bind(p.own.plan.Grads)
	if in.items[1]-in.items[0] != 1 || in.run >= len(p.runs) {
		return
	}
	r := &p.runs[in.run]
	for _, b := range r.bound {
		if b == nil && in.types() != before || b != nil && !b.Set(in.items[0]-r.from, in.arrays) {
			p.e.uncut = true // it may, or may no longer, be of the others' types
		}
	}
}

// types is a number that stands for the types of a tensor's arrays, and for which there are.
func (in *instance) types() (n int) {
	for _, a := range in.arrays {
		n *= 5
		if a.Len() > 0 {
			n += 1 + int(a.Type())
		}
	}
	return n
}
