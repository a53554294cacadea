package compat_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

func TestPytorchOptimizer(t *testing.T) {
	for _, path := range glob(t, 180, traces+"/pytorch_optimizer/*.json.gz") {
		t.Run(filepath.Base(path), func(t *testing.T) { passes(t, path, nil) })
	}
}

func TestPytorchOptimizerOptions(t *testing.T) {
	for _, c := range []refused{
		{"AdaBelief", object{"foreach": false, "adanorm": true, "adanorm_r": 0.9}, ""},
		{"AggMo", object{"betas": []float64{0, 0.5, 0.9, 0.99}}, ""},
		{"ADOPT", object{"clip_lambda": nil}, ""},
		{"SRMM", object{"memory_length": nil}, ""},
		{"Prodigy", object{"beta3": nil}, ""},
		{"AdaBelief", object{"momentum": 0.9}, `there is no option "momentum": it has adam_debias, adanorm, adanorm_r, ams_bound, betas`},
		{"AdaBelief", object{"betas": []float64{0.9, 0.99, 0.999}}, "option betas: expected 2 numbers"},
		{"AdaMod", object{"betas": []float64{0.9, 0.99}}, "option betas: expected 3 numbers"},
		{"AggMo", object{"betas": []float64{0.9}}, "option betas: expected 3 numbers"},
		{"Lion", object{"betas": []float64{0.9, 1}}, "option betas = 1 is out of range"},
		{"Lion", object{"lr": -1}, "option lr = -1 is out of range"},
		{"Lion", object{"lr": "fast"}, "option lr: expected a number"},
		{"Lion", object{"maximize": 1}, "option maximize: expected true or false"},
		{"A2Grad", object{"variant": "sum"}, "option variant: expected one of uni, inc, exp"},
		{"Ranger", object{"k": 2.5}, "option k: expected a whole number"},
		{"ADOPT", object{"clip_lambda": 1}, "option clip_lambda: the framework has it, descent has not"},
		{"MARS", object{"mars_type": "shampoo"}, "option mars_type: expected one of adamw, lion"},
		{"Shampoo", object{"preconditioning_compute_steps": 0}, "option preconditioning_compute_steps = 0 is out of range"},
		{"SOAP", object{"shampoo_beta": nil, "precondition_frequency": 3, "data_format": "channels_last"}, ""},
		{"SOAP", object{"precondition_frequency": 0}, "option precondition_frequency = 0 is out of range"},
		{"SOAP", object{"data_format": "last"}, "option data_format: expected one of channels_first, channels_last"},
		{"SOAP", object{"momentum": 0.9}, `there is no option "momentum": it has betas, correct_bias, data_format, eps, lr`},
		{"Aida", object{"k": 10}, "option k = 10 is out of range"},
		{"AdamW", object{"lr": 0.1, "amsgrad": true}, ""},
		{"AdaShift", nil, "pytorch_optimizer has it, descent has not yet"},
		{"adabelief", nil, "did you mean AdaBelief"},
	} {
		c.check(t, "pytorch_optimizer")
	}
}

// TestScheduleFreeEval: what is evaluated is the average x, not the points
// where gradients are taken.
func TestScheduleFreeEval(t *testing.T) {
	rule, options, err := compat.New("pytorch_optimizer", "ScheduleFreeSGD", object{"lr": 0.5, "warmup_steps": 3})
	if err != nil {
		t.Fatal(err)
	}
	w, g := []float64{1}, []float64{0}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	defer opt.Close()
	x, z, most, total := 1.0, 1.0, 0.0, 0.0
	for step := range 6 {
		lr := 0.5 * math.Min(1, float64(step+1)/3)
		most = math.Max(most, lr)
		total += most * most
		g[0] = gradient(step, 0)
		z -= lr * g[0]
		x += most * most / total * (z - x)
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
	}
	if y := 0.9*x + (1-0.9)*z; math.Abs(w[0]-y) > 1e-12 {
		t.Errorf("the weights are %v, expected %v", w[0], y)
	}
	if err := opt.Eval(); err != nil || math.Abs(w[0]-x) > 1e-12 {
		t.Errorf("to evaluate there is %v (%v), expected %v", w[0], err, x)
	}
}

// TestSWATSSwitches: with gradients of one size Adam's steps are all alike, so
// that SGD takes over, with their rate.
func TestSWATSSwitches(t *testing.T) {
	const lr, beta1, beta2, eps = 0.01, 0.9, 0.999, 0.5
	w, m, v, mean, buffer, rate := 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
	var steps []object
	for step := range 9 {
		n := float64(step + 1)
		g := 2.0
		if step > 5 {
			g = -1
		}
		if rate > 0 {
			buffer = beta1*buffer + g
			w -= rate * ((1-beta1)*buffer + beta1*buffer)
		} else {
			m = beta1*m + (1-beta1)*g
			v = beta2*v + (1-beta2)*g*g
			p := -lr * math.Sqrt(1-math.Pow(beta2, n)) / (1 - math.Pow(beta1, n)) * m / (math.Sqrt(v+1e-15) + eps)
			w += p
			mean = beta2*mean + (1-beta2)*-p/g
			if fair := mean / (1 - math.Pow(beta2, n)); step > 0 && math.Abs(fair+p/g) <= 1e-8+eps*math.Abs(p/g) {
				rate = fair
			}
		}
		steps = append(steps, object{"grads": [][]float64{{g}}, "values": [][]float64{{w}}})
	}
	if rate == 0 {
		t.Fatal("the loop has never switched")
	}
	passes(t, record(t, object{"peer": "pytorch_optimizer", "optimizer": "SWATS", "options": object{"lr": lr, "eps": eps, "nesterov": true}, "steps": steps,
		"params": []object{{"name": "w", "shape": []int{1}, "value": []float64{1}}}, "tolerance": object{"rtol": 1e-12, "atol": 1e-14}}), nil)
}

// TestRuleCannotChange: an option that chooses lines of the formula cannot
// change during training.
func TestRuleCannotChange(t *testing.T) {
	_, err := compat.Replay(record(t, object{"peer": "pytorch_optimizer", "optimizer": "Lion",
		"params": []object{{"name": "w", "shape": []int{1}, "value": []float64{1}}},
		"steps":  []object{{"options": object{"maximize": true}, "grads": [][]float64{{1}}, "values": [][]float64{{1}}}}}), nil)
	if want := "step 1: options: they make lion-maximize-weight_decouple-pytorch_optimizer of lion-weight_decouple-pytorch_optimizer"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, expected %q", err, want)
	}
}
