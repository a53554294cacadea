package distributed_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

var errFire = errors.New("the cluster is on fire")

// An error of one rank's function fails the step on all, by name; nothing has
// changed, and training goes on as if that step had not been.
func TestFunctionFails(t *testing.T) {
	for _, rule := range []optim.Rule{optim.Adam, optim.NAG, optim.Muon, optim.LBFGS} {
		for _, overlap := range []bool{false, true} {
			var want *model
			train(t, 3, rule, distributed.Options{}, func(w *worker) {
				w.must(w.step(0))
				w.must(w.step(1))
				if w.c.Rank() == 0 {
					want = w.clone()
				}
			})
			train(t, 3, rule, distributed.Options{Overlap: overlap}, func(w *worker) {
				w.must(w.step(0))
				before := w.clone()
				loss, err := w.opt.StepFunc(func() (float64, error) {
					w.opt.Ready("fc.bias")
					if w.c.Rank() == 1 {
						return 77, errFire
					}
					return w.gradient(w.c.Rank(), 1)
				})
				if !errors.Is(err, errFire) || err.Error() != "distributed: rank 1: the cluster is on fire" || loss != 77 {
					w.Errorf("rank %d: %v, loss %v; expected those of rank 1", w.c.Rank(), err, loss)
				}
				if !w.same(before) {
					w.Errorf("%s, rank %d: what failed has moved weights", rule.Name(), w.c.Rank())
				}
				w.must(w.step(1))
				if !w.same(want) {
					w.Errorf("%s, rank %d has other weights than without the failure", rule.Name(), w.c.Rank())
				}
			})
		}
	}
}

// CheckFinite names the rank with the gradient that is no number.
func TestNotFinite(t *testing.T) {
	for _, bad := range [][]int{{2}, {0, 1}, {}} {
		train(t, 3, optim.Adam, distributed.Options{}, func(w *worker) {
			before := w.clone()
			_, err := w.opt.StepFunc(func() (float64, error) {
				loss, err := w.gradient(w.c.Rank(), 0)
				for _, r := range bad {
					if r == w.c.Rank() {
						w.gw[20_000] = float32(math.NaN())
					}
				}
				if len(bad) == 0 { // finite, but their sum is not
					w.gw[20_000] = 3e38
				}
				return loss, err
			})
			var where *descent.NotFiniteError
			if !errors.As(err, &where) || where.Param != "fc.weight" || where.Element != 20_000 {
				w.Errorf("rank %d: %v; expected a NotFiniteError", w.c.Rank(), err)
			}
			w.wants(err, []string{"the mean of all ranks' gradients", "by rank 2", "by ranks 0, 1"}[len(bad)])
			if !w.same(before) {
				w.Errorf("rank %d: what failed has moved weights", w.c.Rank())
			}
		}, descent.CheckFinite())
	}
}

// A vote makes all that travels together NaN: the error tells what was it.
func TestNotFiniteVote(t *testing.T) {
	train(t, 3, optim.SGD, distributed.Options{Wire: wire.Sign}, func(w *worker) {
		_, err := w.opt.StepFunc(func() (float64, error) {
			loss, err := w.gradient(w.c.Rank(), 0)
			if w.c.Rank() == 1 {
				w.gb[3] = float32(math.Inf(-1))
			}
			return loss, err
		})
		w.wants(err, "distributed: by rank 1: ", "gradient of fc.bias is -Inf at element 3")
	}, descent.CheckFinite())
}

// dying is a Collective that fails at its n-th exchange.
type dying struct {
	distributed.Collective
	left int
}

func (d *dying) Start(send, recv [][]byte) distributed.Pending {
	if d.left--; d.left == 0 {
		d.Abort(errFire)
	}
	return d.Collective.Start(send, recv)
}

// Wherever a rank dies, before, within or after a step, the others are told so
// and end.
func TestRankDies(t *testing.T) {
	for _, o := range []distributed.Options{{}, {Overlap: true, BucketBytes: 30_000}, {Wire: wire.Float16}} {
		for at := 1; at <= 40; at++ {
			everywhere(distributed.Local(3), func(c distributed.Collective) {
				defer c.Close()
				if c.Rank() == 1 {
					c = &dying{c, at}
				}
				w := &worker{T: t, model: newModel(), c: c}
				var err error
				if w.opt, err = distributed.New(c, optim.LAMB, w.params(), o); err == nil {
					for step := 0; err == nil && step < 10; step++ {
						err = w.step(step)
					}
					if err != nil {
						if again := w.step(0); again == nil || again.Error() != err.Error() {
							t.Errorf("rank %d: a step after %v: %v", c.Rank(), err, again)
						}
					}
				}
				var lost *distributed.RankError
				if !errors.As(err, &lost) || lost.Rank != 1 {
					t.Errorf("death at exchange %d: rank %d: %v; expected an error about rank 1", at, c.Rank(), err)
				}
			})
		}
	}
}

// A panic of one rank's function does not leave the others waiting.
func TestFunctionPanics(t *testing.T) {
	for _, overlap := range []bool{false, true} {
		train(t, 2, optim.SGD, distributed.Options{Overlap: overlap}, func(w *worker) {
			defer func() {
				if r := recover(); (r != nil) != (w.c.Rank() == 0) {
					w.Errorf("rank %d: panic %v", w.c.Rank(), r)
				}
			}()
			_, err := w.opt.StepFunc(func() (float64, error) {
				if w.c.Rank() == 0 {
					panic("out of tune")
				}
				return w.gradient(1, 0)
			})
			w.wants(err, "rank 0: the function of StepFunc has panicked")
		})
	}
}

// No goroutine is left when ranks have ended, in whatever way: synctest waits for all.
func TestNoGoroutinesLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for at := range 20 {
			everywhere(distributed.Local(2), func(c distributed.Collective) {
				defer c.Close()
				if c.Rank() == 1 {
					c = &dying{c, at}
				}
				m := newModel()
				opt, err := distributed.New(c, optim.SGD, m.params(), distributed.Options{Overlap: true, BucketBytes: 30_000}, descent.Threads(1))
				for step := 0; err == nil && step < 3; step++ {
					_, err = opt.StepFunc(func() (float64, error) { return m.gradient(c.Rank(), step) })
				}
			})
		}
	})
}

// Ranks that differ are refused at the start, on all ranks, by the first difference.
func TestDifferences(t *testing.T) {
	type setup struct {
		rule    optim.Rule
		o       distributed.Options
		m       *model
		options []descent.Option
	}
	for want, change := range map[string]func(s *setup){
		"adamw":    func(s *setup) { s.rule = optim.AdamW },
		"beta1":    func(s *setup) { s.options = append(s.options, descent.Beta1(0.8)) },
		"wire":     func(s *setup) { s.o.Wire = wire.Float16 },
		"overlap":  func(s *setup) { s.o.Overlap = true },
		"buckets":  func(s *setup) { s.o.BucketBytes = 100 },
		"epochs":   func(s *setup) { s.o.Meta = "data: mnist\nepochs: 4" },
		"fc.bias":  func(s *setup) { s.m.b, s.m.gb = s.m.b[:9], s.m.gb[:9] },
		"checksum": func(s *setup) { s.m.w[77]++ },
	} {
		everywhere(distributed.Local(3), func(c distributed.Collective) {
			defer c.Close()
			s := &setup{optim.Adam, distributed.Options{Meta: "data: mnist\nepochs: 3"}, newModel(), nil}
			if c.Rank() == 2 {
				change(s)
			}
			_, err := distributed.New(c, s.rule, s.m.params(), s.o, s.options...)
			(&worker{T: t, c: c}).wants(err, "distributed: ranks 0 and 2 differ: rank 0 has ", want)
		})
	}
}

// Meta may have any text.
func TestMeta(t *testing.T) {
	for _, meta := range []string{"", "!", "!data: mnist", "\n\n"} {
		train(t, 2, optim.SGD, distributed.Options{Meta: meta}, func(w *worker) {})
	}
}

// A rank that has been restored to another step, or set to another learning rate,
// is found by the next step.
func TestElsewhere(t *testing.T) {
	train(t, 3, optim.NAG, distributed.Options{}, func(w *worker) {
		states := w.opt.States()
		for i := range states {
			states[i] = states[i].Clone()
		}
		w.must(w.step(0))
		if w.c.Rank() == 2 {
			w.must(w.opt.Restore(states))
		}
		w.wants(w.step(1), "distributed: rank 2: it has made 0 updates", "rank 0 has made 1")
		w.must(w.opt.Restore(states))
		if w.c.Rank() == 1 {
			w.must(w.opt.Set("lr", 0.5))
		}
		w.wants(w.step(1), "distributed: rank 1: ", "has the learning rate 0.5: rank 0 has made 0 and has 0.01")
		w.must(w.opt.Set("lr", 0.5))
		w.must(w.step(1))
	})
}

// So is one that has other weights than the others, where every rank moves all.
func TestOtherWeights(t *testing.T) {
	train(t, 3, optim.Muon, distributed.Options{}, func(w *worker) {
		w.must(w.step(0))
		if w.c.Rank() == 1 {
			w.w[7]++
		}
		w.wants(w.step(1), "distributed: rank 1: it has other weights than rank 0: muon moves all")
	})
}

// Where one rank cannot make its optimizer, none is made.
func TestOneCannot(t *testing.T) {
	everywhere(distributed.Local(2), func(c distributed.Collective) {
		defer c.Close()
		var options []descent.Option
		if c.Rank() == 1 {
			options = append(options, descent.Beta1(3))
		}
		_, err := distributed.New(c, optim.Adam, newModel().params(), distributed.Options{}, options...)
		(&worker{T: t, c: c}).wants(err, "beta1")
		if named := fmt.Sprint(err); c.Rank() == 0 && !strings.Contains(named, "rank 1: descent: ") {
			t.Errorf("%v; expected it to name rank 1", err)
		}
		_, err = distributed.New(c, optim.Adam, newModel().params(), distributed.Options{BucketBytes: -1})
		(&worker{T: t, c: c}).wants(err, "buckets of -1 bytes")
	})
}
