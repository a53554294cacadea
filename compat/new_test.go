package compat_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

func TestPeers(t *testing.T) {
	if got := compat.Peers(); !slices.Equal(got, []string{"formula", "keras", "mxnet", "mxnet2", "optax", "pytorch_optimizer", "torch"}) {
		t.Errorf("frameworks %v", got)
	}
	got := compat.Optimizers("formula")
	if !slices.IsSorted(got) {
		t.Errorf("not sorted: %v", got)
	}
	for _, name := range strings.Fields(`sgd momentum nag nesterov nag_shifted adagrad rmsprop rmsprop_centered adadelta adam adamax adamw nadam
		nadam_lookahead signum sgld ftml ftrl lbsgd dcasgd dcasgd_mxnet`) {
		if !slices.Contains(got, name) {
			t.Errorf("%s is missing in %v", name, got)
		}
	}
	if slices.Contains(got, "clip_norm") {
		t.Errorf("a link among the optimizers: %v", got)
	}
	for _, name := range got {
		if _, _, err := compat.New("formula", name, nil); err != nil {
			t.Error(err)
		}
	}
	if got := compat.Optimizers("none"); got != nil {
		t.Errorf("an unknown framework has %v", got)
	}
}

// hypers makes an optimizer and reads its hyperparameters.
func hypers(t *testing.T, optimizer string, options map[string]any) (string, map[string]float64) {
	t.Helper()
	rule, settings, err := compat.New("formula", optimizer, options)
	if err != nil {
		t.Fatal(err)
	}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", make([]float64, 2), make([]float64, 2))}, settings...)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, h := range opt.Hypers() {
		if out[h.Name], err = opt.Hyper(h.Name); err != nil {
			t.Fatal(err)
		}
	}
	return rule.Name(), out
}

func TestNew(t *testing.T) {
	for _, c := range []struct {
		optimizer string
		options   map[string]any
		rule      string
		want      map[string]float64
	}{
		{"sgd", nil, "sgd", map[string]float64{"lr": 0.01, "momentum": 0, "wd": 0}},
		{"momentum", nil, "sgd", map[string]float64{"lr": 0.01, "momentum": 0.9, "wd": 0}},
		{"momentum", map[string]any{"beta": 0.5, "weight_decay": float32(0.25)}, "sgd", map[string]float64{"lr": 0.01, "momentum": 0.5, "wd": 0.25}},
		{"Nesterov", map[string]any{"learning_rate": 1, "gamma": json.Number("0.7")}, "nag", map[string]float64{"lr": 1, "momentum": 0.7, "wd": 0}},
		{"NAG-shifted", map[string]any{"mu": 0}, "nag-shifted", map[string]float64{"lr": 0.01, "momentum": 0, "wd": 0}},
		{"adadelta", map[string]any{"beta": 0.8, "epsilon": 1e-3}, "adadelta", map[string]float64{"rho": 0.8, "eps": 1e-3, "wd": 0}},
		{"rmsprop", map[string]any{"rho": 0.8}, "rmsprop", map[string]float64{"lr": 0.001, "beta": 0.8, "eps": 1e-8, "wd": 0}},
		{"rmsprop_centered", map[string]any{"decay": 0.8, "gamma": 0.5}, "rmsprop-centered",
			map[string]float64{"lr": 0.001, "beta": 0.8, "momentum": 0.5, "eps": 1e-8, "wd": 0}},
		{"adam", map[string]any{"b1": 0.8, "beta_2": 0.9, "eta": uint8(1)}, "adam", map[string]float64{"lr": 1, "beta1": 0.8, "beta2": 0.9, "eps": 1e-8, "wd": 0}},
		{"ftrl", map[string]any{"lamda1": 1, "lambda2": 2, "beta": 3}, "ftrl", map[string]float64{"lr": 0.1, "l1": 1, "l2": 2, "beta": 3}},
		{"dcasgd", map[string]any{"lamda": 0.5}, "dcasgd", map[string]float64{"lr": 0.01, "momentum": 0, "wd": 0, "lambda": 0.5}},
		{"lbsgd", map[string]any{"warmup_strategy": "sqrt", "batch_scale": 8}, "lbsgd", map[string]float64{"lr": 0.01, "momentum": 0, "wd": 0,
			"batch_scale": 8, "warmup": 2, "warmup_epochs": 5, "updates_per_epoch": 32, "begin_epoch": 0}},
	} {
		rule, got := hypers(t, c.optimizer, c.options)
		if rule != c.rule || !maps.Equal(got, c.want) {
			t.Errorf("%s %v: got %s %v, expected %s %v", c.optimizer, c.options, rule, got, c.rule, c.want)
		}
	}
}

func TestNewErrors(t *testing.T) {
	type options = map[string]any
	for _, c := range []struct {
		peer, optimizer string
		options         options
		want            string
	}{
		{"formulas", "adam", nil, `unknown framework "formulas": did you mean formula?`},
		{"caffe", "adam", nil, `unknown framework "caffe": there is formula`},
		{"optax", "prodigy", nil, `optax has no optimizer "prodigy": did you mean contrib.prodigy`},
		{"formula", "adma", nil, `formula has no optimizer "adma": did you mean adam`},
		{"formula", "ADMA", nil, `did you mean adam`},
		{"formula", "centralize", nil, `formula has no optimizer "centralize"`},
		{"formula", "adam+lookahead", nil, `formula has no optimizer`},
		{"formula", "", nil, `formula has no optimizer ""`},
		{"formula", "adam", options{"lambda": 1}, `formula's adam: there is no option "lambda": it has lr (or eta, learning_rate), beta1 (or b1, beta_1), beta2 (or b2, beta_2), eps (or epsilon), wd (or weight_decay)`},
		{"formula", "adadelta", options{"lr": 1}, `there is no option "lr": it has rho (or beta, decay, gamma)`},
		{"formula", "adam", options{"lr": 1, "eta": 1}, `options eta and lr are the same`},
		{"formula", "adam", options{"lr": "0.1"}, `option lr: expected a number, found the text "0.1"`},
		{"formula", "adam", options{"lr": true}, `option lr: expected a number, found true (bool)`},
		{"formula", "adam", options{"lr": nil}, `option lr: expected a number, found nothing`},
		{"formula", "adam", options{"lr": []any{1.0}}, `option lr: expected a number, found the list [1] of 1`},
		{"formula", "adam", options{"lr": json.Number("x")}, `option lr: expected a number, found x`},
		{"formula", "adam", options{"learning_rate": -1}, `option learning_rate: lr = -1 is out of range: expected a value in [0,inf)`},
		{"formula", "lbsgd", options{"warmup": 1}, `option warmup: expected one of linear, power2, sqrt, lars, none, found 1`},
		{"formula", "lbsgd", options{"warmup": "cubic"}, `option warmup: warmup = "cubic" is not a choice`},
	} {
		_, _, err := compat.New(c.peer, c.optimizer, c.options)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "compat: ") {
			t.Errorf("%s %s %v: got %v, expected %q", c.peer, c.optimizer, c.options, err, c.want)
		}
	}
}
