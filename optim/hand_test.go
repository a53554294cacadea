package optim_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// handCases are the hyperparameters that each rule is computed with by hand,
// beside its defaults.
var handCases = map[string][]hp{
	"sgd":              {{"momentum": 0.9}, {"wd": 0.1}, {"momentum": 0.9, "wd": 0.1}},
	"nag":              {{"momentum": 0}, {"wd": 0.1}},
	"nag-shifted":      {{"momentum": 0}, {"wd": 0.1}},
	"adagrad":          {{"wd": 0.1, "eps": 0.5}},
	"rmsprop":          {{"wd": 0.1, "eps": 0.5}},
	"rmsprop-centered": {{"wd": 0.1, "eps": 0.5}, {"momentum": 0}},
	"adadelta":         {{"wd": 0.1, "eps": 0.5}},
	"adam":             {{"wd": 0.1, "eps": 0.5}, {"beta1": 0}},
	"adamw":            {{"wd": 0.1, "eps": 0.5}, {"wd": 0}},
	"adamax":           {{"wd": 0.1, "eps": 0.5}},
	"nadam":            {{"wd": 0.1, "eps": 0.5}, {"schedule_decay": 0.5}},
	"nadam-lookahead":  {{"wd": 0.1, "eps": 0.5}},
	"signum":           {{"wd": 0.1, "wd_lh": 0.2}, {"momentum": 0}},
	"lion":             {{"wd": 0.1}, {"beta1": 0.5, "beta2": 0.5}},
	"ftml":             {{"wd": 0.1, "eps": 0.5}},
	"ftrl":             {{"l1": 1.5, "l2": 0.5, "beta": 0.5}, {"l1": 0}},
	"lbsgd": {
		{"warmup": 1}, {"warmup": 2}, {"warmup": 3}, {"warmup": 4},
		{"batch_scale": 3}, {"batch_scale": 3, "warmup": 1, "momentum": 0.9}, {"batch_scale": 3, "warmup": 2, "wd": 0.1},
		{"batch_scale": 3, "warmup": 3, "wd": 0.1, "momentum": 0.5}, {"batch_scale": 3, "warmup": 4},
		{"batch_scale": 2, "warmup_epochs": 1, "updates_per_epoch": 4}, {"batch_scale": 2, "warmup_epochs": 0},
		{"batch_scale": 2, "warmup": 4, "warmup_epochs": 1, "updates_per_epoch": 4},
		{"batch_scale": 3, "begin_epoch": 2, "updates_per_epoch": 10},
	},
	"dcasgd":          {{"momentum": 0.9, "wd": 0.1}, {"lambda": 0}, {"lambda": 1}},
	"dcasgd-mxnet":    {{"wd": 0.1, "lambda": 1}},
	"dcasgd-adaptive": {{"momentum": 0.9, "wd": 0.1}, {"lambda": 0}, {"m": 0, "eps": 0.5}},
	"lookahead":       {{"k": 2, "alpha": 0.25}, {"k": 1}},
	"clip-norm":       {{"limit": 100}},
	"clip-value":      {{"limit": 0.3}},
	"rescale":         {{"factor": -0.25}},
}

// TestByHand compares every rule with its paper's formula written out in Go.
func TestByHand(t *testing.T) {
	for _, name := range optim.Names() {
		if name == "sgld" {
			continue // TestSGLDByHand
		}
		if hands[name] == nil {
			t.Errorf("%s: not computed by hand; add it to hands", name)
			continue
		}
		for _, h := range append([]hp{{}}, handCases[name]...) {
			t.Run(fmt.Sprint(name, h), func(t *testing.T) { byHand(t, name, h) })
		}
	}
}

func byHand(t *testing.T, name string, h hp) {
	rule, options := inRule(t, name, h)
	w, g := []float64{1, -2, 0.5, 3, -0.1, 0}, make([]float64, 6)
	start := append([]float64(nil), w...)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, 2, 3)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	if name == "dcasgd" || name == "dcasgd-adaptive" {
		if err := descent.SetSeen(opt, "w", start); err != nil {
			t.Fatal(err)
		}
	}
	hand, want := hands[name](full(t, name, h)), start
	for step := 1; step <= 7; step++ {
		grad := func(at []float64) []float64 { return bowl(step, at) }
		want = hand(step, want, grad)
		if _, err := opt.StepFunc(func() (float64, error) { copy(g, grad(w)); return 0, nil }); err != nil {
			t.Fatal(err)
		}
		for i := range w {
			if !(math.Abs(w[i]-want[i]) <= 1e-12*(1+math.Abs(want[i]))) {
				t.Fatalf("step %d, element %d: %v, by hand %v", step, i, w[i], want[i])
			}
		}
	}
}

// bowl is the gradient of a quadratic with something added that depends on the
// step; the last element's is always 0.
func bowl(step int, at []float64) []float64 {
	g := make([]float64, len(at))
	for i := range len(at) - 1 {
		g[i] = (0.5+0.3*float64(i))*(at[i]-0.25*float64(i)) + math.Sin(float64(7*step+3*i))
	}
	return g
}

// behind are the links that stand behind a rule.
var behind = []string{"decay", "ema", "lookahead", "trust-ratio"}

// inRule makes a rule by name, a link as a part of a chain, and its options.
func inRule(t *testing.T, name string, h hp) (optim.Rule, []descent.Option) {
	t.Helper()
	rule, err := optim.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := rule.Info()
	if err != nil {
		t.Fatal(err)
	}
	var options []descent.Option
	for k, v := range h {
		for _, hyper := range info.Hypers {
			switch {
			case hyper.Name != k:
			case info.Link:
				options = append(options, descent.Set(name+"."+k, hyper.FormatValue(v)))
			default:
				options = append(options, descent.Set(k, hyper.FormatValue(v)))
			}
		}
	}
	switch {
	case name == "cautious":
		return optim.Chain(optim.SGD, rule), append(options, descent.LR(0.1), descent.Set("sgd.momentum", 0.9))
	case slices.Contains(behind, name):
		return optim.Chain(optim.SGD, rule), append(options, descent.LR(0.1))
	case info.Link:
		return optim.Chain(rule, optim.SGD), append(options, descent.LR(0.1))
	}
	return rule, options
}

// full is the hyperparameters with those of the rule's formula that h lacks.
func full(t *testing.T, name string, h hp) hp {
	t.Helper()
	rule, err := optim.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := rule.Info()
	if err != nil {
		t.Fatal(err)
	}
	out := hp{}
	for _, hyper := range info.Hypers {
		out[hyper.Name] = hyper.Default
		if v, ok := h[hyper.Name]; ok {
			out[hyper.Name] = v
		}
	}
	return out
}
