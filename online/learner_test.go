package online

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// kinds are learners of every sort.
func kinds(t *testing.T) map[string]func() *Learner {
	low, high := float32(-2), float32(2)
	all := map[string]func() (*Learner, error){
		"vw": func() (*Learner, error) { return New(DefaultVW(), Options{Loss: Logistic, Names: true}) },
		"vw l1 l2": func() (*Learner, error) {
			v := DefaultVW()
			v.L1, v.L2 = 1e-6, 1e-6
			return New(v, Options{Loss: Hinge})
		},
		"vw initial": func() (*Learner, error) {
			v := DefaultVW()
			v.InitialT = 3
			return New(v, Options{Constant: 0.5, InitialWeight: 0.1})
		},
		"vw power": func() (*Learner, error) {
			v := DefaultVW()
			v.PowerT = 0.3
			return New(v, Options{Loss: Quantile(0.4)})
		},
		"random": func() (*Learner, error) {
			return New(DefaultVW(), Options{RandomWeights: true, RandomSeed: 42, Bits: 8})
		},
		"adaptive": func() (*Learner, error) {
			return New(VW{Adaptive: true, LR: 1, PowerT: 0.5, DecayLR: 0.9}, Options{Loss: Classic})
		},
		"normalized": func() (*Learner, error) { return New(VW{Normalized: true, LR: 1, PowerT: 0.5, InitialT: 1}, Options{}) },
		"plain": func() (*Learner, error) {
			return New(VW{LR: 0.1, PowerT: 0.5, InitialT: 1, Invariant: true}, Options{})
		},
		"coin": func() (*Learner, error) { return New(Coin{4, 1}, Options{Loss: Logistic, Link: LogisticLink}) },
		"pistol": func() (*Learner, error) {
			return New(Pistol{1, 0.5}, Options{MinPrediction: &low, MaxPrediction: &high})
		},
		"ftrl": func() (*Learner, error) {
			return New(optim.FTRL, Options{Loss: Logistic, Binary: true}, descent.Set("l1", 0.1))
		},
		"ftml":     func() (*Learner, error) { return New(optim.FTML, Options{}, descent.LR(0.05)) },
		"averages": func() (*Learner, error) { return New(optim.ScheduleFreeSGD, Options{Loss: Logistic}, descent.LR(0.3)) },
		"nadam":    func() (*Learner, error) { return New(optim.NAdam, Options{}) },
		"chain": func() (*Learner, error) {
			return New(optim.Chain(optim.ClipValue, optim.AdaGrad), Options{}, descent.Set("clip-value.limit", 0.5))
		},
		"classes": func() (*Learner, error) { return New(DefaultVW(), Options{Classes: 3, Bits: 10}) },
		"classes ftrl": func() (*Learner, error) {
			return New(optim.FTRL, Options{Classes: 5, Loss: Logistic, Features: Features{Interactions: []string{"aa"}, Ignore: "\xfe"}})
		},
	}
	out := map[string]func() *Learner{}
	for name, f := range all {
		out[name] = func() *Learner {
			l, err := f()
			if err != nil {
				t.Fatal(name, err)
			}
			return l
		}
	}
	return out
}

// stream makes random examples that fit the learner.
func stream(l *Learner, seed uint64, n int, f func(x *Example)) {
	r := rand.New(rand.NewPCG(seed, 1))
	var x Example
	for range n {
		x.Reset()
		x.Namespace("a")
		sum := 0.0
		for range 1 + r.IntN(6) {
			k, v := r.IntN(40), r.NormFloat64()
			sum += float64(float64(k%5-2) * v)
			x.Feature(fmt.Sprint("f", k), float32(v))
			if l.o.Names {
				x.Names = append(x.Names, fmt.Sprint("a^f", k))
			}
		}
		switch {
		case l.o.Classes > 0:
			x.Label = 2
			if sum < 0 {
				x.Label = 1
			}
		case l.o.Loss.Name() == "logistic" || l.o.Loss.Name() == "hinge":
			x.Label = float32(math.Copysign(1, sum))
		default:
			x.Label = float32(sum)
		}
		x.Weight = float32(r.IntN(3)) / 2
		f(&x)
	}
}

// Everything learns what there is to learn: the loss of late examples is below
// that of early ones. What a stream of labels asks for is the same for all.
func TestLearns(t *testing.T) {
	for name, make := range kinds(t) {
		l := make()
		n, early, late := 0, 0.0, 0.0
		stream(l, 3, 6000, func(x *Example) {
			p := l.Learn(x)
			if n++; n <= 1000 {
				early += float64(p.Loss)
			} else if n > 5000 {
				late += float64(p.Loss)
			}
		})
		t.Logf("%s: early %.1f late %.1f", name, early, late)
		if !(late < 0.95*early) {
			t.Errorf("%s: loss %g early, %g late", name, early, late)
		}
	}
}

// Predict changes nothing, and without a label or importance neither does Learn.
func TestPredictIsPure(t *testing.T) {
	for name, make := range kinds(t) {
		l := make()
		stream(l, 1, 200, func(x *Example) { l.Learn(x) })
		before := saved(t, l)
		stream(l, 2, 100, func(x *Example) {
			l.Predict(x)
			x.Weight = 0
			x.Label = min(x.Label, l.labels.Max)
			x.Label = max(x.Label, l.labels.Min)
			if l.o.Classes == 0 {
				l.Learn(x)
			}
		})
		if !bytes.Equal(before, saved(t, l)) {
			t.Errorf("%s: predicting changed the learner", name)
		}
	}
}

func TestAllocations(t *testing.T) {
	for name, make := range kinds(t) {
		l := make()
		var x Example
		stream(l, 1, 100, func(y *Example) { l.Learn(y) })
		x.Reset()
		x.Namespace("a")
		x.Feature("f1", 1)
		x.Label = 1
		l.Learn(&x)
		if n := testing.AllocsPerRun(100, func() { x.by = nil; l.Learn(&x) }); n > 0 {
			t.Errorf("%s: %g allocations an example", name, n)
		}
	}
}

// More weights than a slice can have are an error, not a panic.
func TestNewTooMany(t *testing.T) {
	if bits.UintSize > 32 {
		t.Skip("a slice can have them")
	}
	for _, rule := range []optim.Rule{optim.FTRL, DefaultVW(), Coin{4, 1}, Pistol{1, 0.5}} {
		for b := 29; b <= 31; b++ {
			if _, err := New(rule, Options{Bits: b}); err == nil || !strings.Contains(err.Error(), "more than a program of 32 bits can hold") {
				t.Errorf("%s, %d bits: error %v", rule.Name(), b, err)
			}
		}
	}
}

func TestNewMistakes(t *testing.T) {
	nan := float32(math.NaN())
	one, two := float32(1), float32(2)
	for _, c := range []struct {
		rule optim.Rule
		o    Options
		want string
	}{
		{optim.FTRL, Options{Bits: 32}, "expected 1 to 31"},
		{optim.FTRL, Options{Classes: -1}, "classes"},
		{optim.FTRL, Options{Classes: 2, Binary: true}, "choose one"},
		{optim.FTRL, Options{Link: 9}, "Link(9)"},
		{optim.FTRL, Options{MinPrediction: &nan}, "no number"},
		{optim.FTRL, Options{MinPrediction: &two, MaxPrediction: &one}, "above"},
		{optim.LAMB, Options{}, "all weights together"},
		{nil, Options{}, "no rule"},
		{VW{LR: -1}, Options{}, "LR is -1"},
		{Coin{}, Options{}, "alpha"},
		{optim.FTRL, Options{Loss: Quantile(2)}, "quantile 2: expected 0 to 1"},
		{optim.FTRL, Options{Loss: Expectile(nan)}, "expectile NaN"},
	} {
		if _, err := New(c.rule, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %+v: error %v, expected %q", c.rule, c.o, err, c.want)
		}
	}
	if _, err := New(DefaultVW(), Options{}, descent.LR(1)); err == nil {
		t.Error("no error for an option of VW")
	}
	// What a model's file does not have would be another learner after Load.
	for name, o := range map[string]descent.Option{
		"Seed": descent.Seed(1), "Rescale": descent.Rescale(0.5), "ClipValue": descent.ClipValue(1),
		"schedules": descent.Schedule(schedule.Constant(1)), "Accumulate": descent.Accumulate(2),
	} {
		if _, err := New(optim.SGLD, Options{}, o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v for an option that is not kept, expected %q", err, name)
		}
	}
}

// Check says what does not fit, and what is expected.
func TestCheck(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		o    Options
		x    Example
		want string
	}{
		{Options{Loss: Logistic}, Example{Label: 2, Weight: 1}, "the logistic loss expects -1 to 1"},
		{Options{Loss: Hinge}, Example{Label: 0, Weight: 1}, "the hinge loss expects -1 or 1"},
		{Options{Loss: Poisson}, Example{Label: -1, Weight: 1}, "the poisson loss expects 0 or more"},
		{Options{}, Example{Label: inf, Weight: 1}, "label +Inf: expected a finite number"},
		{Options{}, Example{Label: 1, Weight: -1}, "importance -1: expected 0 or more"},
		{Options{}, Example{Label: 1, Weight: nan}, "importance NaN"},
		{Options{}, Example{Label: 1, Weight: 1, Base: inf}, "initial prediction +Inf"},
		{Options{Classes: 3}, Example{Label: 4, Weight: 1}, "a whole number from 0 to 3"},
		{Options{Classes: 3}, Example{Label: 1.5, Weight: 1}, "expected a class"},
		{Options{Classes: 3}, Example{Label: nan, Weight: 1}, ""},
		{Options{}, Example{Label: 1e30, Weight: 0}, ""},
	} {
		l, err := New(optim.FTRL, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Check(&c.x); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("label %g, importance %g: error %v, expected %q", c.x.Label, c.x.Weight, err, c.want)
		}
	}
}

// No example makes infinities of weights that later ones need, however large
// its numbers are; Skipped says that it was not learned from.
func TestHuge(t *testing.T) {
	for name, make := range kinds(t) {
		l := make()
		stream(l, 1, 50, func(x *Example) { l.Learn(x) })
		skipped := false
		for _, huge := range [][2]float32{{1e20, 1}, {3e38, 1}, {1, 1e20}, {1, 3e38}, {1e19, 1e19}, {1e-45, 1e38}} {
			var x Example
			x.Reset()
			x.Namespace("a")
			x.Feature("f1", huge[1])
			x.Feature("f2", 1)
			x.Label, x.Weight = 1, huge[0]
			skipped = l.Learn(&x).Skipped || skipped
		}
		n := 0
		for w := range l.Weights() {
			if n++; !finite(w.Value) {
				t.Errorf("%s: weight %d is %g", name, w.Index, w.Value)
			}
		}
		if _, vw := l.u.(*descend); !skipped && !vw {
			t.Errorf("%s: nothing was skipped", name)
		}
		if n == 0 && name != "vw l1 l2" { // l1 counts as often as an example does
			t.Errorf("%s: no weights", name)
		}
		stream(l, 2, 50, func(x *Example) {
			if p := l.Learn(x); !finite(p.Raw) {
				t.Fatalf("%s: later predicts %g", name, p.Raw)
			}
		})
	}
}
