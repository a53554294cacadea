package compat_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

func TestKeras(t *testing.T) {
	for _, path := range glob(t, 74, traces+"/keras/*.json.gz") {
		t.Run(filepath.Base(path), func(t *testing.T) { passes(t, path, nil) })
	}
}

// refused is an error that New must give, none where it is empty.
type refused struct {
	optimizer string
	options   object
	want      string
}

func (c *refused) check(t *testing.T, peer string) {
	t.Helper()
	_, _, err := compat.New(peer, c.optimizer, c.options)
	if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
		t.Errorf("%s %v: error %v, expected %q", c.optimizer, c.options, err, c.want)
	}
}

func TestKerasOptions(t *testing.T) {
	for _, c := range []refused{
		{"adam", object{"weight_decay": nil, "clipnorm": nil, "name": "mine"}, ""},
		{"RMSPROP", object{"ema_overwrite_frequency": 3}, ""},
		{"SGD", object{"lr": 0.1}, `there is no option "lr": it has clipnorm, clipvalue, ema_momentum, ema_overwrite_frequency, global_clipnorm`},
		{"SGD", object{"momentum": 1.5}, "option momentum = 1.5 is out of range: expected a value in [0,1]"},
		{"SGD", object{"nesterov": "yes"}, "option nesterov: expected true or false"},
		{"Adam", object{"beta_1": []any{0.9}}, "option beta_1: expected a number"},
		{"AdamW", object{"weight_decay": nil}, "option weight_decay: expected a number"},
		{"Ftrl", object{"learning_rate_power": 0.5}, "option learning_rate_power = 0.5 is out of range"},
		{"Lion", object{"beta_1": 0}, "option beta_1 = 0 is out of range"},
		{"Adam", object{"clipnorm": 1, "clipvalue": 1}, "give one of them"},
		{"Adam", object{"gradient_accumulation_steps": 1}, "option gradient_accumulation_steps = 1 is out of range"},
		{"Adam", object{"gradient_accumulation_steps": 2.5}, "option gradient_accumulation_steps: expected a whole number"},
		{"Adam", object{"use_ema": true, "ema_overwrite_frequency": 0}, "option ema_overwrite_frequency = 0 is out of range"},
		{"Muon", object{"weight_decay": nil, "adam_weight_decay": nil, "rms_rate": nil, "exclude_layers": nil}, ""},
		{"Muon", object{"exclude_layers": []any{"dense", "(out|in)$"}, "ema_momentum": 0.5}, ""},
		{"Muon", object{"exclude_layers": "dense"}, "option exclude_layers: expected a list of regular expressions"},
		{"Muon", object{"exclude_layers": []any{1}}, "option exclude_layers: expected a list of regular expressions, found 1 among them"},
		{"Muon", object{"exclude_layers": []any{"("}}, "option exclude_layers: error parsing regexp"},
		{"Muon", object{"ns_steps": 2.5}, "option ns_steps: expected a whole number"},
		{"Adafactor", object{"clip_threshold": 0}, "option clip_threshold = 0 is out of range"},
		{"LossScaleOptimizer", nil, "keras has it, descent has not: it wraps other optimizers"},
		{"Adma", nil, "did you mean Adam"},
	} {
		c.check(t, "keras")
	}
}

// TestKerasLoop is Adam with accumulated gradients, each parameter clipped by
// its own norm, decay, and averages that overtake the weights.
func TestKerasLoop(t *testing.T) {
	const lr, wd, clip, keep = 0.05, 0.1, 1.5, 0.8
	for _, c := range []struct {
		options object
		each    int // calls an update
		every   int // updates between the average's overtaking; 0 for never
	}{
		{object{"gradient_accumulation_steps": 3, "use_ema": true}, 3, 0},
		{object{"use_ema": true, "ema_momentum": keep, "ema_overwrite_frequency": 2}, 1, 2},
	} {
		w, sum, m, v, average := []float64{1, -2}, make([]float64, 2), make([]float64, 2), make([]float64, 2), make([]float64, 2)
		var steps []object
		for step := range 12 {
			grads := []float64{gradient(step, 0), 3 * gradient(step, 1)}
			for i := range sum {
				sum[i] += grads[i] / float64(c.each)
			}
			if n := (step + 1) / c.each; (step+1)%c.each == 0 {
				scale := clip / math.Max(math.Hypot(sum[0], sum[1]), clip)
				for i := range w {
					g := sum[i] * scale
					w[i] -= w[i] * wd * lr
					m[i] = 0.9*m[i] + (1-0.9)*g
					v[i] = 0.999*v[i] + (1-0.999)*g*g
					w[i] -= lr * math.Sqrt(1-math.Pow(0.999, float64(n))) / (1 - math.Pow(0.9, float64(n))) * m[i] / (math.Sqrt(v[i]) + 1e-7)
					average[i] = keep*average[i] + (1-keep)*w[i]
					if n == 1 {
						average[i] = w[i]
					}
					if c.every > 0 && n%c.every == 0 {
						w[i] = average[i]
					}
					sum[i] = 0
				}
			}
			steps = append(steps, object{"grads": [][]float64{grads}, "values": [][]float64{{w[0], w[1]}}})
		}
		options := object{"learning_rate": lr, "weight_decay": wd, "clipnorm": clip}
		for name, v := range c.options {
			options[name] = v
		}
		passes(t, record(t, object{"peer": "keras", "optimizer": "Adam", "options": options, "steps": steps,
			"params": []object{{"name": "w", "shape": []int{2}, "value": []float64{1, -2}}}}), nil)
	}
}

// TestKerasAverage: the average to evaluate with moves at every call, those too
// that only accumulate gradients.
func TestKerasAverage(t *testing.T) {
	rule, options, err := compat.New("keras", "SGD", object{"learning_rate": 0.5, "use_ema": true, "ema_momentum": 0.8, "gradient_accumulation_steps": 3})
	if err != nil {
		t.Fatal(err)
	}
	w, g := []float64{1}, []float64{0}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	defer opt.Close()
	x, average, sum := 1.0, 0.0, 0.0
	for call := range 9 {
		g[0] = gradient(call, 0)
		if sum += g[0]; call%3 == 2 {
			x -= 0.5 * sum / 3
			sum = 0
		}
		keep := 0.8
		if call < 3 {
			keep = 0
		}
		average = keep*average + (1-keep)*x
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
	}
	if err := opt.Eval(); err != nil || math.Abs(w[0]-average) > 1e-14 {
		t.Errorf("to evaluate there is %v (%v), expected %v", w[0], err, average)
	}
}

// TestKerasMuonNames: embeddings, and what is excluded by its name, have AdamW;
// without decay Adam.
func TestKerasMuonNames(t *testing.T) {
	run := func(optimizer string, options object, name string) []float64 {
		rule, opts, err := compat.New("keras", optimizer, options)
		if err != nil {
			t.Fatal(err)
		}
		w, g := []float64{1, 2, -3, 4}, make([]float64, 4)
		opt, err := descent.New(rule, []descent.Param{descent.NewParam(name, w, g, 2, 2)}, opts...)
		if err != nil {
			t.Fatal(err)
		}
		defer opt.Close()
		for step := range 5 {
			for i := range g {
				g[i] = gradient(step, i)
			}
			if err := opt.Step(); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	near := func(a, b []float64) bool {
		for i := range a {
			if math.Abs(a[i]-b[i]) > 1e-12 {
				return false
			}
		}
		return true
	}
	muon := object{"learning_rate": 0.1, "exclude_layers": []any{"first", "out$"}}
	adam := run("AdamW", object{"learning_rate": 0.1}, "w")
	for name, want := range map[string]bool{"Embedding_1": true, "layer/out": true, "first.w": true, "out/w": false} {
		if got := run("Muon", muon, name); near(got, adam) != want {
			t.Errorf("%s: Muon gives %v, AdamW %v", name, got, adam)
		}
	}
	muon["adam_weight_decay"] = nil
	if got, want := run("Muon", muon, "out"), run("Adam", object{"learning_rate": 0.1}, "w"); !near(got, want) {
		t.Errorf("without decay: Muon gives %v, Adam %v", got, want)
	}
	muon["exclude_embeddings"] = false
	if got := run("Muon", muon, "embedding"); near(got, run("Adam", object{"learning_rate": 0.1}, "w")) {
		t.Errorf("an embedding that is not excluded: Muon gives Adam's %v", got)
	}
}
