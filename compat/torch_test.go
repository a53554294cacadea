package compat_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

func TestTorch(t *testing.T) {
	for _, path := range glob(t, 110, traces+"/torch/*.json.gz") {
		t.Run(filepath.Base(path), func(t *testing.T) { passes(t, path, nil) })
	}
}

// TestTorchOptions: every optimizer has its options by torch's names, and no others.
func TestTorchOptions(t *testing.T) {
	for _, c := range []struct {
		optimizer string
		options   object
		want      string // of the error; none where empty
	}{
		{"SGD", object{"foreach": true, "fused": nil, "differentiable": false}, ""},
		{"SGD", object{"momentum": 0.9, "nesterov": true, "dampening": 0}, ""},
		{"Adam", object{"capturable": true, "fused": true, "clip_grad_norm": 1}, ""},
		{"Adam", object{"differentiable": true, "foreach": nil}, ""},
		{"NAdam", object{"differentiable": nil}, ""},
		{"ASGD", object{"foreach": nil}, ""},
		{"ASGD", object{"foreach": 1}, "option foreach: expected true or false, found 1"},
		{"Adafactor", object{"eps": []any{nil, 0.1}}, ""},
		{"Adafactor", object{"eps": []any{}}, "option eps: expected 2 numbers"},
		{"Muon", object{"adjust_lr_fn": nil}, ""},
		{"Muon", object{"adjust_lr_fn": "spectral_unclamped", "ns_coefficients": []float64{1, 2, 3}}, ""},
		{"SGD", object{"beta": 1}, `torch's SGD: there is no option "beta": it has clip_grad_norm, clip_grad_value, dampening, differentiable, foreach, fused, lr, maximize, momentum, nesterov, weight_decay`},
		{"Muon", object{"maximize": true}, `there is no option "maximize"`},
		{"AdamW", object{"decoupled_weight_decay": true}, `there is no option "decoupled_weight_decay"`},
		{"SGD", object{"lr": -1}, "option lr = -1 is out of range: expected a value in [0,inf)"},
		{"SGD", object{"lr": "0.1"}, `option lr: expected a number, found the text "0.1"`},
		{"SGD", object{"lr": nil}, "option lr: expected a number, found nothing (null)"},
		{"SGD", object{"nesterov": 1}, "option nesterov: expected true or false, found 1"},
		{"SGD", object{"nesterov": true}, "option nesterov: torch expects a momentum"},
		{"SGD", object{"momentum": 0.9, "nesterov": true, "dampening": 0.1}, "option nesterov: torch expects a momentum"},
		{"SGD", object{"clip_grad_norm": -1}, "option clip_grad_norm = -1 is out of range"},
		{"Adam", object{"betas": []any{0.9, 0.99, 0.999}}, "option betas: expected 2 numbers, found the list [0.9 0.99 0.999] of 3"},
		{"Adam", object{"betas": 0.9}, "option betas: expected 2 numbers, found 0.9"},
		{"Adam", object{"betas": []any{0.9, "much"}}, `option betas: expected 2 numbers, found the text "much" among them`},
		{"Adam", object{"betas": []float32{0.5, 1}}, "option betas = 1 is out of range: expected a value in [0,1)"},
		{"Rprop", object{"etas": []any{1.2, 0.5}}, "option etas: expected one number between 0 and 1 and one above 1, found 1.2 and 0.5"},
		{"Adafactor", object{"d": 0.5}, "option d = 0.5 is out of range"},
		{"Adafactor", object{"eps": []any{0.1, nil}}, "option eps: expected 2 numbers, found nothing (null) among them"},
		{"Muon", object{"ns_steps": 2.5}, "option ns_steps: expected a whole number, found 2.5"},
		{"Muon", object{"ns_steps": 100}, "option ns_steps = 100 is out of range"},
		{"Muon", object{"adjust_lr_fn": "best"}, `option adjust_lr_fn: expected one of original, match_rms_adamw, spectral_unclamped, found the text "best"`},
		{"LBFGS", object{"max_eval": nil, "line_search_fn": nil, "history_size": 3, "clip_grad_norm": 1}, ""},
		{"LBFGS", object{"line_search_fn": "backtracking"}, `option line_search_fn: expected one of strong_wolfe, found the text "backtracking"`},
		{"LBFGS", object{"history_size": 0}, "option history_size = 0 is out of range"},
		{"LBFGS", object{"max_iter": 1.5}, "option max_iter: expected a whole number, found 1.5"},
		{"LBFGS", object{"weight_decay": 1}, `there is no option "weight_decay": it has clip_grad_norm, clip_grad_value, history_size, line_search_fn, lr, max_eval, max_iter, maximize, tolerance_change, tolerance_grad`},
		{"adam", nil, `torch has no optimizer "adam": did you mean Adam`},
	} {
		_, _, err := compat.New("torch", c.optimizer, c.options)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %v: error %v, expected %q", c.optimizer, c.options, err, c.want)
		}
	}
	for _, name := range compat.Optimizers("torch") {
		if _, _, err := compat.New("torch", name, nil); err != nil {
			t.Error(err)
		}
	}
}

// TestTorchByHand compares options with loops over six weights. s are a weight's states.
func TestTorchByHand(t *testing.T) {
	for _, c := range []struct {
		optimizer string
		options   object
		update    func(t, w, g float64, s []float64) float64
	}{
		{"SGD", object{"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01, "maximize": true}, func(t, w, g float64, s []float64) float64 {
			g = -g + 0.01*w
			if s[0] = 0.8*s[0] + 0.7*g; t == 1 {
				s[0] = g
			}
			return w - 0.1*s[0]
		}},
		{"SGD", object{"lr": 0.1, "momentum": 0.8, "nesterov": true}, func(_, w, g float64, s []float64) float64 {
			s[0] = 0.8*s[0] + g
			return w - 0.1*(g+0.8*s[0])
		}},
		{"SGD", object{"dampening": 0.5}, func(_, w, g float64, _ []float64) float64 { return w - 0.001*g }},
		{"SGD", object{"lr": 1, "clip_grad_value": 0.25}, func(_, w, g float64, _ []float64) float64 {
			return w - math.Max(-0.25, math.Min(0.25, g))
		}},
		{"AdamW", object{"amsgrad": true, "lr": 0.1, "weight_decay": 0.2, "eps": 0.01}, func(t, w, g float64, s []float64) float64 {
			s[0] = 0.9*s[0] + 0.1*g
			s[1] = 0.999*s[1] + 0.001*g*g
			s[2] = math.Max(s[1], s[2])
			w *= 1 - 0.1*0.2
			return w - 0.1*s[0]/(1-math.Pow(0.9, t))/(math.Sqrt(s[2]/(1-math.Pow(0.999, t)))+0.01)
		}},
		{"Adagrad", object{"lr_decay": 0.5, "initial_accumulator_value": 2, "eps": 0.1}, func(t, w, g float64, s []float64) float64 {
			s[0] += g * g
			return w - 0.01/(1+(t-1)*0.5)*g/(math.Sqrt(2+s[0])+0.1)
		}},
		{"RMSprop", object{"alpha": 0.8, "centered": true, "momentum": 0.5, "lr": 0.1}, func(_, w, g float64, s []float64) float64 {
			s[0] = 0.8*s[0] + 0.2*g*g
			s[1] = 0.8*s[1] + 0.2*g
			s[2] = 0.5*s[2] + g/(math.Sqrt(s[0]-s[1]*s[1])+1e-8)
			return w - 0.1*s[2]
		}},
	} {
		w, states := []float64{1, -2, 3, 0.5, -0.25, 4}, make([][3]float64, 6)
		params := []object{{"name": "w", "shape": []int{2, 3}, "value": append([]float64(nil), w...)}}
		var steps []object
		for step := range 9 {
			g := make([]float64, len(w))
			for i := range w {
				g[i] = gradient(step, i)
				w[i] = c.update(float64(step+1), w[i], g[i], states[i][:])
			}
			steps = append(steps, object{"grads": [][]float64{g}, "values": [][]float64{append([]float64(nil), w...)}})
		}
		t.Run(c.optimizer, func(t *testing.T) {
			passes(t, record(t, object{"peer": "torch", "optimizer": c.optimizer, "options": c.options, "params": params, "steps": steps,
				"tolerance": object{"rtol": 1e-12, "atol": 1e-14}}), nil)
		})
	}
}

// TestTorchClips clips the norm, then values: (3, 4) to (0.6, 0.8) to (0.6, 0.7).
func TestTorchClips(t *testing.T) {
	passes(t, record(t, object{"peer": "torch", "optimizer": "SGD", "options": object{"lr": 1, "clip_grad_norm": 1, "clip_grad_value": 0.7},
		"params":    []object{{"name": "a", "shape": []int{}, "value": []float64{0}}, {"name": "b", "shape": []int{}, "value": []float64{0}}},
		"steps":     []object{{"grads": [][]float64{{3}, {4}}, "values": [][]float64{{-3 / (5 + 1e-6)}, {-0.7}}}},
		"tolerance": object{"rtol": 1e-14, "atol": 0}}), nil)
}

// torchOptimizer makes an optimizer of one weight, 0, with the gradient 1.
func torchOptimizer(t *testing.T, name string, options object) (*descent.Optimizer, []float64) {
	t.Helper()
	rule, settings, err := compat.New("torch", name, options)
	if err != nil {
		t.Fatal(err)
	}
	w := []float64{0}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, []float64{1})}, settings...)
	if err != nil {
		t.Fatal(err)
	}
	return opt, w
}

// TestTorchAverage: ASGD evaluates with the mean of the weights after more than t0 + 1 steps.
func TestTorchAverage(t *testing.T) {
	opt, w := torchOptimizer(t, "ASGD", object{"lr": 1, "lambd": 0, "t0": 1})
	for range 5 {
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
	}
	if w[0] != -5 {
		t.Errorf("the weight is %v, expected -5", w[0])
	}
	if err := opt.Eval(); err != nil || w[0] != -4 { // of -3, -4 and -5
		t.Errorf("the mean is %v, expected -4 (%v)", w[0], err)
	}
}

// TestTorchRefuses: what descent cannot do is an error of New or of the step.
func TestTorchRefuses(t *testing.T) {
	opt, _ := torchOptimizer(t, "Muon", nil)
	if err := opt.Step(); err == nil || !strings.Contains(err.Error(), "parameter w: torch's Muon is for matrices, the shape is [1]") {
		t.Errorf("Muon of a vector: %v", err)
	}
	path := record(t, object{"peer": "torch", "optimizer": "Adam",
		"params": []object{{"name": "w", "shape": []int{1}, "value": []float64{1}, "options": object{"amsgrad": true}}},
		"steps":  []object{{"grads": [][]float64{{1}}, "values": [][]float64{{1}}}}})
	if _, err := compat.Replay(path, nil); err == nil || !strings.Contains(err.Error(), "parameter w: options: they make amsgrad-torch of adam") {
		t.Errorf("AMSGrad for one parameter: %v", err)
	}
}

// TestTorchEmpty: a parameter without weights does no harm.
func TestTorchEmpty(t *testing.T) {
	for _, name := range compat.Optimizers("torch") {
		rule, settings, err := compat.New("torch", name, nil)
		if err != nil {
			t.Fatal(err)
		}
		params := []descent.Param{
			descent.NewParam("none", []float64{}, []float64{}, 0, 3),
			descent.NewParam("w", []float64{1, 2, 3, 4, 5, 6}, []float64{0, 0, 0, 1, 2, 3}, 2, 3),
		}
		opt, err := descent.New(rule, params, settings...)
		if err == nil {
			_, err = opt.StepFunc(func() (float64, error) { return 0, nil })
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
