package compat_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/descent-go/descent/compat"
)

// The recordings here are made by loops that know nothing of descent.

type object = map[string]any

// record writes a recording and gives its path.
func record(t *testing.T, fields object) string {
	t.Helper()
	out := object{"format": "optimizer-trace/1", "peer": "formula", "dtype": "float64", "tolerance": object{"rtol": 1e-13, "atol": 1e-15}}
	for name, v := range fields {
		out[name] = v
	}
	data, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "made.json")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func gradient(step, i int) float64 { return math.Sin(float64(3*step + i)) }

// TestOptionsOverTime changes lr, and momentum from 0, as training goes, for
// the parameters that have no options of their own.
func TestOptionsOverTime(t *testing.T) {
	own := []object{nil, {"lr": 0.5}, {"momentum": 0.25, "wd": 0.1}}
	values := []float64{1, 2, 3}
	var params, steps []object
	for i, name := range []string{"a", `b\`, "[c/"} {
		params = append(params, object{"name": name, "shape": []int{1}, "value": []float64{values[i]}, "options": own[i]})
	}
	lr, momentum, velocity := 0.1, 0.0, make([]float64, 3)
	for step := range 8 {
		var options object
		switch step {
		case 2:
			lr = 0.2
			options = object{"learning_rate": lr}
		case 5:
			lr, momentum = 0.3, 0.5
			options = object{"lr": lr, "momentum": momentum}
		}
		var grads, after [][]float64
		for i := range values {
			rate, keep, wd := lr, momentum, 0.0
			switch i {
			case 1:
				rate = 0.5
			case 2:
				keep, wd = 0.25, 0.1
			}
			g := gradient(step, i)
			velocity[i] = keep*velocity[i] - rate*(g+wd*values[i])
			values[i] += velocity[i]
			grads, after = append(grads, []float64{g}), append(after, []float64{values[i]})
		}
		steps = append(steps, object{"options": options, "grads": grads, "values": after})
	}
	passes(t, record(t, object{"optimizer": "sgd", "options": object{"lr": 0.1}, "params": params, "steps": steps}), nil)
}

// TestDefaults has momentum without options: lr is 0.01, momentum 0.9.
func TestDefaults(t *testing.T) {
	passes(t, record(t, object{"optimizer": "momentum",
		"params": []object{{"name": "w", "shape": []int{1}, "value": []float64{1}}},
		"steps": []object{
			{"grads": [][]float64{{2}}, "values": [][]float64{{0.98}}},
			{"grads": [][]float64{{0}}, "values": [][]float64{{0.98 - 0.9*0.02}}},
		}}), nil)
}

// TestNullGradients lets a parameter of AdaMax rest, and once all of them:
// their t stand still.
func TestNullGradients(t *testing.T) {
	values, m, u, n := []float64{1, 2}, make([]float64, 2), make([]float64, 2), make([]float64, 2)
	rests := func(step, i int) bool { return step == 4 || i == 1 && step%3 != 0 }
	var steps []object
	for step := range 9 {
		grads, after := make([]any, 2), make([][]float64, 2)
		for i := range values {
			if !rests(step, i) {
				g := gradient(step, i)
				n[i]++
				m[i] = 0.9*m[i] + (1-0.9)*g
				u[i] = math.Max(0.999*u[i], math.Abs(g))
				values[i] -= 0.1 / (1 - math.Pow(0.9, n[i])) * m[i] / (u[i] + 1e-8)
				grads[i] = []float64{g}
			}
			after[i] = []float64{values[i]}
		}
		steps = append(steps, object{"grads": grads, "values": after})
	}
	params := []object{{"name": "a", "shape": []int{1}, "value": []float64{1}}, {"name": "a/b", "shape": []int{}, "value": []float64{2}}}
	passes(t, record(t, object{"optimizer": "adamax", "options": object{"lr": 0.1}, "params": params, "steps": steps}), nil)
}

// TestObjectives follows Nesterov's momentum down both functions, of several
// parameters, in both types.
func TestObjectives(t *testing.T) {
	a, b := []float64{1, 10, 0.1}, []float64{1, -2, 0.5}
	for _, c := range []struct {
		objective object
		grad      func(w, g []float64)
		start     []float64
		params    [][]int // shapes
		lr        float64
	}{
		{object{"name": "quadratic", "a": a, "b": b}, func(w, g []float64) {
			for i := range g {
				g[i] = a[i] * (w[i] - b[i])
			}
		}, []float64{3, 2, 1}, [][]int{{2, 1}, {1}}, 0.02},
		{object{"name": "rosenbrock"}, func(w, g []float64) {
			g[0] = -2*(1-w[0]) - 400*w[0]*(w[1]-w[0]*w[0])
			g[1] = 200 * (w[1] - w[0]*w[0])
		}, []float64{-1.2, 1}, [][]int{{}, {}}, 0.0005},
	} {
		for dtype, tolerance := range map[string]float64{"float64": 1e-11, "float32": 1e-4} {
			n := len(c.start)
			w, v, ahead, g := append([]float64(nil), c.start...), make([]float64, n), make([]float64, n), make([]float64, n)
			cut := func(x []float64) [][]float64 {
				first := 1
				if len(c.params[0]) > 0 {
					first = c.params[0][0]
				}
				return [][]float64{append([]float64(nil), x[:first]...), append([]float64(nil), x[first:]...)}
			}
			var steps []object
			for range 15 {
				for i := range w {
					ahead[i] = w[i] + 0.9*v[i]
				}
				c.grad(ahead, g)
				for i := range w {
					v[i] = 0.9*v[i] - c.lr*g[i]
					w[i] += v[i]
				}
				steps = append(steps, object{"values": cut(w)})
			}
			start := cut(c.start)
			path := record(t, object{"optimizer": "nesterov", "options": object{"lr": c.lr, "momentum": 0.9}, "objective": c.objective, "dtype": dtype,
				"tolerance": object{"rtol": tolerance, "atol": tolerance}, "steps": steps,
				"params": []object{{"name": "x", "shape": c.params[0], "value": start[0]}, {"name": "y", "shape": c.params[1], "value": start[1]}}})
			passes(t, path, nil)
		}
	}
}

// TestTolerance takes a weight from 1 to 0.5 and records it wrongly; another rests.
func TestTolerance(t *testing.T) {
	for _, c := range []struct {
		dtype           string
		rtol, atol, off float64
		g, worst        float64
		differs         bool
	}{
		{"float64", 0, 0, 0, 0.5, 0, false},
		{"float64", 0, 0.125, 0.125, 0.5, 1, false},
		{"float64", 0, 0.125, 0.15, 0.5, 1.2, true},
		{"float64", 0, 0.125, -0.25, 0.5, 2, true},
		{"float64", 0.125, 0, 0.125, 0.5, 1.6, true}, // 0.125 of 0.625
		{"float64", 0.125, 0.125, 0.125, 0.5, 0.125 / (0.125 + 0.125*0.625), false},
		{"float64", 0, 0, 0.125, 0.5, math.Inf(1), true},
		{"float32", 0, 0, 0.5, 1e-9, 0, false}, // 1 - 1e-9 is 1 there
		{"float64", 0, 1e-9, 0.5, 1e-9, 1, false},
	} {
		path := record(t, object{"optimizer": "sgd", "options": object{"lr": 1}, "dtype": c.dtype, "tolerance": object{"rtol": c.rtol, "atol": c.atol},
			"params": []object{{"name": "w", "shape": []int{2}, "value": []float64{1, 3}}},
			"steps":  []object{{"grads": [][]float64{{c.g, 0}}, "values": [][]float64{{0.5 + c.off, 3}}}}})
		r, err := compat.Replay(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if (r.Mismatch != nil) != c.differs || r.Worst != c.worst && math.Abs(r.Worst-c.worst) > 1e-6 {
			t.Errorf("%+v: got %+v", c, r)
		}
	}
}
