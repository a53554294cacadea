package engine

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randprog"
)

// What runs steps does not matter to a bit: random programs over tensors of
// all types, with and without master copies, on many chunks and few.
func TestBackendsAgree(t *testing.T) {
	for seed := range int64(scaled(80)) {
		var bits [2][]uint64
		for k, b := range []plan.Backend{backend(t), interp.Backend{}} {
			r := rand.New(rand.NewSource(seed))
			p := flat(t, randprog.Program(r, randprog.Options{Grad: seed%3 == 0}))
			tensors := mixed(r, p, plan.F32, plan.F64, plan.F16, plan.BF16)
			tensors = append(tensors, tensor(r, "long", plan.F32, plan.BF16, tensors[0].Group, 3*chunk+5))
			for i, x := range tensors {
				if x.W.Type().Half() && i%2 == 0 {
					x.Low, x.W = x.W, plan.Make(plan.F32, x.W.Len())
					plan.Copy(x.W, x.Low)
				}
			}
			e := &Engine{Program: p, Hyper: defaults(p, nil), Backend: b, Threads: 2, Seed: 7}
			set(t, e, tensors...)
			for range 3 {
				step(t, e, bowl(tensors))
			}
			bits[k] = everything(e)
		}
		if !slices.Equal(bits[0], bits[1]) {
			t.Errorf("program %d: the backends differ", seed)
		}
	}
}
