package engine

import (
	"slices"

	"github.com/descent-go/descent/internal/plan"
)

// split lays all weights end to end, gives every rank a run of them, as even as
// may be, and leaves of the tensors what is this rank's.
func (e *Engine) split(insts []*instance, program programs) error {
	if e.Peers == nil {
		return nil
	}
	eval := insts
	if e.Program.Eval != nil {
		var err error
		if eval, _, err = e.compile(tensorsOf(insts), plan.Options{Output: "w"}, toEvaluate(program)); err != nil {
			return err
		}
	}
	units, at := make([]int, len(insts)), 0
	for i, in := range insts {
		units[i] = unit(in, eval[i])
		in.t.start = at
		at += in.t.size()
	}
	e.bounds = bounds(insts, units, e.Peers.Size())
	e.threes = slices.Repeat([]int{3}, e.Peers.Size())
	for _, in := range insts {
		in.t.keep(e.Part(in.t, e.Peers.Rank()))
	}
	return nil
}

func tensorsOf(insts []*instance) []*Tensor {
	tensors := make([]*Tensor, len(insts))
	for i, in := range insts {
		tensors[i] = in.t
	}
	return tensors
}

// unit is how many weights of a tensor stay together: what its plans sum over,
// so that sums are of the same weights on any number of ranks, or whole rows.
func unit(insts ...*instance) int {
	n, size := 1, insts[0].t.size()
	if size == 0 {
		return chunk
	}
	for _, in := range insts {
		if in.v.plan.ByRow || in.v.plan.Accs > 0 {
			n = multiple(n, in.piece(), size)
		}
	}
	if n == 1 {
		return chunk
	}
	return n
}

// multiple is the least number that a and b both divide, at most limit.
func multiple(a, b, limit int) int {
	x, y := a, b
	for y > 0 {
		x, y = y, x%y
	}
	if a /= x; a > limit/b {
		return limit
	}
	return a * b
}

// bounds is where each rank's weights begin, and where the last one's end: at the
// units that are nearest to even parts.
func bounds(insts []*instance, units []int, ranks int) []int {
	last := insts[len(insts)-1].t
	total := last.start + last.size()
	out, k := make([]int, ranks+1), 0
	for r := range out {
		at := total/ranks*r + total%ranks*r/ranks
		for at > insts[k].t.start+insts[k].t.size() {
			k++
		}
		t := insts[k].t
		at -= t.start
		lo := at / units[k] * units[k]
		hi := min(lo+units[k], t.size())
		if at-lo > hi-at {
			lo = hi
		}
		out[r] = t.start + lo
	}
	return out
}

// Part is where the weights of a tensor that are a rank's begin and end.
func (e *Engine) Part(t *Tensor, rank int) (from, to int) {
	if e.bounds == nil {
		return 0, t.size()
	}
	within := func(at int) int { return min(max(at-t.start, 0), t.size()) }
	return within(e.bounds[rank]), within(e.bounds[rank+1])
}

// keep leaves a part of the tensor.
func (t *Tensor) keep(from, to int) {
	t.first, t.other = from, t.W.Len()-(to-from)
	t.W = t.W.Slice(from, to)
	if t.Low.Len() > 0 { // the master copies of the others' weights are theirs
		w := plan.Make(t.W.Type(), t.W.Len())
		plan.Copy(w, t.W)
		t.W = w
	}
	t.G, t.Low, t.Seen = t.Share(t.G), t.Share(t.Low), t.Share(t.Seen)
}

// Share is this rank's of something that has a value for each weight; what is not
// as long has the share already.
func (t *Tensor) Share(v plan.Vector) plan.Vector {
	if t.other == 0 || v.Len() != t.size() {
		return v
	}
	return v.Slice(t.first, t.first+t.W.Len())
}

// First is the weight with which what is this rank's begins.
func (t *Tensor) First() int { return t.first }

// FirstRow is the row with which it begins, where plans work by rows.
func (t *Tensor) FirstRow() int { return t.rows(t.first) }

// size is the number of weights on all ranks.
func (t *Tensor) size() int { return t.W.Len() + t.other }
