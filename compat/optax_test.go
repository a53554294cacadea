package compat_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

func TestOptax(t *testing.T) {
	for _, path := range glob(t, 200, traces+"/optax/*.json.gz") {
		t.Run(filepath.Base(path), func(t *testing.T) { passes(t, path, nil) })
	}
}

// TestOptaxOptions: every optimizer has its options by optax's names, and no others.
func TestOptaxOptions(t *testing.T) {
	lr := func(name string, v any) object { return object{"learning_rate": 0.1, name: v} }
	for _, c := range []struct {
		optimizer string
		options   object
		want      string // of the error; none where empty
	}{
		{"adam", lr("mu_dtype", nil), ""},
		{"sgd", lr("momentum", nil), ""},
		{"adamw", lr("mask", true), ""},
		{"lars", object{"learning_rate": 1, "trust_ratio_mask": true}, ""},
		{"contrib.prodigy", nil, ""},
		{"adafactor", object{"clipping_threshold": nil, "dtype_momentum": "float32"}, ""},
		{"contrib.muon", lr("ns_coeffs", "standard"), ""},
		{"contrib.muon", lr("ns_coeffs", []any{[]any{1, 2, 3}}), ""},
		{"adam", nil, "option learning_rate is missing"},
		{"adam", lr("momentum", 0.9), `there is no option "momentum": it has b1, b2, eps, eps_root, learning_rate, mu_dtype, nesterov`},
		{"adam", lr("mu_dtype", "float16"), "option mu_dtype: expected one of float32, bfloat16"},
		{"adam", lr("mu_dtype", "bfloat16"), ""},
		{"contrib.adopt", lr("clip_value_fn", "sqrt"), "option clip_value_fn: the framework has it, descent has not"},
		{"adam", lr("b1", "much"), `option b1: expected a number, found the text "much"`},
		{"rmsprop", lr("centered", 1), "option centered: expected true or false"},
		{"adamw", lr("mask", 3), "option mask: expected true, false or"},
		{"adamw", lr("mask", object{"w0": 1}), "option mask: parameter w0: expected true or false"},
		{"contrib.prodigy", object{"betas": []any{0.9, 0.99, 0.999}}, "option betas: expected 2 numbers"},
		{"contrib.muon", lr("ns_coeffs", "fast"), "option ns_coeffs: expected one of standard, dion"},
		{"contrib.muon", lr("ns_coeffs", []any{1, 2}), "option ns_coeffs: expected 3 numbers"},
		{"contrib.muon", lr("ns_coeffs", []any{[]any{1, 2}}), "option ns_coeffs: expected 3 numbers"},
		{"contrib.muon", object{"learning_rate": 0.1, "ns_coeffs": "dion", "ns_steps": 3}, "5 iterations for ns_steps = 3"},
		{"noisy_sgd", lr("eta", 1), "optax has it, descent has not: it draws from JAX's random generator"},
		{"lbfgs", nil, "optax has it, descent has not"},
		{"contrib.sam", nil, "optax has it, descent has not: it wraps two optimizers"},
		{"contrib.dog", object{"init_step": []any{"distance", 0.1}, "weight_decay": nil, "mask": nil}, ""},
		{"contrib.dog", object{"init_step": []any{"far", 0.1}}, "option init_step: expected distance, learning_rate or heuristic and a number"},
		{"contrib.dog", object{"init_step": 0.1}, "option init_step: expected distance, learning_rate or heuristic and a number, found 0.1"},
		{"contrib.galore", lr("rank", 2), "optax has it, descent has not: its numbers hang on the signs"},
		{"polyak_sgd", object{"variant": "plus"}, "option variant: expected one of sps, sps+"},
		{"lars", lr("trust_ratio_mask", object{"w0": 1}), "option trust_ratio_mask: parameter w0: expected true or false"},
		{"adamm", nil, "did you mean adam"},
	} {
		_, _, err := compat.New("optax", c.optimizer, c.options)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %v: error %v, expected %q", c.optimizer, c.options, err, c.want)
		}
	}
}

// optaxRun records what a loop does to six weights in eight steps, as one row
// of six or two of three.
func optaxRun(t *testing.T, optimizer string, options object, shape []int, update func(step int, w, g []float64)) {
	t.Helper()
	w := []float64{1, -2, 3, 0.5, -0.25, 4}
	params := []object{{"name": "w", "shape": shape, "value": append([]float64(nil), w...)}}
	var steps []object
	for step := range 8 {
		g := make([]float64, len(w))
		for i := range g {
			g[i] = gradient(step, i)
		}
		grads := append([]float64(nil), g...)
		update(step+1, w, g)
		steps = append(steps, object{"grads": [][]float64{grads}, "values": [][]float64{append([]float64(nil), w...)}})
	}
	passes(t, record(t, object{"peer": "optax", "optimizer": optimizer, "options": options, "params": params, "steps": steps,
		"tolerance": object{"rtol": 1e-12, "atol": 1e-14}}), nil)
}

// TestOptaxByHand compares some optimizers with loops written for them.
func TestOptaxByHand(t *testing.T) {
	v, m, z := make([]float64, 6), make([]float64, 6), make([]float64, 6)
	clear := func() { v, m, z = make([]float64, 6), make([]float64, 6), make([]float64, 6) }
	optaxRun(t, "rmsprop", object{"learning_rate": 0.1, "decay": 0.8, "eps": 0.01, "initial_scale": 0.3, "momentum": 0.5, "nesterov": true, "bias_correction": true},
		[]int{6}, func(step int, w, g []float64) {
			for i := range w {
				if step == 1 {
					v[i] = 0.3
				}
				v[i] = 0.8*v[i] + 0.2*g[i]*g[i]
				u := 0.1 * g[i] / math.Sqrt(v[i]/(1-math.Pow(0.8, float64(step)))+0.01)
				m[i] = 0.5*m[i] + u
				w[i] -= u + 0.5*m[i]
			}
		})

	clear()
	optaxRun(t, "lars", object{"learning_rate": 0.5, "weight_decay": 0.1, "trust_coefficient": 0.2, "eps": 0.3, "momentum": 0.8}, []int{2, 3},
		func(_ int, w, g []float64) {
			weights, size := 0.0, 0.0
			for i := range w {
				g[i] += 0.1 * w[i]
				weights += w[i] * w[i]
				size += g[i] * g[i]
			}
			for i := range w {
				v[i] = 0.8*v[i] + 0.5*0.2*math.Sqrt(weights)/(math.Sqrt(size)+0.3)*g[i]
				w[i] -= v[i]
			}
		})

	clear()
	peak, total := 0.0, 0.0
	rate := func(updates int) float64 { // in float32, as optax's schedules are
		left := 1 - min(float32(updates)/4, 1)
		return float64(float32(0.2) - float32(float32(0.2)*left))
	}
	optaxRun(t, "contrib.schedule_free_sgd", object{"learning_rate": 0.2, "warmup_steps": 4, "b1": 0.7, "weight_decay": 0.1, "weight_lr_power": 3}, []int{6},
		func(step int, w, g []float64) {
			peak = max(peak, rate(step))
			total += peak * peak * peak
			c := peak * peak * peak / total
			for i := range w {
				if step == 1 {
					z[i], m[i] = w[i], w[i] // m is the average
				}
				z[i] -= rate(step-1) * (g[i] + 0.1*w[i])
				m[i] += c * (z[i] - m[i])
				w[i] = 0.7*m[i] + 0.3*z[i]
			}
		})

	clear()
	rows, columns := make([]float64, 2), make([]float64, 3)
	optaxRun(t, "sm3", object{"learning_rate": 0.1, "momentum": 0.4}, []int{2, 3}, func(_ int, w, g []float64) {
		r, c := make([]float64, 2), make([]float64, 3)
		for i := range w {
			s := min(rows[i/3], columns[i%3]) + g[i]*g[i]
			m[i] = 0.4*m[i] + 0.6*g[i]/math.Sqrt(s+1e-8)
			w[i] -= 0.1 * m[i]
			r[i/3], c[i%3] = max(r[i/3], s), max(c[i%3], s)
		}
		rows, columns = r, c
	})
}

// TestOptaxSchedules compares values from step 0 to 200 with recorded ones.
func TestOptaxSchedules(t *testing.T) {
	for _, path := range glob(t, 3, traces+"/optax-schedulers*.json.gz") {
		for i, s := range readSchedules(t, path) {
			t.Run(fmt.Sprintf("%s-%d-%s", filepath.Base(path), i, s.Scheduler), func(t *testing.T) {
				got, err := compat.Schedule("optax", s.Scheduler, s.Options)
				if err != nil {
					t.Fatal(err)
				}
				every := 200 / (len(s.Values) - 1)
				for k, want := range s.Values {
					if v := got.At(k * every); math.Abs(v-want) > 1e-9+1e-7*math.Abs(want) {
						t.Fatalf("step %d: %v, recorded %v", k*every, v, want)
					}
				}
			})
		}
	}
}

type recordedSchedule struct {
	Scheduler string
	Options   map[string]any
	Values    []float64
}

func readSchedules(t *testing.T, path string) (all []recordedSchedule) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		err = json.NewDecoder(z).Decode(&all)
	}
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d schedules, %v", path, len(all), err)
	}
	return all
}

func TestOptaxScheduleMistakes(t *testing.T) {
	for _, c := range []struct {
		name    string
		options object
		want    string
	}{
		{"cosine_decay_schedule", object{"init_value": 1, "decay_steps": 0}, "option decay_steps"},
		{"cosine_decay_schedule", object{"init_value": 1}, "option decay_steps is missing"},
		{"linear_schedule", object{"init_value": 1, "end_value": 2, "transition_steps": "ten"}, "option transition_steps: expected a number"},
		{"piecewise_constant_schedule", object{"init_value": 1, "boundaries_and_scales": object{"soon": 1}}, `found step "soon"`},
		{"piecewise_constant_schedule", object{"init_value": 1, "boundaries_and_scales": []any{1}}, "expected factors by step"},
		{"piecewise_interpolate_schedule", object{"init_value": 1}, "option interpolate_type is missing"},
		{"warmup_cosine_decay_schedule", object{"init_value": 0, "peak_value": 1, "warmup_steps": 5, "decay_steps": 5}, "expected more than warmup_steps"},
		{"sgdr_schedule", object{"cosine_kwargs": []any{object{"peak_value": 1}}}, "number 0: option"},
		{"sgdr_schedule", object{"cosine_kwargs": 1}, "expected a list"},
		{"constant_schedule", object{"value": 1, "steps": 3}, `there is no option "steps"`},
	} {
		if _, err := compat.Schedule("optax", c.name, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: error %v, expected %q", c.name, c.options, err, c.want)
		}
	}
	if s, err := compat.Schedule("optax", "piecewise_constant_schedule", object{"init_value": 1, "boundaries_and_scales": map[int]float64{3: 0.5}}); err != nil || s.At(3) != 0.5 {
		t.Errorf("%v, %v", s, err)
	}
}

// TestOptaxMuonNaN: gradients that are no numbers are no crash.
func TestOptaxMuonNaN(t *testing.T) {
	rule, options, err := compat.New("optax", "contrib.muon", object{"learning_rate": 0.1, "preconditioning": "spectral"})
	if err != nil {
		t.Fatal(err)
	}
	w, empty := make([]float64, 6), []float64{}
	opt, err := descent.New(rule, []descent.Param{
		descent.NewParam("w", w, []float64{1, math.NaN(), math.Inf(1), 0, 0, 0}, 2, 3),
		descent.NewParam("empty", empty, empty, 0, 3),
	}, options...)
	if err != nil {
		t.Fatal(err)
	}
	if err := opt.Step(); err != nil || !math.IsNaN(w[0]) {
		t.Errorf("weights %v, error %v", w, err)
	}
}

// TestOptaxByLoss: what steps by the loss needs a closure that gives it.
func TestOptaxByLoss(t *testing.T) {
	for _, optimizer := range []string{"contrib.momo", "contrib.momo_adam", "polyak_sgd"} {
		rule, options, err := compat.New("optax", optimizer, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := []float64{1}
		opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, []float64{1})}, options...)
		if err != nil {
			t.Fatal(err)
		}
		if err := opt.Step(); err == nil || !strings.Contains(err.Error(), "gradients at points of its own") || w[0] != 1 {
			t.Errorf("%s: weight %v, error %v", optimizer, w[0], err)
		}
	}
}

func ExampleNew_optax() {
	rule, options, err := compat.New("optax", "adamw", map[string]any{"learning_rate": 0.1, "weight_decay": 0.01})
	if err != nil {
		fmt.Println(err)
		return
	}
	w, g := []float64{1, -1}, []float64{0.5, -0.5}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := opt.Step(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rule.Name())
	fmt.Printf("%.4f\n", w)
	// Output:
	// scale-by-adam+add-decayed-weights+scale-by-learning-rate+apply-updates
	// [0.8990 -0.8990]
}
