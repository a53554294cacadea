package optim_test

import (
	"maps"
	"math"
)

// whole makes an algorithm of what happens to one parameter of six weights; s
// are four states of each.
func whole(f func(t float64, w, g []float64, s [4][]float64)) algorithm {
	var states [4][]float64
	return func(t int, w []float64, grad func([]float64) []float64) []float64 {
		if t == 1 {
			for i := range states {
				states[i] = make([]float64, len(w))
			}
		}
		out := append([]float64(nil), w...)
		f(float64(t), out, grad(w), states)
		return out
	}
}

func norm(x []float64) float64 { return math.Sqrt(square(x)) }

// Rules with a rate for each parameter.
func init() {
	maps.Copy(hands, map[string]func(h hp) algorithm{
		"lamb": func(h hp) algorithm {
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				u := make([]float64, len(w))
				for i := range w {
					own := []float64{s[0][i], s[1][i]}
					u[i] = adamStep(h, t, g[i], own) + h["wd"]*w[i]
					s[0][i], s[1][i] = own[0], own[1]
				}
				rate := h["lr"] * norm(w) / norm(u)
				for i := range w {
					w[i] -= rate * u[i]
				}
			})
		},
		"lars": func(h hp) algorithm {
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				local := h["trust"] * norm(w) / (norm(g) + h["wd"]*norm(w))
				for i := range w {
					s[0][i] = h["momentum"]*s[0][i] + h["lr"]*local*(g[i]+h["wd"]*w[i])
					w[i] -= s[0][i]
				}
			})
		},
		"novograd": func(h hp) algorithm {
			v := 0.0
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				v = h["beta2"]*v + (1-h["beta2"])*square(g)
				if t == 1 {
					v = square(g)
				}
				for i := range w {
					s[0][i] = h["beta1"]*s[0][i] + (g[i]/(math.Sqrt(v)+h["eps"]) + h["wd"]*w[i])
					w[i] -= h["lr"] * s[0][i]
				}
			})
		},
		"prodigy": func(h hp) algorithm {
			d, r, root := h["d0"], 0.0, math.Sqrt(h["beta2"])
			var start []float64
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				if t == 1 {
					start = append(start, w...)
				}
				agree, size := 0.0, 0.0
				for i := range w {
					agree += g[i] * (start[i] - w[i])
					s[0][i] = h["beta1"]*s[0][i] + (1-h["beta1"])*d*g[i]
					s[1][i] = h["beta2"]*s[1][i] + (1-h["beta2"])*d*d*g[i]*g[i]
					s[2][i] = root*s[2][i] + (1-root)*h["lr"]*d*d*g[i]
					size += math.Abs(s[2][i])
				}
				r = root*r + (1-root)*h["lr"]*d*d*agree
				for i := range w {
					w[i] -= h["lr"] * d * (s[0][i]/(math.Sqrt(s[1][i])+d*h["eps"]) + h["wd"]*w[i])
				}
				d = math.Max(d, r/size)
			})
		},
	})
	maps.Copy(handCases, map[string][]hp{
		"lamb":     {{"wd": 0.1, "eps": 0.5}, {"lr": 0.1, "beta1": 0}},
		"lars":     {{"wd": 0.1}, {"momentum": 0, "trust": 0.1}},
		"novograd": {{"wd": 0.1, "eps": 0.5}, {"beta1": 0, "beta2": 0.5}},
		"prodigy":  {{"wd": 0.1, "eps": 0.5}, {"d0": 0.1, "lr": 0.5}, {"d0": 0.01, "beta1": 0, "beta2": 0.5}},
	})
}
