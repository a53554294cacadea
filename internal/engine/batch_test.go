package engine

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
)

// Small tensors, which are done in batches where there is machine code, move
// as they do one by one, while gradients come from elsewhere and in other
// types, rows of them are given, and some rest for a while.
func TestBatches(t *testing.T) {
	for _, text := range []string{
		"hyper lr = 0.1\nw = w - lr*g",
		"hyper lr = 0.1\nstate m, v\nm = 0.9*m + g; v = max(0.99*v, g^2); w = w - lr*m/(sqrt(v) + t)",
		"hyper lr = 0.1\nstate m\nc = all.norm(g); m = 0.9*m + g/c; w = w - lr*m",
		"hyper lr = 0.1\nstate m\nm = 0.9*m + grad(w + g); w = w - lr*m",
		"hyper lr = 0.1\nglobal scalar k = 1\nk = k + all.sum(g)\nw = w - lr*k",
		"hyper lr = 0.1\nscalar s\ns = s + norm(g) + sum(normal()); w = w - lr*g/s + normal()*t",
	} {
		var bits [2][]uint64
		for k, b := range []plan.Backend{backend(t), interp.Backend{}} {
			r := rand.New(rand.NewSource(3))
			p := program(t, text)
			g := &Group{Hyper: defaults(p, nil)}
			var tensors []*Tensor
			for i := range 300 {
				w, grad := plan.F32, plan.F32
				if i%40 == 7 {
					w, grad = plan.Type(r.Intn(4)), plan.Type(r.Intn(4))
				}
				tensors = append(tensors, tensor(r, fmt.Sprint("p", i), w, grad, g, r.Intn(90), 1))
			}
			e := &Engine{Program: p, Hyper: defaults(p, nil), Backend: b, Threads: 2, Seed: 7}
			set(t, e, tensors...)
			for range 40 {
				change(r, e)
				step(t, e, bowl(tensors))
			}
			bits[k] = everything(e)
			if _, batches := e.pass.insts[0].v.kernels[0][0].(plan.Batcher); batches && len(e.pass.runs) > 200 {
				t.Errorf("%s: %d runs for %d tensors", text, len(e.pass.runs), len(tensors))
			}
		}
		if !slices.Equal(bits[0], bits[1]) {
			t.Errorf("%s: the backends differ", text)
		}
	}
}

// change does to some tensors what users do between steps.
func change(r *rand.Rand, e *Engine) {
	i := r.Intn(len(e.tensors))
	x := e.tensors[i]
	switch n := x.W.Len(); r.Intn(5) {
	case 0:
		e.SetGrad(i, random(r, plan.F32, n))
	case 1:
		e.SetGrad(i, random(r, plan.Type(r.Intn(4)), n))
	case 2:
		if n > 0 && !e.AsksForGradients() {
			rows := []int{r.Intn(n), r.Intn(n)}
			e.SetRows(i, rows, random(r, plan.F32, 2), r.Intn(2) == 0)
		}
	case 3:
		x.Frozen = !x.Frozen
		e.Refresh()
	}
}
