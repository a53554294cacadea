package optim_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Links around sgd of lr 0.1; parameters have two rows of three weights.
func init() {
	behind = append(behind, "grams")
	maps.Copy(hands, map[string]func(h hp) algorithm{
		"adaptive-clip": func(h hp) algorithm {
			return clipped(func(w, g []float64) {
				for row := range slices.Chunk([]int{0, 1, 2, 3, 4, 5}, 3) {
					from, to := row[0], row[2]+1
					most := h["limit"] * math.Max(norm(w[from:to]), h["eps"])
					shorten(g[from:to], most)
				}
			})
		},
		"clip-rms":        func(h hp) algorithm { return clipped(func(w, g []float64) { shorten(g, h["limit"]*math.Sqrt(6)) }) },
		"clip-param-norm": func(h hp) algorithm { return clipped(func(w, g []float64) { shorten(g, h["limit"]) }) },
		"orthograd": func(h hp) algorithm {
			return clipped(func(w, g []float64) {
				along, before := 0.0, norm(g)
				for i := range w {
					along += w[i] * g[i]
				}
				for i := range w {
					g[i] -= along / square(w) * w[i]
				}
				after := norm(g)
				for i := range w {
					g[i] *= before / after
				}
			})
		},
		"grams": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 { return w - 0.1*math.Abs(g)*sign(g) })
		},
	})
	maps.Copy(handCases, map[string][]hp{
		"adaptive-clip":   {{"limit": 0.5, "eps": 2}, {"limit": 0.3}, {"limit": 100}},
		"clip-rms":        {{"limit": 0.3}, {"limit": 100}},
		"clip-param-norm": {{"limit": 3}, {"limit": 100}},
	})
	maps.Copy(fits, map[string]fit{
		"adaptive-clip": {options: []descent.Option{descent.Set("adaptive-clip.limit", 1)}}, "clip-rms": {}, "clip-param-norm": {}, "grams": {},
		"orthograd": {within: 3}, // keeps the weights' norm from shrinking; its own test is by hand
	})
}

// clipped makes an algorithm of what happens to a parameter's gradient.
func clipped(f func(w, g []float64)) algorithm {
	return whole(func(t float64, w, g []float64, s [4][]float64) {
		f(w, g)
		for i := range w {
			w[i] -= 0.1 * g[i]
		}
	})
}

// shorten limits the norm of x.
func shorten(x []float64, most float64) {
	if size := norm(x); size > most {
		for i := range x {
			x[i] *= most / size
		}
	}
}

// TestGramsSigns: behind momentum the steps' sizes are momentum's, their signs the gradient's.
func TestGramsSigns(t *testing.T) {
	w, g := []float64{1, -2, 0.5, 3}, make([]float64, 4)
	opt := one(t, optim.Chain(optim.SGD, optim.Grams), w, g, descent.LR(0.1), descent.Momentum(0.9))
	v, want := make([]float64, 4), slices.Clone(w)
	for s := range 9 {
		for i := range g {
			g[i] = math.Sin(float64(2*s + 3*i))
			v[i] = 0.9*v[i] + 0.1*g[i]
			want[i] -= math.Abs(v[i]) * sign(g[i])
		}
		step(t, opt, func() {})
	}
	for i := range w {
		if !(math.Abs(w[i]-want[i]) < 1e-12) {
			t.Errorf("element %d is %v, expected %v", i, w[i], want[i])
		}
	}
}

// TestAdaptiveClipVector: a vector is one unit, of whatever shape.
func TestAdaptiveClipVector(t *testing.T) {
	for _, shape := range [][]int{{3}, {3, 1}, {1, 3}} {
		w, g := []float64{3, 0, 4}, []float64{6, 8, 0}
		opt, err := descent.New(optim.Chain(optim.AdaptiveClip, optim.SGD), []descent.Param{descent.NewParam("w", w, g, shape...)},
			descent.LR(1), descent.Set("adaptive-clip.limit", 0.5))
		if err != nil {
			t.Fatal(err)
		}
		step(t, opt, func() {})
		for i, want := range []float64{1.5, -2, 4} { // the norm 10 becomes 0.5*5
			if !(math.Abs(w[i]-want) < 1e-12) {
				t.Errorf("shape %v: element %d is %v, expected %v", shape, i, w[i], want)
			}
		}
	}
}
