package distributed_test

import (
	"errors"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// GatherGradients gives all ranks the mean in place of their own.
func TestGatherGradients(t *testing.T) {
	train(t, 3, optim.SGD, distributed.Options{}, func(w *worker) {
		w.must(w.step(2))
		w.must(w.opt.GatherGradients())
		if w.gb[0] != -3 { // of -(rank + 2)
			w.Errorf("rank %d: %v, expected -3", w.c.Rank(), w.gb[0])
		}
		sum := 0.0
		for i, g := range w.gw {
			sum += float64(g) * float64(i%3)
		}
		all, err := w.opt.Gather([]float64{sum, float64(w.c.Rank())})
		w.must(err)
		if len(all) != 6 || all[0] != all[2] || all[2] != all[4] || all[5] != 2 {
			w.Errorf("rank %d: %v; expected the same gradients everywhere", w.c.Rank(), all)
		}
	})
}

// Gradients of every type are gathered, as means in the type that steps compute in.
func TestGatherGradientsOfAllTypes(t *testing.T) {
	const n, size = 3, 20_000
	everywhere(distributed.Local(n), func(c distributed.Collective) {
		a, b, h, g := make([]float64, size), make([]float64, size), make([]descent.Float16, size), make([]float32, size)
		opt, err := distributed.New(c, optim.SGD, []descent.Param{
			descent.NewParam("b", make([]float32, size), b), descent.NewParam("a", make([]float64, size), a),
			descent.NewParam("h", make([]float32, size), h), descent.NewParam("g", make([]descent.BFloat16, size), g),
		}, distributed.Options{BucketBytes: 50_000})
		for i := range size {
			x := float64((7*i + 3*c.Rank()) % 11)
			a[i], b[i], h[i], g[i] = x, x, descent.ToFloat16(float32(x)), float32(x)
		}
		if err == nil {
			err = errors.Join(opt.Step(), opt.GatherGradients())
		}
		if err != nil {
			t.Errorf("rank %d: %v", c.Rank(), err)
			return
		}
		for i := range size {
			mean := float64(7*i%11+(7*i+3)%11+(7*i+6)%11) / n
			single := float32(mean)
			if a[i] != mean || b[i] != float64(single) || h[i] != descent.ToFloat16(single) || g[i] != single {
				t.Errorf("rank %d, element %d: %v, %v, %v and %v, expected %v", c.Rank(), i, a[i], b[i], h[i].Float32(), g[i], mean)
				return
			}
		}
	})
}
