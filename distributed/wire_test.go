package distributed_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

func parseWire(t *testing.T, name string) wire.Codec {
	t.Helper()
	c, err := wire.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What a wire loses comes later: after many steps the weights have moved by the
// sum of all gradients, but for what still waits.
func TestResiduals(t *testing.T) {
	const n, size, steps, lr = 3, 1000, 400, 0.5
	for _, name := range []string{"float16", "bfloat16", "topk:0.01"} {
		moved := func(codec wire.Codec) (w []float32, waits [n][]float32) {
			everywhere(distributed.Local(n), func(c distributed.Collective) {
				mine, g := make([]float32, size), make([]float32, size)
				opt, err := distributed.New(c, optim.SGD, []descent.Param{descent.NewParam("w", mine, g)}, distributed.Options{Wire: codec}, descent.LR(lr))
				for step := 0; err == nil && step < steps; step++ {
					rng := rand.New(rand.NewPCG(uint64(c.Rank()), uint64(step)))
					for i := range g {
						g[i] = float32(rng.NormFloat64() + float64(i%10))
					}
					err = opt.Step()
				}
				if err != nil {
					t.Errorf("%s, rank %d: %v", name, c.Rank(), err)
					return
				}
				for _, s := range opt.States() {
					if s.Name == "descent.residual" {
						waits[c.Rank()] = s.F32
					}
				}
				if c.Rank() == 0 {
					w = mine
				}
			})
			return w, waits
		}
		exact, _ := moved(nil)
		lossy, waits := moved(parseWire(t, name))
		differs := false
		for i := range exact {
			mean := float64(waits[0][i]+waits[1][i]+waits[2][i]) / n
			if have := float64(lossy[i]) - lr*mean; !near(have, float64(exact[i]), 1e-4) {
				t.Errorf("%s: weight %d is %v with what waits, expected %v", name, i, have, exact[i])
				break
			}
			differs = differs || exact[i] != lossy[i]
		}
		if !differs {
			t.Errorf("%s loses nothing", name)
		}
	}
}

// What is frozen takes part in no wire: its gradients neither crowd out nor spoil
// those that travel with them, and nothing of them is left for later.
func TestWireFrozen(t *testing.T) {
	for _, name := range []string{"bfloat16", "sign", "topk:0.5"} {
		everywhere(distributed.Local(2), func(c distributed.Collective) {
			rests, moves, other := make([]float32, 3), make([]float32, 3), make([]float32, 6) // other is rank 1's share
			stale, g := []float32{1e9, float32(math.NaN()), 3e9}, []float32{1, 1, 1}
			params := []descent.Param{descent.NewParam("rests", rests, stale), descent.NewParam("moves", moves, g), descent.NewParam("other", other, make([]float32, 6))}
			opt, err := distributed.New(c, optim.SGD, params, distributed.Options{Wire: parseWire(t, name)}, descent.LR(1))
			if err == nil {
				err = errors.Join(opt.Freeze("rests"), opt.Step())
			}
			if err != nil || !slices.Equal(moves, []float32{-1, -1, -1}) {
				t.Errorf("%s, rank %d: %v, what moves is %v", name, c.Rank(), err, moves)
				return
			}
			clear(stale)
			if name == "sign" { // sends 0 as 1
				return
			}
			if err := errors.Join(opt.Unfreeze("rests"), opt.Step()); err != nil || !slices.Equal(rests, []float32{0, 0, 0}) {
				t.Errorf("%s, rank %d: %v, what was frozen is %v", name, c.Rank(), err, rests)
			}
		})
	}
}

// Signs and signum without momentum are signSGD with majority vote: Bernstein et
// al., "signSGD", ICML 2018, Algorithm 3 (the vote): w = w - lr*sign(sum of the
// signs of all workers' gradients).
func TestMajorityVote(t *testing.T) {
	const lr = 0.25
	grads := [][]float32{
		{1, -1e-30, 3, -2, 0.5, 7},
		{-1, -5, 1e30, -2, -0.5, 7},
		{-1, 8, 1, -1e-3, -1e3, 7},
		{2, -1, 1, 4, 1, -7},
	}
	want := []float32{0, lr, -lr, lr, 0, -lr}
	for _, rule := range []optim.Rule{optim.Signum, optim.SGD} { // a vote is a sign already
		everywhere(distributed.Local(4), func(c distributed.Collective) {
			w := make([]float32, 6)
			params := []descent.Param{descent.NewParam("w", w, grads[c.Rank()])}
			opt, err := distributed.New(c, rule, params, distributed.Options{Wire: wire.Sign}, descent.LR(lr), descent.Momentum(0))
			if err == nil {
				err = opt.Step()
			}
			if err != nil {
				t.Errorf("%s, rank %d: %v", rule.Name(), c.Rank(), err)
				return
			}
			for i := range w {
				if w[i] != want[i] {
					t.Errorf("%s, rank %d: weight %d is %v, expected %v", rule.Name(), c.Rank(), i, w[i], want[i])
				}
			}
			if n := len(opt.States()); n != 2 { // descent.updates and t
				t.Errorf("%s, rank %d keeps %d states: a vote feeds nothing back", rule.Name(), c.Rank(), n)
			}
		})
	}
}

// Every wire carries all types of gradients and trains, and NaN gets through.
func TestWires(t *testing.T) {
	for _, name := range []string{"float32", "float16", "bfloat16", "sign", "topk:0.1"} {
		for _, overlap := range []bool{false, true} {
			everywhere(distributed.Local(3), func(c distributed.Collective) {
				w32, g64 := []float32{1, 2, 3}, make([]float64, 3)
				w64, g32 := []float64{4, 5}, make([]float32, 2)
				w16, g16 := []descent.Float16{descent.ToFloat16(6)}, make([]descent.Float16, 1)
				params := []descent.Param{descent.NewParam("a", w32, g64), descent.NewParam("b", w64, g32), descent.NewParam("c", w16, g16)}
				opt, err := distributed.New(c, optim.SGD, params, distributed.Options{Wire: parseWire(t, name), Overlap: overlap, BucketBytes: 8}, descent.LR(0.05), descent.CheckFinite())
				if err != nil {
					t.Errorf("%s, rank %d: %v", name, c.Rank(), err)
					return
				}
				gradient := func() (float64, error) {
					for i, w := range w32 {
						g64[i] = float64(w)
					}
					for i, w := range w64 {
						g32[i] = float32(w)
					}
					g16[0] = w16[0]
					return 0, nil
				}
				for range 300 {
					if _, err := opt.StepFunc(gradient); err != nil {
						t.Errorf("%s, rank %d: %v", name, c.Rank(), err)
						return
					}
				}
				for _, w := range []float64{float64(w32[0]), float64(w32[1]), float64(w32[2]), w64[0], w64[1], float64(w16[0].Float32())} {
					if math.Abs(w) > 0.1 {
						t.Errorf("%s, rank %d: a weight is %v after 300 steps to 0", name, c.Rank(), w)
					}
				}
				_, err = opt.StepFunc(func() (float64, error) {
					g32[1] = float32(math.NaN())
					return 0, nil
				})
				(&worker{T: t, c: c}).wants(err, "by ranks 0, 1, 2: descent: the gradient of b is NaN")
			})
		}
	}
}

// torn is a wire on which nothing arrives whole.
type torn struct{ wire.Codec }

func (torn) Decode([]float32, []byte) error { return errors.New("cut short") }

// What a rank cannot read ends the step on all.
func TestWireBroken(t *testing.T) {
	everywhere(distributed.Local(3), func(c distributed.Collective) {
		o := distributed.Options{Wire: wire.Float16}
		if c.Rank() == 1 {
			o.Wire = torn{wire.Float16}
		}
		w := &worker{T: t, model: newModel(), c: c}
		var err error
		if w.opt, err = distributed.New(c, optim.SGD, w.params(), o); err == nil {
			err = w.step(0)
		}
		w.wants(err, "distributed: rank 1: the gradient of rank 0: cut short")
	})
}

// What a wire has lost is a state: with as many ranks training goes on to the
// bit, with others the mean of what is lost stays.
func TestResidualsSaved(t *testing.T) {
	o := distributed.Options{Wire: parseWire(t, "topk:0.05")}
	var want *model
	var saved []descent.State
	var start *model
	train(t, 3, optim.Adam, o, func(w *worker) {
		w.must(w.step(0))
		w.must(w.step(1))
		states, err := w.opt.GatherStates()
		w.must(err)
		if w.c.Rank() == 0 {
			saved, start = states, w.clone()
		}
		w.must(w.step(2))
		if w.c.Rank() == 0 {
			want = w.clone()
		}
	})
	train(t, 3, optim.Adam, o, func(w *worker) {
		copy(w.w, start.w)
		copy(w.b, start.b)
		w.must(w.opt.Restore(saved))
		w.must(w.step(2))
		if !w.same(want) {
			w.Errorf("rank %d has other weights than without the break", w.c.Rank())
		}
	})
	train(t, 2, optim.Adam, o, func(w *worker) {
		w.must(w.opt.Restore(saved))
		for _, s := range w.opt.States() {
			if s.Name != "descent.residual" || s.Param != "fc.weight" {
				continue
			}
			for i, x := range s.F32 {
				var lost [3]float64
				for r := range lost {
					lost[r] = float64(residualOf(saved, "fc.weight")[r*len(s.F32)+i])
				}
				if mean := (lost[0] + lost[1] + lost[2]) / 3; !near(float64(x), mean, 1e-6) {
					w.Errorf("rank %d: %v waits at %d, expected %v", w.c.Rank(), x, i, mean)
					return
				}
			}
		}
	})
	train(t, 1, optim.Adam, o, func(w *worker) { // one rank has a wire too, and others take what it saves
		w.must(w.opt.Restore(saved))
		saved = w.opt.States()
	})
	train(t, 2, optim.Adam, o, func(w *worker) { w.must(w.opt.Restore(saved)) })
	train(t, 2, optim.Adam, distributed.Options{}, func(w *worker) {
		w.wants(w.opt.Restore(saved), "descent.residual", "not expected")
	})
	train(t, 2, optim.Adam, o, func(w *worker) {
		w.wants(w.opt.Restore(w.opt.States()[:1]), "state descent.residual of fc.weight is missing")
		for _, shape := range [][]int{{}, {0, 300, 100}, {-1, 300, 100}, {1, 100, 300}} {
			states := w.opt.States()
			for i, s := range states {
				if s.Name == "descent.residual" {
					n := 1
					for _, d := range shape {
						n *= d
					}
					states[i].Shape, states[i].From, states[i].F32 = shape, 0, make([]float32, max(n, 0))
				}
			}
			w.wants(w.opt.Restore(states), "distributed: state descent.residual of fc.weight has ", fmt.Sprintf("of shape %v", shape))
		}
	})
}

func residualOf(states []descent.State, param string) []float32 {
	for _, s := range states {
		if s.Param == param && s.Name == "descent.residual" {
			return s.F32
		}
	}
	return nil
}
