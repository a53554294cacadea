package descent_test

import (
	"errors"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

func TestForMatches(t *testing.T) {
	for _, c := range []struct {
		pattern string
		matches []string
		others  []string
	}{
		{"*.bias", []string{"fc.bias", ".bias", "a.b.bias"}, []string{"bias", "fc.bias2"}},
		{"layers[0].*", []string{"layers[0].weight"}, []string{"layers0.weight", "layers[1].weight"}},
		{"a/*/w", []string{"a/b/w", "a/b/c/w", "a//w"}, []string{"a/w"}},
		{"?", []string{"a", "é"}, []string{"ab"}},
		{"*", []string{"anything", "a/b"}, nil},
		{"w", []string{"w"}, []string{"ww", "v"}},
		{"*a*b*c", []string{"abc", "xaxbxbxc"}, []string{"abcd", "acb"}},
		{`a\b{c}^`, []string{`a\b{c}^`}, []string{"abc"}},
		{"", nil, []string{"w"}},
	} {
		check := func(name string, want bool) {
			t.Helper()
			w := []float64{0}
			opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam(name, w, []float64{1})},
				descent.LR(1), descent.For(c.pattern, descent.LR(2)))
			must(t, opt.Step())
			if got := w[0] == -2; got != want {
				t.Errorf("For(%q): matches %q: %v", c.pattern, name, got)
			}
		}
		for _, name := range c.matches {
			check(name, true)
		}
		for _, name := range c.others {
			check(name, false)
		}
	}
}

// TestForLaterWins: options for all come first, then every For that matches,
// in order; multipliers multiply.
func TestForLaterWins(t *testing.T) {
	w := make([]float64, 3)
	var params []descent.Param
	for i, name := range []string{"a.weight", "a.bias", "b.bias"} {
		params = append(params, descent.NewParam(name, w[i:i+1], []float64{1}))
	}
	opt := newOpt(t, optim.SGD, params,
		descent.For("*.bias", descent.LR(2), descent.LRMult(0.5)),
		descent.For("a.*", descent.LR(8), descent.LRMult(0.25)),
		descent.LR(1), descent.LRMult(10))
	must(t, opt.Step())
	near(t, "a.weight", w[0], -8*10*0.25)
	near(t, "a.bias", w[1], -8*10*0.5*0.25)
	near(t, "b.bias", w[2], -2*10*0.5)
	near(t, "LR", opt.LR(), 10)
	// Set leaves what a For has set alone.
	must(t, opt.Set("lr", 100))
	must(t, opt.Step())
	near(t, "b.bias after Set", w[2], -2*2*10*0.5)
	near(t, "LR after Set", opt.LR(), 1000)
}

func TestWeightDecayMult(t *testing.T) {
	w := []float64{1, 1}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w[:1], []float64{0}), descent.NewParam("b", w[1:], []float64{0})},
		descent.LR(1), descent.WeightDecay(0.5), descent.For("w", descent.WeightDecayMult(0.5)), descent.For("b", descent.WeightDecay(0)))
	must(t, opt.Step())
	near(t, "w", w[0], 0.75)
	near(t, "b", w[1], 1)
}

func TestSetKinds(t *testing.T) {
	rule := parse(t, "hyper lr = 1, on = 0 [0,1], n = 2 [1,inf), kind = plain {plain, twice}\nw = w - lr*n*(1 + (kind == twice))*(1 + on)*g")
	for _, c := range []struct {
		options []descent.Option
		want    float64
	}{
		{nil, -2},
		{[]descent.Option{descent.Set("on", true)}, -4},
		{[]descent.Option{descent.Set("on", true), descent.Set("on", false)}, -2},
		{[]descent.Option{descent.Set("n", 3)}, -3},
		{[]descent.Option{descent.Set("n", 1.5)}, -1.5},
		{[]descent.Option{descent.Set("n", "1.5")}, -1.5},
		{[]descent.Option{descent.Set("kind", "twice")}, -4},
	} {
		w := []float64{0}
		opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, []float64{1})}, c.options...)
		must(t, opt.Step())
		near(t, "w", w[0], c.want)
	}
}

func TestTypedOptions(t *testing.T) {
	opt := newOpt(t, optim.Adam, newModel().params(), descent.LR(0.5), descent.Beta1(0.25), descent.Beta2(0.125), descent.Eps(0.0625), descent.WeightDecay(2))
	for name, want := range map[string]float64{"lr": 0.5, "beta1": 0.25, "beta2": 0.125, "eps": 0.0625, "wd": 2} {
		got, err := opt.Hyper(name)
		must(t, err)
		near(t, name, got, want)
	}
	_, err := opt.Hyper("beta3")
	wantError(t, err, "adam has no hyperparameter beta3", "it has lr, beta1, beta2, eps, wd", "did you mean beta1, beta2?")
	if v, err := newOpt(t, optim.SGD, newModel().params(), descent.Momentum(0.5)).Hyper("momentum"); v != 0.5 || err != nil {
		t.Error(v, err)
	}
}

func TestOptionMistakes(t *testing.T) {
	c := optim.Chain(optim.Adam, optim.Lookahead, optim.Lookahead)
	var none schedule.Schedule
	for _, c := range []struct {
		rule   optim.Rule
		option descent.Option
		parts  []string
	}{
		{optim.SGD, nil, []string{"nil"}},
		{optim.SGD, descent.Beta1(0.9), []string{"sgd has no hyperparameter beta1", "it has lr, momentum, wd"}},
		{optim.SGD, descent.Set("momentun", 0.9), []string{"did you mean momentum?"}},
		{optim.Adam, descent.Beta1(1), []string{"beta1 = 1", "[0,1)"}},
		{optim.Adam, descent.LR(-1), []string{"lr = -1", "[0,inf)"}},
		{optim.Adam, descent.LR(math.NaN()), []string{"lr"}},
		{optim.Adam, descent.LR(math.Inf(1)), []string{"lr", "[0,inf)"}},
		{optim.Adam, descent.Set("beta1", "much"), []string{"beta1", "much", "number"}},
		{optim.LBSGD, descent.Set("warmup", "cubic"), []string{"warmup", "cubic", "linear, power2, sqrt, lars, none"}},
		{optim.SGD, descent.For("*.bias", descent.Beta1(0)), []string{`For("*.bias")`, "beta1"}},
		{optim.SGD, descent.For("nothing", descent.Momentum(2)), []string{`For("nothing")`, "momentum = 2"}},
		{optim.SGD, descent.For("*", descent.ClipNorm(1)), []string{`For("*")`, "only options that set or multiply"}},
		{optim.SGD, descent.For("*", descent.For("a")), []string{`For("*")`}},
		{optim.SGD, descent.For("*", descent.Live("wd")), []string{`For("*")`}},
		{optim.SGD, descent.For("*", descent.Schedule(schedule.Constant(1))), []string{`For("*")`}},
		{optim.AdaDelta, descent.LRMult(2), []string{"adadelta has no hyperparameter lr"}},
		{optim.AdaDelta, descent.For("nothing", descent.LRMult(2)), []string{`For("nothing")`, "lr"}},
		{optim.SGD, descent.LRMult(-1), []string{"lr = -0.01"}},
		{optim.SGD, descent.For("fc.bias", descent.LRMult(-1)), []string{"fc.bias", "lr = -0.01"}},
		{optim.FTRL, descent.For("fc.bias", descent.LRMult(0)), []string{"fc.bias", "lr = 0", "Freeze"}},
		{optim.SGD, descent.Live("beta1"), []string{"Live", "beta1"}},
		{optim.SGD, descent.ScheduleOf("beta1", schedule.Constant(1)), []string{"ScheduleOf", "beta1"}},
		{optim.SGD, descent.Schedule(nil), []string{"nil"}},
		{optim.SGD, descent.Schedule(none), []string{"nil"}},
		{optim.SGD, descent.Schedule(schedule.Cosine(-1, 0)), []string{"cosine", "total"}},
		{optim.SGD, descent.Schedule(factor(func(int) float64 { return math.NaN() })), []string{"at update 1", "lr"}},
		{optim.SGD, descent.ClipNorm(-1), []string{"clip-norm.limit", "-1"}},
		{optim.SGD, descent.ClipValue(math.NaN()), []string{"clip-value.limit"}},
		{optim.SGD, descent.Rescale(math.Inf(1)), []string{"rescale.factor"}},
		{optim.SGD, descent.Accumulate(0), []string{"Accumulate(0)"}},
		{optim.SGD, descent.Threads(0), []string{"Threads(0)"}},
		{optim.NAG, descent.Accumulate(2), []string{"accumulate"}},
		{c, descent.Set("k", 3), []string{"several", "lookahead.k, lookahead2.k"}},
		{c, descent.Set("adam.lr", 3), []string{"adam.lr", "it has lr, adam.beta1"}},
	} {
		_, err := descent.New(c.rule, newModel().params(), c.option)
		wantError(t, err, c.parts...)
	}
}

// TestScheduleStart: the first step uses s(0), the n-th s(n-1).
func TestScheduleStart(t *testing.T) {
	w := []float64{0}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, []float64{1})}, descent.LR(1),
		descent.Schedule(factor(func(s int) float64 { return math.Pow(10, float64(s)) })), descent.Schedule(schedule.Constant(2)))
	for _, want := range []float64{-2, -22, -222} {
		must(t, opt.Step())
		near(t, "w", w[0], want)
	}
	near(t, "LR", opt.LR(), 2000)
	lr, err := opt.Hyper("lr")
	must(t, err)
	near(t, "Hyper", lr, 1)
}

// TestScheduleOf keeps the term of a hyperparameter that starts at 0.
func TestScheduleOf(t *testing.T) {
	w := []float64{1}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, []float64{0})}, descent.LR(1), descent.WeightDecay(1),
		descent.ScheduleOf("wd", factor(func(s int) float64 { return float64(s) / 2 })))
	for _, want := range []float64{1, 0.5, 0} {
		must(t, opt.Step())
		near(t, "w", w[0], want)
	}
}

func TestScheduleOutOfRange(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.Adam, m.params(), descent.For("*.bias", descent.Beta1(0.5)),
		descent.Schedule(factor(func(s int) float64 { return 1 + float64(s) })),
		descent.ScheduleOf("beta1", factor(func(s int) float64 { return 1 + float64(s)/15 })))
	must(t, opt.Step())
	must(t, opt.Step())
	unchanged(t, m, opt, opt.Step, "adam", "at update 3", "beta1 = 1.02", "[0,1)")
	unchanged(t, m, opt, opt.Step, "at update 3")
	must(t, opt.Set("beta1", 0.1))
	must(t, opt.Step())
}

func TestClipAndRescale(t *testing.T) {
	for _, c := range []struct {
		options []descent.Option
		want    []float64
	}{
		{nil, []float64{-3, -4}},
		{[]descent.Option{descent.Rescale(0.5)}, []float64{-1.5, -2}},
		{[]descent.Option{descent.ClipValue(3.5)}, []float64{-3, -3.5}},
		{[]descent.Option{descent.ClipNorm(1)}, []float64{-0.6, -0.8}},
		{[]descent.Option{descent.ClipNorm(5.1)}, []float64{-3, -4}},
		{[]descent.Option{descent.ClipNorm(math.Inf(1)), descent.ClipValue(math.Inf(1))}, []float64{-3, -4}},
		// Rescaling first, then clipping by value, then by norm, in whatever order they are given.
		{[]descent.Option{descent.ClipNorm(2.5), descent.ClipValue(6), descent.Rescale(2)}, []float64{-2.5 / math.Sqrt2, -2.5 / math.Sqrt2}},
	} {
		a, b := []float64{0}, []float32{0}
		opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("a", a, []float64{3}), descent.NewParam("b", b, []float32{4})},
			append(c.options, descent.LR(1))...)
		must(t, opt.Step())
		near(t, "a", a[0], c.want[0])
		near(t, "b", float64(b[0]), c.want[1])
	}
}

// TestClipInChain: the options' links have names of their own beside those of a chain.
func TestClipInChain(t *testing.T) {
	w := []float64{0}
	opt := newOpt(t, optim.Chain(optim.Rescale, optim.SGD), []descent.Param{descent.NewParam("w", w, []float64{1})},
		descent.LR(1), descent.Rescale(2), descent.Set("rescale.factor", 3), descent.ClipNorm(100))
	must(t, opt.Step())
	near(t, "w", w[0], -6)
	must(t, opt.Set("rescale2.factor", 4))
	must(t, opt.Set("limit", 3)) // before the chain's own factor of 3
	must(t, opt.Step())
	near(t, "w", w[0], -6-9)
}

type broken struct{ schedule.Schedule }

func (broken) Err() error { return errors.New("out of order") }

func TestScheduleErr(t *testing.T) {
	_, err := descent.New(optim.SGD, newModel().params(), descent.Schedule(broken{schedule.Constant(1)}))
	wantError(t, err, "schedule of lr", "out of order")
}
