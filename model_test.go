package descent_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func TestAdd(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.Adam, m.params()[:1], descent.For("*.bias", descent.LR(0.5)), descent.Accumulate(2))
	must(t, opt.Step())
	must(t, opt.Step())
	must(t, opt.Step())
	unchanged(t, m, opt, func() error { return opt.Add(m.params()[0]) }, "two parameters are named fc.weight")
	unchanged(t, m, opt, func() error { return opt.Add(descent.NewParam("x", m.w[:2], []float32{1, 2})) }, "the value of fc.weight and the value of x share memory")
	unchanged(t, m, opt, func() error {
		return opt.Add(m.params()[1], descent.NewParam("x", []float64{1}, []float64{1, 2}))
	}, "parameter x", "1 weights", "2")
	must(t, opt.Add())
	must(t, opt.Add(m.params()[1]))
	must(t, opt.Step())
	for param, want := range map[string]float64{"fc.weight": 2, "fc.bias": 1} {
		s, err := opt.StateOf(param, "t")
		must(t, err)
		near(t, param+"'s t", s.F64[0], want)
	}
	near(t, "bias", m.b[0], 0) // from 0.5: the first step of adam moves by lr
	must(t, opt.Freeze("fc.bias"))
}

// TestAddOutOfRange: where a new parameter's group cannot be, nothing changes.
func TestAddOutOfRange(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.FTRL, m.params()[:1], descent.For("*.bias", descent.LRMult(0)))
	must(t, opt.Step())
	unchanged(t, m, opt, func() error { return opt.Add(m.params()[1]) }, "fc.bias", "lr = 0")
	must(t, opt.Step())
	unchanged(t, m, opt, func() error { return descent.SetGrad(opt, "fc.bias", m.gb) }, `no parameter "fc.bias"`)
}

func TestFreeze(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.Adam, m.params(), descent.ClipNorm(1e-3))
	must(t, opt.Step())
	must(t, opt.Freeze("*.weight"))
	w, b := slices.Clone(m.w), m.b[0]
	before, err := opt.StateOf("fc.weight", "m")
	must(t, err)
	before = before.Clone()
	must(t, opt.Step())
	after, err := opt.StateOf("fc.weight", "m")
	must(t, err)
	if !slices.Equal(m.w, w) || !slices.Equal(after.F32, before.F32) || m.b[0] == b {
		t.Errorf("frozen %v, was %v; the other %v, was %v", m.w, w, m.b[0], b)
	}
	must(t, opt.Unfreeze("fc.*"))
	must(t, opt.Step())
	for param, want := range map[string]float64{"fc.weight": 2, "fc.bias": 3} {
		s, err := opt.StateOf(param, "t")
		must(t, err)
		near(t, param+"'s t", s.F64[0], want)
	}
	if slices.Equal(m.w, w) {
		t.Error("unfrozen, it stands still")
	}
	unchanged(t, m, opt, func() error { return opt.Freeze("bias") }, `no parameter matches "bias"`)
	must(t, opt.Freeze("*"))
	must(t, opt.Step())
}

// TestFreezeNorm: what is frozen is no part of the global norm.
func TestFreezeNorm(t *testing.T) {
	w := []float64{0, 0}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("a", w[:1], []float64{3}), descent.NewParam("b", w[1:], []float64{4})},
		descent.LR(1), descent.ClipNorm(3))
	must(t, opt.Freeze("b"))
	must(t, opt.Step())
	near(t, "a", w[0], -3)
}

func TestSetGrad(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.SGD, m.params(), descent.LR(1))
	must(t, descent.SetGrad(opt, "fc.bias", []float32{1, 2})) // of another type
	must(t, opt.Step())
	near(t, "b[0]", m.b[0], 0.5-1)
	near(t, "b[1]", m.b[1], -0.25-2)
	other := []float32{1, 1, 1, 1, 1, 1}
	unchanged(t, m, opt, func() error { return descent.SetGrad(opt, "fc.weigth", other) }, "fc.weigth", "did you mean fc.weight?")
	unchanged(t, m, opt, func() error { return descent.SetGrad(opt, "fc.weight", other[:5]) }, "fc.weight", "6 weights", "gradient 5")
	unchanged(t, m, opt, func() error { return descent.SetGrad(opt, "fc.weight", []float32(nil)) }, "gradient 0")
	unchanged(t, m, opt, func() error { return descent.SetGrad(opt, "fc.weight", m.w) }, "gradient and the value of fc.weight share memory")
	unchanged(t, m, opt, func() error { return descent.SetGrad(opt, "fc.bias", m.b) }, "gradient and the value of fc.bias share memory")
	must(t, descent.SetGrad(opt, "fc.weight", other))
}

func TestZeroGrad(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.SGD, m.params())
	opt.ZeroGrad()
	if slices.Max(m.gw) != 0 || slices.Min(m.gw) != 0 || m.gb[0] != 0 || m.gb[1] != 0 {
		t.Errorf("%v %v", m.gw, m.gb)
	}
}

func TestSetSeen(t *testing.T) {
	w := []float32{2}
	opt := newOpt(t, optim.DCASGD, []descent.Param{descent.NewParam("w", w, []float64{3})}, descent.LR(1), descent.Set("lambda", 0.5))
	for _, c := range []struct {
		seen []float64
		want float64
	}{
		{nil, 2 - 3},
		{[]float64{1}, -1 - (3 + 0.5*9*(-1-1))},
		{nil, 5 - 3},
	} {
		must(t, descent.SetSeen(opt, "w", c.seen))
		must(t, opt.Step())
		near(t, "w", float64(w[0]), c.want)
	}
	wantError(t, descent.SetSeen(opt, "v", []float32{1}), `no parameter "v"`)
	wantError(t, descent.SetSeen(opt, "v", []float32(nil)), `no parameter "v"`)
	wantError(t, descent.SetSeen(opt, "w", []float32{1, 2}), "seen weights 2")
	sgd := newOpt(t, optim.SGD, newModel().params())
	must(t, descent.SetSeen(sgd, "fc.bias", []float64{1, 2})) // not used
	must(t, sgd.Step())
}

// ema is sgd that evaluates with averaged weights.
func ema(t *testing.T) *optim.Formula {
	return parse(t, "hyper lr = 1, decay = 0.5\nstate average = w\nw = w - lr*g\naverage = decay*average + (1-decay)*w\neval x = average")
}

func TestEval(t *testing.T) {
	w, v, u := []float64{4}, []float32{8}, []float64{16}
	opt := newOpt(t, ema(t), []descent.Param{descent.NewParam("w", w, []float64{2}), descent.NewParam("v", v, []float32{2}), descent.NewParam("u", u, []float64{2})})
	must(t, opt.Freeze("u"))
	must(t, opt.Step())
	must(t, opt.Freeze("v")) // its average is what to evaluate with all the same
	check := func(ww, vv float64) {
		t.Helper()
		near(t, "w", w[0], ww)
		near(t, "v", float64(v[0]), vv)
		near(t, "u", u[0], 16)
	}
	check(2, 6)
	must(t, opt.Eval())
	must(t, opt.Eval())
	check(3, 7)
	wantError(t, opt.Step(), "Train first")
	wantError(t, opt.Add(descent.NewParam("x", []float64{1}, []float64{1})), "Train first")
	wantError(t, opt.Restore(opt.States()), "Train first")
	check(3, 7)
	opt.Train()
	opt.Train()
	check(2, 6)
	must(t, opt.Step())
	check(0, 6)

	m := newModel()
	plain := newOpt(t, optim.Adam, m.params())
	must(t, plain.Eval()) // nothing else to evaluate with
	must(t, plain.Step())
}

func TestClose(t *testing.T) {
	w := []float64{4}
	opt := newOpt(t, ema(t), []descent.Param{descent.NewParam("w", w, []float64{2})})
	must(t, opt.Step())
	must(t, opt.Eval())
	must(t, opt.Close())
	must(t, opt.Close())
	near(t, "w", w[0], 2)
	for _, err := range []error{opt.Step(), opt.Eval(), opt.Add(), opt.Restore(opt.States())} {
		wantError(t, err, "closed")
	}
}

// heavyBall is a rule that is no formula.
type heavyBall struct{ fail error }

func (*heavyBall) Name() string { return "heavy-ball" }

func (*heavyBall) Info() (optim.Info, error) {
	rule, err := optim.Parse("heavy-ball", "hyper lr = 1, beta = 0.5 [0,1)\nw = w - lr*beta*g")
	if err != nil {
		return optim.Info{}, err
	}
	return rule.Info()
}

func (*heavyBall) States(shape []int) []optim.StateSize {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return []optim.StateSize{{Name: "v", Len: n}}
}

func (r *heavyBall) Step(m optim.Model) error {
	if r.fail != nil {
		return r.fail
	}
	for _, t := range m.Tensors() {
		v := t.State["v"]
		for i, g := range t.Grad {
			v[i] = t.Hyper["beta"]*v[i] + g
			t.Step[i] = t.Hyper["lr"] * v[i]
		}
	}
	return nil
}

// TestStepper: a rule from outside has links, groups, states and schedules too.
func TestStepper(t *testing.T) {
	w, v := []float64{0}, []float32{0}
	rule := &heavyBall{}
	opt := newOpt(t, optim.Chain(optim.ClipValue, rule, optim.Lookahead),
		[]descent.Param{descent.NewParam("w", w, []float64{3}), descent.NewParam("v", v, []float32{3})},
		descent.Set("limit", 2), descent.Set("k", 2), descent.Rescale(0.5), descent.For("v", descent.LR(10)))
	must(t, opt.Step()) // 3*0.5 = 1.5
	near(t, "w", w[0], -1.5)
	near(t, "v", float64(v[0]), -15)
	must(t, opt.Set("beta", 0.2))
	must(t, opt.Step()) // then half way back to 0
	near(t, "w", w[0], -(1.5+1.8)/2)
	s, err := opt.StateOf("v", "v")
	must(t, err)
	near(t, "state", s.F64[0], 1.8)
	_, err = descent.New(optim.Chain(rule, rule), newModel().params())
	wantError(t, err, "one rule that is no formula")
	opt.Freeze("w")
	rule.fail = errors.New("no inverse")
	if err := opt.Step(); !errors.Is(err, rule.fail) || opt.Updates() != 2 {
		t.Errorf("%v after %d updates", err, opt.Updates())
	}
}

// TestOwnFormula: a user's formula has all that those built in have.
func TestOwnFormula(t *testing.T) {
	rule := parse(t, `
		hyper lr = 0.1 [0,inf), decay = 0 [0,1)
		state h
		h = decay*h + abs(g)
		w = w - lr*g/(h + 1)`)
	w := []float64{1}
	opt := newOpt(t, optim.Chain(optim.Centralize, rule, optim.Lookahead), []descent.Param{descent.NewParam("w", w, []float64{3})},
		descent.LR(2), descent.ClipNorm(1), descent.Live("decay"), descent.For("v", descent.Set("mine.decay", 0.9)))
	must(t, opt.Step())
	near(t, "w", w[0], 1-2*1./2)
	must(t, opt.Set("decay", 0.5))
	must(t, opt.Step())
	near(t, "w", w[0], 0-2*1/2.5)
	if opt.Rule().Name() != "centralize+mine+lookahead" || opt.Backend() == "" {
		t.Error(opt.Rule().Name(), opt.Backend())
	}
}

// TestStepperFails: where the rule fails on the last of accumulated gradients,
// none is lost: the step can be made again.
func TestStepperFails(t *testing.T) {
	m := newModel()
	rule := &heavyBall{}
	opt := newOpt(t, rule, m.params(), descent.Accumulate(2))
	m.gradients(0)
	must(t, opt.Step())
	m.gradients(1)
	rule.fail = errors.New("no inverse")
	unchanged(t, m, opt, opt.Step, "no inverse")
	rule.fail = nil
	must(t, opt.Step())

	n := newModel()
	other := newOpt(t, &heavyBall{}, n.params(), descent.Accumulate(2))
	n.gradients(0)
	must(t, other.Step())
	n.gradients(1)
	must(t, other.Step())
	if !slices.Equal(m.bits(opt), n.bits(other)) {
		t.Errorf("%v, expected %v", m.w, n.w)
	}
}
