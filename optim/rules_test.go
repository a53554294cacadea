package optim_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// one makes an optimizer of a rule over one parameter.
func one(t *testing.T, rule optim.Rule, w, g []float64, options ...descent.Option) *descent.Optimizer {
	t.Helper()
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return opt
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; expected one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q; expected %q in it", err, part)
		}
	}
}

// TestDefaults: the defaults that the papers give, or MXNet where they give none.
func TestDefaults(t *testing.T) {
	for name, want := range map[string]hp{
		"sgd":              {"lr": 0.01, "momentum": 0, "wd": 0},
		"adagrad":          {"lr": 0.01, "eps": 1e-7},
		"rmsprop":          {"beta": 0.9, "eps": 1e-8},
		"rmsprop-centered": {"beta": 0.9, "momentum": 0.9},
		"adadelta":         {"rho": 0.9, "eps": 1e-5},
		"adam":             {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "wd": 0}, // Kingma & Ba, Algorithm 1
		"adamax":           {"lr": 0.002, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},          // Algorithm 2
		"adamw":            {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
		"nadam":            {"beta1": 0.9, "beta2": 0.999, "schedule_decay": 0.004},
		"ftml":             {"lr": 0.0025, "beta1": 0.6, "beta2": 0.999, "eps": 1e-8}, // Zheng & Kwok, section 4
		"ftrl":             {"beta": 1, "l2": 0},
		"lbsgd":            {"lr": 0.01, "batch_scale": 1, "warmup": 0, "warmup_epochs": 5, "updates_per_epoch": 32, "begin_epoch": 0},
		"dcasgd":           {"lambda": 0.04, "momentum": 0},
		"dcasgd-adaptive":  {"lambda": 2, "m": 0.95, "eps": 1e-7, "momentum": 0},
		"lion":             {"lr": 1e-4, "beta1": 0.9, "beta2": 0.99},
		"lookahead":        {"k": 5, "alpha": 0.5},
		"lamb":             {"beta1": 0.9, "beta2": 0.999, "eps": 1e-6},
		"lars":             {"momentum": 0.9, "trust": 0.001},
		"yogi":             {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-3},
		"adan":             {"beta1": 0.98, "beta2": 0.92, "beta3": 0.99},
		"ademamix":         {"beta1": 0.9, "beta2": 0.999, "beta3": 0.9999, "alpha": 5},
		"qhadam":           {"beta1": 0.995, "beta2": 0.999, "nu1": 0.7, "nu2": 1},
		"adopt":            {"beta1": 0.9, "beta2": 0.9999, "eps": 1e-6},
		"prodigy":          {"lr": 1, "d0": 1e-6},
		"novograd":         {"beta1": 0.95, "beta2": 0.98},
		"rprop":            {"lr": 0.1, "up": 1.2, "down": 0.5, "least": 1e-6, "most": 50},
		"muon":             {"lr": 0.02, "momentum": 0.95, "wd": 0, "beta1": 0.9, "beta2": 0.95, "eps": 1e-10},
		"cautious":         {"xi": 1},
	} {
		have := full(t, name, nil)
		for h, v := range want {
			if got, ok := have[h]; !ok || got != v {
				t.Errorf("%s: %s is %v, expected %v", name, h, got, v)
			}
		}
	}
}

// TestLRZero: ftml and ftrl divide by lr; a schedule that makes it 0 is an
// error at New, later at the step, and changes nothing.
func TestLRZero(t *testing.T) {
	for _, rule := range []optim.Rule{optim.FTML, optim.FTRL} {
		w, g := []float64{1, 2}, []float64{0.5, -0.5}
		p := []descent.Param{descent.NewParam("w", w, g)}
		_, err := descent.New(rule, p, descent.LR(0))
		wantError(t, err, "lr = 0", "(0,inf)")
		_, err = descent.New(rule, p, descent.Schedule(schedule.Func(func(s int) float64 { return float64(s) / 10 })))
		wantError(t, err, rule.Name(), "at update 1", "lr = 0", "(0,inf)", "warm-up")

		opt := one(t, rule, w, g, descent.Schedule(schedule.Polynomial(2, 1, 0)))
		step(t, opt, func() {})
		step(t, opt, func() {})
		before, states := slices.Clone(w), clone(opt.States())
		wantError(t, opt.Step(), rule.Name(), "at update 3", "lr = 0")
		if !slices.Equal(w, before) || !sameStates(opt.States(), states) || opt.Updates() != 2 {
			t.Errorf("%s: the failed step changed something: %v, was %v", rule.Name(), w, before)
		}
	}
}

func clone(states []descent.State) []descent.State {
	for i := range states {
		states[i] = states[i].Clone()
	}
	return states
}

func sameStates(a, b []descent.State) bool {
	return slices.EqualFunc(a, b, func(a, b descent.State) bool {
		return a.Param == b.Param && a.Name == b.Name && slices.Equal(a.F32, b.F32) && slices.Equal(a.F64, b.F64)
	})
}

// TestFTRLSparse: weights whose gradients do not overcome l1 are exactly 0.
func TestFTRLSparse(t *testing.T) {
	w, g := []float64{1, 1, 0, 0}, []float64{0.9, -0.9, 30, -30}
	opt := one(t, optim.FTRL, w, g, descent.Set("l1", 50))
	for s, want := range [][]bool{{true, true, true, true}, {true, true, false, false}} {
		step(t, opt, func() {})
		for i, zero := range want {
			if (w[i] == 0) != zero {
				t.Errorf("step %d: element %d is %v; exactly zero: expected %v", s+1, i, w[i], zero)
			}
		}
	}
	if w[2] >= 0 || w[3] <= 0 {
		t.Errorf("%v: expected weights against their gradients", w)
	}
}

// TestCenteredConstant: with constant gradients E[g²] - E[g]² turns negative in
// float32; the root must not become NaN. The difference is computed beside it
// to show that the case is met.
func TestCenteredConstant(t *testing.T) {
	const n = 50
	w, g := make([]float32, n), make([]float32, n)
	for i := range g {
		g[i] = 0.37 * float32(i+1)
	}
	opt, err := descent.New(optim.RMSPropCentered, []descent.Param{descent.NewParam("w", w, g)}, descent.Set("eps", 1e-12))
	if err != nil {
		t.Fatal(err)
	}
	negative := false
	for range 1000 {
		step(t, opt, func() {})
		square, err := opt.StateOf("w", "n")
		if err != nil {
			t.Fatal(err)
		}
		mean, err := opt.StateOf("w", "m")
		if err != nil {
			t.Fatal(err)
		}
		for i := range w {
			m := mean.F32[i] * mean.F32[i]
			negative = negative || square.F32[i]-m < -1e-12
			if math.IsNaN(float64(w[i])) {
				t.Fatalf("element %d is NaN", i)
			}
		}
	}
	if !negative {
		t.Error("the difference never turned negative: the test shows nothing")
	}
}

// TestDCASGDWithoutDelay: where the weights have not moved it is sgd.
func TestDCASGDWithoutDelay(t *testing.T) {
	a, b := []float64{1, -2}, []float64{1, -2}
	g := []float64{0.5, 3}
	x := one(t, optim.DCASGD, a, g, descent.Momentum(0.9), descent.WeightDecay(0.1))
	y := one(t, optim.SGD, b, slices.Clone(g), descent.Momentum(0.9), descent.WeightDecay(0.1))
	for range 5 {
		step(t, x, func() {})
		step(t, y, func() {})
	}
	if !slices.Equal(a, b) {
		t.Errorf("%v, sgd %v", a, b)
	}
}

// TestNAGShifted: its weights are the points at which nag takes gradients.
func TestNAGShifted(t *testing.T) {
	w, u, gw, gu := []float64{3}, []float64{3}, []float64{0}, []float64{0}
	nag, shifted := one(t, optim.NAG, w, gw), one(t, optim.NAGShifted, u, gu)
	for s := range 20 {
		step(t, nag, func() {
			if math.Abs(w[0]-u[0]) > 1e-12 {
				t.Errorf("step %d: nag looks at %v, nag-shifted is at %v", s, w[0], u[0])
			}
			gw[0] = 2 * w[0]
		})
		step(t, shifted, func() { gu[0] = 2 * u[0] })
	}
}

// TestStateBytes: what a rule keeps for a weight, and that terms that are not
// there cost nothing.
func TestStateBytes(t *testing.T) {
	for _, c := range []struct {
		name    string
		options []descent.Option
		states  int
	}{
		{"sgd", nil, 0},
		{"sgd", []descent.Option{descent.Momentum(0.9)}, 1},
		{"sgd", []descent.Option{descent.Live("momentum")}, 1},
		{"sgd", []descent.Option{descent.WeightDecay(0.1), descent.ClipNorm(1), descent.Rescale(2)}, 0},
		{"adam", nil, 2},
		{"rmsprop", nil, 1},
		{"rmsprop-centered", nil, 3},
		{"lion", nil, 1},
		{"novograd", nil, 1},
		{"qhadam", []descent.Option{descent.Set("nu2", 0)}, 1},
		{"schedule-free-sgd", nil, 1},
		{"schedule-free-adamw", nil, 2},
		{"dcasgd", nil, 0},
		{"dcasgd-adaptive", nil, 1},
		{"dcasgd-adaptive", []descent.Option{descent.Set("lambda", 0)}, 0},
		{"sgld", nil, 0},
		{"nag", []descent.Option{descent.Momentum(0)}, 0},
	} {
		rule, err := optim.Lookup(c.name)
		if err != nil {
			t.Fatal(err)
		}
		opt := one(t, rule, make([]float64, 10), make([]float64, 10), c.options...)
		arrays := 0
		for _, s := range opt.States() {
			if len(s.Shape) > 0 {
				arrays++
			}
		}
		if arrays != c.states {
			t.Errorf("%s: %d arrays, expected %d", c.name, arrays, c.states)
		}
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{
		"adam": "adam", "Adam": "adam", "NAG_SHIFTED": "nag-shifted", " sgd ": "sgd",
		"clip-norm+adam": "clip-norm+adam", "centralize + sgd + lookahead": "centralize+sgd+lookahead",
	} {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Errorf("%q: %v", name, err)
		} else if rule.Name() != want {
			t.Errorf("%q: found %s", name, rule.Name())
		}
	}
	for name, part := range map[string]string{"adm": "did you mean adam", "": "adadelta, adagrad", "adam+": "adadelta, adagrad", "clip-norm+amad": "did you mean adam"} {
		_, err := optim.Lookup(name)
		wantError(t, err, "unknown optimizer", part)
	}
	if names := optim.Names(); !slices.IsSorted(names) || !slices.Contains(names, "lion") {
		t.Errorf("names: %v", names)
	}
}

func TestParse(t *testing.T) {
	rule, err := optim.Parse("mine", `
		# Moves a little. And
		# no more.
		# Paper: Anon, 2024.
		# Elsewhere: unknown.
		hyper lr = 0.5 (0,1]
		w = w - lr*g`)
	if err != nil {
		t.Fatal(err)
	}
	info, err := rule.Info()
	if err != nil {
		t.Fatal(err)
	}
	if info.Name != "mine" || info.Summary != "Moves a little. And no more." || info.Paper != "Anon, 2024." || info.Elsewhere != "unknown." || info.Link || len(info.Hypers) != 1 {
		t.Errorf("%+v", info)
	}
	if slices.Contains(optim.Names(), "mine") {
		t.Error("Parse has registered the rule")
	}
	var mistake *formula.Error
	if _, err := optim.Parse("mine", "w = w - lr*g"); !errors.As(err, &mistake) || mistake.Pos != (formula.Pos{Line: 1, Col: 9}) {
		t.Errorf("error %v: expected a *formula.Error at 1:9", err)
	}
	for _, empty := range []*optim.Formula{nil, {}} {
		_, err := empty.Info()
		wantError(t, err, "optim.Parse")
	}
}

func TestChain(t *testing.T) {
	inner := optim.Chain(optim.ClipValue, optim.Adam)
	c := optim.Chain(optim.Centralize, inner, optim.Lookahead, optim.Lookahead)
	if c.Name() != "centralize+clip-value+adam+lookahead+lookahead" {
		t.Errorf("name %s", c.Name())
	}
	var prefixes []string
	for _, l := range optim.Links(c) {
		prefixes = append(prefixes, l.Prefix)
	}
	if !slices.Equal(prefixes, []string{"centralize", "clip-value", "adam", "lookahead", "lookahead2"}) {
		t.Errorf("prefixes %v", prefixes)
	}
	info, err := c.Info()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, h := range info.Hypers {
		names = append(names, h.Name)
	}
	want := "clip-value.limit lr adam.beta1 adam.beta2 adam.eps adam.wd lookahead.k lookahead.alpha lookahead2.k lookahead2.alpha"
	if strings.Join(names, " ") != want || info.Link {
		t.Errorf("hyperparameters %v, link %v; expected %s", names, info.Link, want)
	}
	if info, err := optim.Chain(optim.ClipNorm, optim.Centralize).Info(); err != nil || !info.Link {
		t.Errorf("a chain of links: %+v, %v", info, err)
	}
	if l := optim.Links(optim.Adam); len(l) != 1 || l[0].Prefix != "" {
		t.Errorf("links of a rule: %v", l)
	}
}

// TestChainLR: lr is that of the rule, in Info as in the program.
func TestChainLR(t *testing.T) {
	warm, err := optim.Parse("warm", "hyper lr = 7\ng = g*min(lr, 1)")
	if err != nil {
		t.Fatal(err)
	}
	c := optim.Chain(warm, optim.Adam)
	info, err := c.Info()
	if err != nil {
		t.Fatal(err)
	}
	opt := one(t, c, make([]float64, 1), make([]float64, 1))
	if len(info.Hypers) != len(opt.Hypers()) || info.Hypers[0].Default != 0.001 || opt.LR() != 0.001 {
		t.Errorf("%+v; optimizer's lr %v", info.Hypers, opt.LR())
	}
}

func TestChainMistakes(t *testing.T) {
	p := []descent.Param{descent.NewParam("w", make([]float64, 1), make([]float64, 1))}
	for _, c := range []struct {
		rule optim.Rule
		part string
	}{
		{nil, "no rule"},
		{optim.Chain(), "empty chain"},
		{optim.Chain(optim.Adam, nil), "nil rule"},
		{optim.Chain(nil), "nil rule"},
		{optim.ClipNorm, "clip-norm is a link"},
		{optim.Lookahead, "lookahead is a link"},
		{optim.Chain(optim.ClipNorm, optim.Rescale), "clip-norm+rescale is a link"},
		{(*optim.Formula)(nil), "optim.Parse"},
		{&optim.Formula{}, "optim.Parse"},
		{other{}, "other is no formula"},
		{optim.Chain(optim.SGD, optim.NAG), "grad"},
	} {
		_, err := descent.New(c.rule, p)
		wantError(t, err, "descent: ", c.part)
	}
}

// other is a rule that is neither a formula nor a Stepper.
type other struct{}

func (other) Name() string              { return "other" }
func (other) Info() (optim.Info, error) { return optim.Info{Name: "other"}, nil }
