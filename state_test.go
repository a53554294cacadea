package descent_test

import (
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// clones keeps states as they are.
func clones(states []descent.State) []descent.State {
	for i := range states {
		states[i] = states[i].Clone()
	}
	return states
}

// TestResume: for every rule, and between accumulated gradients, an optimizer
// made anew and restored goes on bit for bit.
func TestResume(t *testing.T) {
	rules := []optim.Rule{optim.Chain(optim.ClipNorm, optim.Adam, optim.Lookahead, optim.Lookahead), ema(t), &heavyBall{}}
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		must(t, err)
		if info, _ := rule.Info(); !info.Link {
			rules = append(rules, rule)
		}
	}
	for _, rule := range rules {
		for _, n := range []int{1, 3} {
			if n > 1 && newOpt(t, rule, newModel().params()).NeedsFunc() {
				continue
			}
			resume(t, rule, n)
		}
	}
}

func resume(t *testing.T, rule optim.Rule, accumulate int) {
	const half = 4
	a, b := newModel(), newModel()
	x := newOpt(t, rule, a.params(), descent.Accumulate(accumulate), descent.Seed(5))
	run := func(m *model, opt *descent.Optimizer, from, to int) {
		for s := from; s < to; s++ {
			if _, err := opt.StepFunc(func() (float64, error) { m.gradients(s); return 0, nil }); err != nil {
				t.Fatalf("%s: %v", rule.Name(), err)
			}
		}
	}
	run(a, x, 0, half)
	copy(b.w, a.w)
	copy(b.b, a.b)
	states := clones(x.States())
	slices.Reverse(states) // their order does not matter
	run(a, x, half, 2*half)
	y := newOpt(t, rule, b.params(), descent.Accumulate(accumulate), descent.Seed(5))
	must(t, y.Restore(states))
	run(b, y, half, 2*half)
	if !slices.Equal(a.bits(x), b.bits(y)) {
		t.Errorf("%s, accumulating %d: resumed, it goes another way: %v, uninterrupted %v", rule.Name(), accumulate, b.w, a.w)
	}
}

// TestRestoreMisfit: the error names every difference and nothing changes.
func TestRestoreMisfit(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.Adam, m.params(), descent.Accumulate(2))
	m.gradients(0)
	must(t, opt.Step())
	good := clones(opt.States())
	edit := func(f func(s *descent.State)) []descent.State {
		var out []descent.State
		for _, s := range clones(slices.Clone(good)) {
			f(&s)
			out = append(out, s)
		}
		return out
	}
	all := edit(func(s *descent.State) {
		switch {
		case s.Param == "fc.bias" && s.Name == "m":
			s.Name = "n"
		case s.Param == "fc.bias" && s.Name == "v":
			s.F32, s.F64 = make([]float32, 2), nil
		case s.Param == "fc.weight" && s.Name == "v":
			s.Shape = []int{6}
		}
		for i := range s.F64 {
			s.F64[i]++
		}
	})
	unchanged(t, m, opt, func() error { return opt.Restore(all) }, "adam", "nothing has changed",
		"state m of fc.bias is missing", "state n of fc.bias is not expected", "state v of fc.weight has shape [6], expected [2 3]",
		"state v of fc.bias has 2 values of float32, expected 2 values of float64", "state descent.accumulated of the optimizer is 2, expected a whole number from 0 to 1")
	unchanged(t, m, opt, func() error { return opt.Restore(nil) }, "state descent.updates of the optimizer is missing", "state m of fc.weight is missing")
	unchanged(t, m, opt, func() error { return opt.Restore(append(slices.Clone(good), good[len(good)-1])) }, "given twice")
	for _, bad := range []float64{-1, 0.5, math.NaN(), math.Inf(1), 1e300, 2 * float64(math.MaxInt)} {
		for _, name := range []string{"t", "descent.updates", "descent.accumulated"} {
			states := edit(func(s *descent.State) {
				if s.Name == name {
					s.F64[0] = bad
				}
			})
			unchanged(t, m, opt, func() error { return opt.Restore(states) }, name, "whole number")
		}
	}
	sgd := newOpt(t, optim.SGD, newModel().params())
	wantError(t, sgd.Restore(good), "the states do not fit sgd", "state m of fc.weight is not expected", "descent.accumulated")
	must(t, opt.Restore(good))
}

func TestStates(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.NAdam, m.params(), descent.Accumulate(2))
	var names []string
	for _, s := range opt.States() {
		names = append(names, s.Param+"/"+s.Name)
		if len(s.F32) > 0 && len(s.F64) > 0 || len(s.F32)+len(s.F64) == 0 {
			t.Errorf("%s: %d and %d values", s.Name, len(s.F32), len(s.F64))
		}
	}
	want := []string{"/descent.updates", "/descent.accumulated",
		"fc.weight/t", "fc.weight/m", "fc.weight/v", "fc.weight/product", "fc.weight/descent.gradient_sum",
		"fc.bias/t", "fc.bias/m", "fc.bias/v", "fc.bias/product", "fc.bias/descent.gradient_sum"}
	if !slices.Equal(names, want) {
		t.Errorf("%v, expected %v", names, want)
	}
	must(t, opt.Step())
	must(t, opt.Step())
	for name, want := range map[string]float64{"t": 1, "product": 0.9 * (1 - 0.5*math.Pow(0.96, 0.004))} {
		s, err := opt.StateOf("fc.bias", name)
		must(t, err)
		if len(s.Shape) != 0 || len(s.F64) != 1 {
			t.Errorf("%s: shape %v, %d values", name, s.Shape, len(s.F64))
		}
		near(t, name, s.F64[0], want)
	}
	live, err := opt.StateOf("fc.weight", "m")
	must(t, err)
	kept, first := live.Clone(), live.F32[0]
	must(t, opt.Step())
	must(t, opt.Step())
	if live.F32[0] == first || kept.F32[0] != first {
		t.Errorf("the state is %v and its clone %v, both were %v", live.F32[0], kept.F32[0], first)
	}
	if !slices.Equal(live.Shape, []int{2, 3}) {
		t.Errorf("shape %v", live.Shape)
	}
	updates, err := opt.StateOf("", "descent.updates")
	must(t, err)
	near(t, "updates", updates.F64[0], 2)
	_, err = opt.StateOf("fc.bais", "m")
	wantError(t, err, "fc.bais", "did you mean fc.bias?")
	_, err = opt.StateOf("fc.bias", "n")
	wantError(t, err, "fc.bias has no state n", "it has t, m, v, product")
	_, err = opt.StateOf("", "n")
	wantError(t, err, "the optimizer has no state n", "it has descent.updates")
}

// TestGlobalState: a scalar of the whole optimizer is saved by its name.
func TestGlobalState(t *testing.T) {
	rule := parse(t, "hyper lr = 1\nglobal scalar total = 0.5\ntotal = total + all.norm(g)^2\nw = w - lr*g/total")
	w := []float64{0, 0}
	opt := newOpt(t, rule, []descent.Param{descent.NewParam("a", w[:1], []float64{3}), descent.NewParam("b", w[1:], []float64{4})})
	must(t, opt.Step())
	s, err := opt.StateOf("", "total")
	must(t, err)
	near(t, "total", s.F64[0], 25.5)
	near(t, "a", w[0], -3/25.5)
	states := clones(opt.States())
	again := newOpt(t, rule, []descent.Param{descent.NewParam("a", w[:1], []float64{3}), descent.NewParam("b", w[1:], []float64{4})})
	must(t, again.Restore(states))
	must(t, again.Step())
	near(t, "a", w[0], -3/25.5-3/50.5)
}

// Gradients that wait come back also where the present one is given later.
func TestRestoreBeforeGradient(t *testing.T) {
	g := []float64{1, 2}
	var w [2][]float32
	var opts [2]*descent.Optimizer
	for i, grad := range [][]float64{g, nil} {
		w[i] = []float32{0, 0}
		opts[i] = newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w[i], grad)}, descent.Accumulate(2))
	}
	must(t, opts[0].Step())
	must(t, opts[1].Restore(clones(opts[0].States())))
	must(t, descent.SetGrad(opts[1], "w", g))
	for i, opt := range opts {
		must(t, opt.Step())
		if w[i][0] != w[0][0] || w[i][0] == 0 {
			t.Errorf("w = %v, expected %v", w[i], w[0])
		}
	}
}
