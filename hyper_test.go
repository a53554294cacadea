package descent_test

import (
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestLive: a hyperparameter that was 0 has no term and no state unless it is
// declared live.
func TestLive(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.SGD, m.params())
	unchanged(t, m, opt, func() error { return opt.Set("momentum", 0.9) }, "momentum was 0", `descent.Live("momentum")`)
	must(t, opt.Set("momentum", 0)) // what it is already
	_, err := opt.StateOf("fc.bias", "v")
	wantError(t, err, "fc.bias has no state v", "it has t")

	w := []float64{0}
	live := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, []float64{1})}, descent.LR(1), descent.Live("momentum"))
	must(t, live.Step())
	must(t, live.Set("momentum", 0.5))
	must(t, live.Step())
	near(t, "w", w[0], -1-1.5)
	v, err := live.StateOf("w", "v")
	must(t, err)
	near(t, "v", v.F64[0], -1.5)
}

// TestLiveInFor: what one group has left out, another may have.
func TestLiveInFor(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.SGD, m.params(), descent.For("*.bias", descent.Momentum(0.9)))
	if _, err := opt.StateOf("fc.bias", "v"); err != nil {
		t.Error(err)
	}
	_, err := opt.StateOf("fc.weight", "v")
	wantError(t, err, "fc.weight has no state v")
	unchanged(t, m, opt, func() error { return opt.Set("momentum", 0.5) }, "Live")
}

func TestSet(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.Adam, m.params(), descent.WeightDecay(0.1))
	for _, c := range []struct {
		name  string
		v     float64
		parts []string
	}{
		{"momentum", 1, []string{"adam has no hyperparameter momentum", "lr, beta1"}},
		{"lr", -1, []string{"lr = -1", "[0,inf)"}},
		{"beta1", 1, []string{"beta1 = 1", "[0,1)"}},
	} {
		unchanged(t, m, opt, func() error { return opt.Set(c.name, c.v) }, c.parts...)
	}
	must(t, opt.Set("beta1", 0.5))
	must(t, opt.Set("lr", 0.25))
	near(t, "LR", opt.LR(), 0.25)
	must(t, opt.Set("wd", 0)) // its term is there and now adds 0
	must(t, opt.Set("wd", 0.2))
	lbsgd := newOpt(t, optim.LBSGD, newModel().params())
	wantError(t, lbsgd.Set("warmup", 2.5), "choice", "linear, power2")
	wantError(t, lbsgd.Set("warmup", 2), "warmup was linear", "Live")
}

func TestHypers(t *testing.T) {
	opt := newOpt(t, optim.Chain(optim.Adam, optim.Lookahead), newModel().params(), descent.ClipNorm(2))
	var names []string
	for _, h := range opt.Hypers() {
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != "clip-norm.limit lr adam.beta1 adam.beta2 adam.eps adam.wd lookahead.k lookahead.alpha" {
		t.Error(got)
	}
	must(t, opt.Set("lookahead.k", 3))
	must(t, opt.Set("beta1", 0.5))
	for name, want := range map[string]float64{"k": 3, "adam.beta1": 0.5, "clip-norm.limit": 2} {
		got, err := opt.Hyper(name)
		must(t, err)
		near(t, name, got, want)
	}
	if lr := newOpt(t, optim.AdaDelta, newModel().params()).LR(); lr != 0 {
		t.Errorf("adadelta has lr %v", lr)
	}
}

// TestSetBesideFor: what a For has set does not keep Set from the others, and
// lr may be changed whatever it was.
func TestSetBesideFor(t *testing.T) {
	w := []float64{0, 0}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w[:1], []float64{1}), descent.NewParam("b", w[1:], []float64{1})},
		descent.LR(0), descent.Momentum(0.9), descent.For("b", descent.Momentum(0)))
	must(t, opt.Step())
	must(t, opt.Set("lr", 1))
	must(t, opt.Set("momentum", 0.5))
	must(t, opt.Step())
	must(t, opt.Step())
	near(t, "w", w[0], -1-1.5)
	near(t, "b", w[1], -1-1)
}

// TestFailedStepEval: a step that fails leaves the evaluation weights too.
func TestFailedStepEval(t *testing.T) {
	rule := parse(t, "hyper lr = 1, k = 1, z = 1 [0,1]\nw = w - z*lr*g\neval x = k*w")
	w := []float64{4}
	opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, []float64{1})},
		descent.ScheduleOf("k", factor(func(s int) float64 { return float64(s + 1) })),
		descent.ScheduleOf("z", factor(func(s int) float64 { return float64(s + 1) })),
		descent.Set("z", 0.25), descent.For("w", descent.Set("z", 0.75)))
	must(t, opt.Step())
	wantError(t, opt.Step(), "for parameter w: z = 1.5")
	must(t, opt.Eval())
	near(t, "evaluation weight", w[0], 3.25)
}
