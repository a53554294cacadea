package distributed_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// Options of every kind hold across ranks: norms, groups, schedules, accumulation.
func TestOptions(t *testing.T) {
	options := []descent.Option{
		descent.ClipNorm(0.5), descent.For("*.bias", descent.LRMult(3)), descent.WeightDecay(0.01),
		descent.Schedule(schedule.Cosine(10, 0)), descent.StateType(descent.BF16), descent.Seed(5),
	}
	want, _ := alone(t, 3, 4, optim.AdamW, options...)
	train(t, 3, optim.AdamW, distributed.Options{}, func(w *worker) {
		for step := range 4 {
			w.must(w.step(step))
		}
		if !w.same(want) {
			w.Errorf("rank %d has other weights than one optimizer", w.c.Rank())
		}
	}, options...)
}

// Whatever the sizes of tensors and buckets.
func TestRandomModels(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		n := 2 + rng.IntN(4)
		o := distributed.Options{BucketBytes: 1 + rng.IntN(100_000), Overlap: rng.IntN(2) == 0}
		sizes := make([]int, 1+rng.IntN(8))
		for i := range sizes {
			sizes[i] = []int{0, 1, rng.IntN(300), 8192, rng.IntN(20_000)}[rng.IntN(5)]
		}
		if o.BucketBytes < 100 { // else there are too many
			sizes = sizes[:1]
			sizes[0] %= 500
		}
		tensors := func() (list []descent.Param, w, g [][]float32) {
			for i, size := range sizes {
				w, g = append(w, make([]float32, size)), append(g, make([]float32, size))
				list = append(list, descent.NewParam(string(rune('a'+i)), w[i], g[i]))
			}
			return list, w, g
		}
		fill := func(g [][]float32, rank int) {
			for i := range g {
				for k := range g[i] {
					g[i][k] = float32(math.Sin(float64(k + 5*i + 100*rank)))
				}
			}
		}
		params, want, g := tensors()
		one, err := descent.New(optim.Adam, params, descent.Accumulate(n))
		for rank := 0; err == nil && rank < n; rank++ {
			fill(g, rank)
			err = one.Step()
		}
		if err != nil {
			t.Fatal(err)
		}
		everywhere(distributed.Local(n), func(c distributed.Collective) {
			params, w, g := tensors()
			opt, err := distributed.New(c, optim.Adam, params, o)
			if err == nil {
				fill(g, c.Rank())
				err = opt.Step()
			}
			if err != nil || !slices.EqualFunc(w, want, slices.Equal[[]float32]) {
				t.Errorf("seed %d, sizes %v, rank %d of %d, %+v: other weights than one optimizer (%v)", seed, sizes, c.Rank(), n, o, err)
			}
		})
	}
}

// Step takes the gradients as they are.
func TestStep(t *testing.T) {
	want, _ := alone(t, 2, 1, optim.Adam)
	train(t, 2, optim.Adam, distributed.Options{}, func(w *worker) {
		w.gradient(w.c.Rank(), 0)
		before := w.clone()
		w.must(w.opt.Step())
		if !w.same(want) {
			w.Errorf("rank %d has other weights than one optimizer", w.c.Rank())
		}
		if !slices.Equal(w.gw, before.gw) || !slices.Equal(w.gb, before.gb) {
			w.Errorf("rank %d: the step has changed the gradients", w.c.Rank())
		}
	})
}

// Accumulate averages the mean gradients of several calls.
func TestAccumulate(t *testing.T) {
	train(t, 2, optim.SGD, distributed.Options{}, func(w *worker) {
		start := w.clone()
		w.must(w.step(0))
		if !w.same(start) || w.opt.Waiting() != 1 {
			w.Errorf("rank %d: the first of two has moved the weights, or %d wait", w.c.Rank(), w.opt.Waiting())
		}
		w.must(w.step(4))
		// At b = 0 the gradients are -(rank+step): -0, -1, -4, -5.
		if !near(float64(w.b[0]), 2.5*0.01, 1e-7) || w.opt.Updates() != 1 {
			w.Errorf("rank %d: %v after %d updates", w.c.Rank(), w.b[0], w.opt.Updates())
		}
	}, descent.Accumulate(2), descent.LR(0.01))
}

// Four ranks with a quarter of a batch each do what one does with all of it.
func TestWholeBatch(t *testing.T) {
	const n, examples, inputs = 4, 103, 50
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float64, examples*inputs), make([]float64, examples)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	for i := range y {
		y[i] = rng.NormFloat64()
	}
	fit := func(w, g []float64, from, to int, count float64) (loss float64, err error) {
		clear(g)
		for i := from; i < to; i++ {
			d := -y[i]
			for j, v := range x[i*inputs : (i+1)*inputs] {
				d += v * w[j]
			}
			for j, v := range x[i*inputs : (i+1)*inputs] {
				g[j] += d * v / count
			}
			loss += d * d / 2 / count
		}
		return loss, nil
	}
	want, g := make([]float64, inputs), make([]float64, inputs)
	one, err := descent.New(optim.LAMB, []descent.Param{descent.NewParam("w", want, g)})
	if err != nil {
		t.Fatal(err)
	}
	var losses []float64
	for range 20 {
		loss, err := one.StepFunc(func() (float64, error) { return fit(want, g, 0, examples, examples) })
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, loss)
	}
	everywhere(distributed.Local(n), func(c distributed.Collective) {
		w, g := make([]float64, inputs), make([]float64, inputs)
		opt, err := distributed.New(c, optim.LAMB, []descent.Param{descent.NewParam("w", w, g)}, distributed.Options{})
		if err != nil {
			t.Error(err)
			return
		}
		r := c.Rank()
		for k := range 20 {
			loss, err := opt.StepFunc(func() (float64, error) {
				return fit(w, g, r*examples/n, (r+1)*examples/n, float64(examples)/n)
			})
			if err != nil || !near(loss, losses[k], 1e-9) {
				t.Errorf("rank %d, step %d: loss %v, expected %v (%v)", r, k, loss, losses[k], err)
			}
		}
		for i := range w {
			if !near(w[i], want[i], 1e-9) {
				t.Errorf("rank %d: weight %d is %v, expected %v", r, i, w[i], want[i])
			}
		}
	})
}

// A gradient may be given anew, of the type that ranks have agreed on.
func TestSetGrad(t *testing.T) {
	want, _ := alone(t, 2, 1, optim.Adam)
	train(t, 2, optim.Adam, distributed.Options{}, func(w *worker) {
		fresh := make([]float32, 10)
		_, err := w.opt.StepFunc(func() (float64, error) {
			loss, _ := w.gradient(w.c.Rank(), 0)
			copy(fresh, w.gb)
			clear(w.gb)
			return loss, distributed.SetGrad(w.opt, "fc.bias", fresh)
		})
		w.must(err)
		if !w.same(want) {
			w.Errorf("rank %d has other weights than one optimizer", w.c.Rank())
		}
		w.wants(distributed.SetGrad(w.opt, "fc.bias", fresh[:9]), "the value has 10 weights, the gradient 9")
		w.wants(distributed.SetGrad(w.opt, "fc.bias", make([]float64, 10)), "a gradient of float64: expected float32")
		w.wants(distributed.SetGrad(w.opt, "bias", fresh), `no parameter "bias"`)
	})
}

// Gradients that a model has not are an error on all ranks.
func TestMissingGradient(t *testing.T) {
	everywhere(distributed.Local(2), func(c distributed.Collective) {
		w := make([]float32, 5)
		opt, err := distributed.New(c, optim.SGD, []descent.Param{descent.NewParam("w", w, []float32(nil))}, distributed.Options{})
		if err != nil {
			t.Errorf("rank %d: %v", c.Rank(), err)
			return
		}
		if c.Rank() == 0 {
			err = distributed.SetGrad(opt, "w", make([]float32, 5))
		}
		if err == nil {
			err = opt.Step()
		}
		(&worker{T: t, c: c}).wants(err, "distributed: rank 1: parameter w has no gradient")
	})
}

// What is missing may be of any type. A frozen parameter needs none.
func TestFrozenWithoutGradient(t *testing.T) {
	everywhere(distributed.Local(2), func(c distributed.Collective) {
		defer c.Close()
		w, half, g := make([]float64, 5), make([]descent.Float16, 9), []float64{1, 1, 1, 1, 1}
		params := []descent.Param{descent.NewParam("w", w, []float64(nil)), descent.NewParam("half", half, []descent.Float16(nil))}
		opt, err := distributed.New(c, optim.SGD, params, distributed.Options{}, descent.LR(1))
		if err != nil {
			t.Errorf("rank %d: %v", c.Rank(), err)
			return
		}
		check := &worker{T: t, c: c, opt: opt}
		check.wants(opt.Step(), "parameter w has no gradient", "Freeze")
		check.must(distributed.SetGrad(opt, "w", g))
		check.wants(opt.Step(), "parameter half has no gradient")
		check.must(opt.Freeze("half"))
		check.must(opt.Step())
		if w[4] != -1 || half[8] != 0 {
			t.Errorf("rank %d: weights %v and %v, expected -1 and 0", c.Rank(), w[4], half[8])
		}
		check.must(opt.Unfreeze("half"))
		check.wants(opt.Step(), "parameter half has no gradient")
	})
}

// Within a step no other can be made, nor anything gathered.
func TestWithinStep(t *testing.T) {
	train(t, 2, optim.NAG, distributed.Options{}, func(w *worker) {
		_, err := w.opt.StepFunc(func() (float64, error) {
			w.wants(w.step(0), "a step is under way")
			_, err := w.opt.Gather([]float64{1})
			w.wants(err, "a step is under way")
			w.wants(w.opt.GatherGradients(), "a step is under way")
			w.wants(w.opt.Eval(), "a step is under way")
			return w.gradient(w.c.Rank(), 0)
		})
		w.must(err)
	})
}

// Eval and Train put weights in place on all ranks.
func TestEval(t *testing.T) {
	rule := optim.Chain(optim.SGD, optim.EMA)
	want, one := alone(t, 2, 3, rule)
	trained := want.clone()
	if err := one.Eval(); err != nil {
		t.Fatal(err)
	}
	train(t, 2, rule, distributed.Options{}, func(w *worker) {
		for step := range 3 {
			w.must(w.step(step))
		}
		w.must(w.opt.Eval())
		if !w.same(want) {
			w.Errorf("rank %d has other weights to evaluate with", w.c.Rank())
		}
		w.wants(w.step(3), "call Train first")
		w.opt.Train()
		if !w.same(trained) {
			w.Errorf("rank %d has other weights after Train", w.c.Rank())
		}
		w.must(w.opt.Eval())
		w.must(w.opt.Close())
		if !w.same(trained) {
			w.Errorf("rank %d has other weights after Close", w.c.Rank())
		}
	})
	if trained.same(want) || math.IsNaN(float64(want.w[0])) {
		t.Error("the weights to evaluate with are those trained")
	}
}
