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

func (e *Engine) add(t *Tensor, enough bool) {
	for i := range t.G.Len() {
		sum := t.G.At(i)
		if e.waiting > 0 {
			sum += t.Sum.At(i)
		}
		if enough {
			t.mean.Set(i, sum/float64(e.Accumulate))
		} else {
			t.Sum.Set(i, sum)
		}
	}
}

// Waiting is how many gradients have been accumulated since the last update.
func (e *Engine) Waiting() int { return e.waiting }

// SetWaiting is for a resumed optimizer.
func (e *Engine) SetWaiting(n int) { e.waiting = n }
