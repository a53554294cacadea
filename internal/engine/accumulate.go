package engine

import (
	"errors"

	"github.com/descent-go/descent/internal/plan"
)

var errAccumulate = errors.New("gradients cannot be accumulated for a rule that asks for gradients at points of its own")

// makeSum gives a tensor the memory that accumulation needs, whatever the
// gradient at present.
func (e *Engine) makeSum(t *Tensor) {
	if e.Accumulate > 1 && t.Sum.Len() != t.W.Len() {
		t.Sum = plan.Make(single(t.W.Type()), t.W.Len())
		t.mean = plan.Make(single(t.W.Type()), t.W.Len())
	}
}

// accumulate adds the gradients to the sums or, where there are enough for a
// step, puts their means where the step finds them; the sums stay until it is made.
func (e *Engine) accumulate() (enough bool) {
	if e.Accumulate <= 1 {
		return true
	}
	enough = e.waiting == e.Accumulate-1
	for _, t := range e.tensors {
		switch {
		case !t.Frozen:
			e.add(t, enough)
		case e.waiting == 0: // it may thaw before the step
			t.Sum.Clear()
		}
	}
	if !enough {
		e.waiting++
	}
	return enough
}

// add adds in float64, a block at a time.
func (e *Engine) add(t *Tensor, enough bool) {
	var g, sum [256]float64
	for from := 0; from < t.G.Len(); from += len(g) {
		to := min(from+len(g), t.G.Len())
		g, sum := plan.Vector{F64: g[:to-from]}, plan.Vector{F64: sum[:to-from]}
		plan.Copy(g, t.G.Slice(from, to))
		if e.waiting > 0 {
			plan.Copy(sum, t.Sum.Slice(from, to))
			for i, x := range sum.F64 {
				g.F64[i] += x
			}
		}
		if !enough {
			plan.Copy(t.Sum.Slice(from, to), g)
			continue
		}
		for i := range g.F64 {
			g.F64[i] /= float64(e.Accumulate)
		}
		plan.Copy(t.mean.Slice(from, to), g)
	}
}

// Waiting is how many gradients have been accumulated since the last update.
func (e *Engine) Waiting() int { return e.waiting }

// SetWaiting is for a resumed optimizer.
func (e *Engine) SetWaiting(n int) { e.waiting = n }
