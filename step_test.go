package descent_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// TestAccumulate: n calls make one step with the mean.
func TestAccumulate(t *testing.T) {
	a, b := newModel(), newModel()
	x := newOpt(t, optim.Adam, a.params(), descent.Accumulate(3), descent.ClipNorm(1))
	y := newOpt(t, optim.Adam, b.params(), descent.ClipNorm(1))
	gw, gb := make([]float32, 6), make([]float64, 2)
	for call := range 9 {
		a.gradients(call)
		start := slices.Clone(a.w)
		for i := range gw {
			gw[i] += a.gw[i] / 3
		}
		for i := range gb {
			gb[i] += a.gb[i] / 3
		}
		must(t, x.Step())
		if x.Waiting() != (call+1)%3 || x.Updates() != (call+1)/3 {
			t.Errorf("after %d calls %d wait and %d updates are made", call+1, x.Waiting(), x.Updates())
		}
		if (call+1)%3 != 0 {
			if !slices.Equal(a.w, start) {
				t.Errorf("call %d has moved weights", call)
			}
			continue
		}
		copy(b.gw, gw)
		copy(b.gb, gb)
		clear(gw)
		clear(gb)
		must(t, y.Step())
		for i := range a.w {
			near(t, "weight", float64(a.w[i]), float64(b.w[i]))
		}
		for i := range a.b {
			near(t, "bias", a.b[i], b.b[i])
		}
	}
}

// TestAccumulateFrozen: what a parameter saw before it was frozen, or before
// the last update, is not part of what it moves by afterwards.
func TestAccumulateFrozen(t *testing.T) {
	w, v := []float64{0}, []float64{0}
	g, h := []float64{8}, []float64{8}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g), descent.NewParam("v", v, h)}, descent.LR(1), descent.Accumulate(2))
	must(t, opt.Step())
	must(t, opt.Step())
	g[0], h[0] = 2, 2
	must(t, opt.Freeze("w"))
	must(t, opt.Step())
	must(t, opt.Unfreeze("w"))
	must(t, opt.Step())
	near(t, "w", w[0], -8-1)
	near(t, "v", v[0], -8-2)
}

func TestCheckFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, n := range []int{1, 2} {
			m := newModel()
			opt := newOpt(t, optim.Adam, m.params(), descent.CheckFinite(), descent.Accumulate(n), descent.ClipValue(1))
			m.gradients(0)
			must(t, opt.Step())
			m.gb[1] = bad
			unchanged(t, m, opt, opt.Step, "gradient of fc.bias", "element 1", "nothing has changed")
			var e *descent.NotFiniteError
			if err := opt.Step(); !errors.As(err, &e) || e.Param != "fc.bias" || e.Element != 1 || !(e.Value == bad || bad != bad && e.Value != e.Value) {
				t.Errorf("%v; %+v", err, e)
			}
			must(t, opt.Freeze("fc.bias")) // frozen ones are not looked at
			must(t, opt.Step())
		}
	}
}

// TestCheckFiniteFunc: also of gradients taken elsewhere.
func TestCheckFiniteFunc(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.NAG, m.params(), descent.CheckFinite())
	step := func(bad float32) error {
		_, err := opt.StepFunc(func() (float64, error) { m.gradients(0); m.gw[3] += bad; return 0, nil })
		return err
	}
	must(t, step(0))
	unchanged(t, m, opt, func() error { return step(float32(math.NaN())) }, "fc.weight", "element 3")
}

func TestStepFunc(t *testing.T) {
	w, g := []float64{1}, []float64{0}
	opt := newOpt(t, optim.NAG, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.1), descent.Momentum(0.5))
	var at []float64
	f := func() (float64, error) { at = append(at, w[0]); g[0] = 2 * w[0]; return w[0] * w[0], nil }
	for _, want := range []float64{0.8, 0.56} { // v = -0.2; then at 0.8-0.1 = 0.7: v = -0.1-0.14
		_, err := opt.StepFunc(f)
		must(t, err)
		near(t, "w", w[0], want)
	}
	if len(at) != 2 || math.Abs(at[1]-0.7) > 1e-15 {
		t.Errorf("gradients were taken at %v, expected 1 and 0.7", at)
	}
	if !opt.NeedsFunc() {
		t.Error("nag needs StepFunc")
	}
	loss, err := opt.StepFunc(f)
	must(t, err)
	near(t, "loss", loss, at[2]*at[2])
}

// TestStepFuncPlain: a rule that asks for nothing takes one gradient.
func TestStepFuncPlain(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.SGD, m.params())
	calls := 0
	loss, err := opt.StepFunc(func() (float64, error) { calls++; return 7, nil })
	must(t, err)
	if calls != 1 || loss != 7 || opt.NeedsFunc() {
		t.Errorf("%d calls, loss %v, needs %v", calls, loss, opt.NeedsFunc())
	}
	_, err = opt.StepFunc(nil)
	wantError(t, err, "StepFunc was given nil")
}

// TestStepFuncLoss: of several calls the first gives the loss.
func TestStepFuncLoss(t *testing.T) {
	w, g := []float64{1}, []float64{0}
	opt := newOpt(t, parse(t, "hyper lr = 1\nw = w - lr*(grad(w) + grad(w/2))"), []descent.Param{descent.NewParam("w", w, g)})
	calls := 0.0
	loss, err := opt.StepFunc(func() (float64, error) { calls++; g[0] = w[0]; return calls, nil })
	must(t, err)
	near(t, "loss", loss, 1)
	near(t, "calls", calls, 2)
	near(t, "w", w[0], 1-1.5)
}

var errFunc = errors.New("no batch left")

func TestStepFuncError(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD, optim.NAG, optim.Chain(optim.ClipNorm, optim.NAdamLookahead, optim.Lookahead)} {
		m := newModel()
		opt := newOpt(t, rule, m.params())
		good := func() (float64, error) { m.gradients(1); return 0, nil }
		_, err := opt.StepFunc(good)
		must(t, err)
		unchanged(t, m, opt, func() error {
			_, err := opt.StepFunc(func() (float64, error) { return 0, errFunc })
			if !errors.Is(err, errFunc) {
				t.Errorf("%v does not wrap the function's error", err)
			}
			return err
		}, "no batch left")
		_, err = opt.StepFunc(good)
		must(t, err)
	}
}

// TestStepWhereFuncIsNeeded: the error names both ways out.
func TestStepWhereFuncIsNeeded(t *testing.T) {
	for _, c := range []struct {
		rule  optim.Rule
		parts []string
	}{
		{optim.NAG, []string{"nag asks for gradients", "call StepFunc", "nag-shifted"}},
		{optim.Chain(optim.ClipNorm, optim.NAG), []string{"StepFunc", "nag-shifted"}},
		{optim.NAdamLookahead, []string{"StepFunc", "use nadam,"}},
		{parse(t, "hyper lr = 1\nw = w - lr*grad(w/2)"), []string{"mine asks", "StepFunc"}},
	} {
		m := newModel()
		opt := newOpt(t, c.rule, m.params())
		unchanged(t, m, opt, opt.Step, c.parts...)
	}
}

// TestSetGradInFunc: frameworks that make gradients anew hand them over there.
func TestSetGradInFunc(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD, optim.NAG} {
		a, b := newModel(), newModel()
		params := []descent.Param{descent.NewParam("fc.weight", a.w, []float32(nil), 2, 3), descent.NewParam("fc.bias", a.b, []float64(nil))}
		x, y := newOpt(t, rule, params), newOpt(t, rule, b.params())
		for s := range 3 {
			_, err := x.StepFunc(func() (float64, error) {
				fresh := &model{a.w, make([]float32, 6), a.b, make([]float64, 2)}
				fresh.gradients(s)
				return 0, errors.Join(descent.SetGrad(x, "fc.weight", fresh.gw), descent.SetGrad(x, "fc.bias", fresh.gb))
			})
			must(t, err)
			_, err = y.StepFunc(func() (float64, error) { b.gradients(s); return 0, nil })
			must(t, err)
		}
		if !slices.Equal(a.w, b.w) || !slices.Equal(a.b, b.b) {
			t.Errorf("%s: %v %v, expected %v %v", rule.Name(), a.w, a.b, b.w, b.b)
		}
	}
}

// TestNoAllocation: a step allocates nothing, whatever the options, once the
// first has made what the workers need.
func TestNoAllocation(t *testing.T) {
	m := newModel()
	w, g := make([]float32, 30_000), make([]float32, 30_000)
	params := append(m.params(), descent.NewParam("large", w, g))
	for _, options := range [][]descent.Option{
		nil,
		{descent.ClipNorm(1), descent.CheckFinite(), descent.Accumulate(2), descent.For("*.bias", descent.LRMult(2)), descent.Threads(2)},
		{descent.Schedule(schedule.WarmupCosine(10, 1000))},
	} {
		opt := newOpt(t, optim.Chain(optim.Centralize, optim.Adam, optim.Lookahead), params, options...)
		for range 2 {
			must(t, opt.Step())
		}
		if n := testing.AllocsPerRun(20, func() { must(t, opt.Step()) }); n != 0 {
			t.Errorf("%v allocations a step", n)
		}
	}
	f := func() (float64, error) { return 0, nil }
	opt := newOpt(t, optim.NAG, params)
	if n := testing.AllocsPerRun(20, func() { opt.StepFunc(f) }); n != 0 {
		t.Errorf("nag: %v allocations a step", n)
	}
	opt = newOpt(t, optim.SGD, params)
	if n := testing.AllocsPerRun(20, func() { descent.SetGrad(opt, "large", g); must(t, opt.Step()) }); n != 0 {
		t.Errorf("SetGrad and Step: %v allocations", n)
	}
}
