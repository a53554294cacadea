package optim_test

import (
	"maps"
	"math"

	"github.com/descent-go/descent"
)

// What asks for two gradients, and what starts from where the weights were.
func init() {
	maps.Copy(hands, map[string]func(h hp) algorithm{
		"sam": func(h hp) algorithm {
			return func(t int, w []float64, grad func([]float64) []float64) []float64 {
				at, out := append([]float64(nil), w...), append([]float64(nil), w...)
				g := grad(w)
				for i := range at {
					at[i] += h["rho"] * g[i] / norm(g)
				}
				for i, g := range grad(at) {
					out[i] -= 0.1 * g
				}
				return out
			}
		},
		"madgrad": func(h hp) algorithm {
			return fromStart(func(t float64, w, start, g []float64, s [4][]float64) {
				for i := range w {
					g := g[i] + h["wd"]*w[i]
					s[0][i] += h["lr"] * math.Sqrt(t) * g
					s[1][i] += h["lr"] * math.Sqrt(t) * g * g
					z := start[i] - s[0][i]/(math.Cbrt(s[1][i])+h["eps"])
					w[i] = h["momentum"]*w[i] + (1-h["momentum"])*z
				}
			})
		},
		"cocob": func(h hp) algorithm {
			return fromStart(func(t float64, w, start, g []float64, s [4][]float64) {
				for i := range w {
					L, G, reward, sum := &s[0][i], &s[1][i], &s[2][i], &s[3][i]
					*L = math.Max(math.Max(*L, h["eps"]), math.Abs(g[i]))
					*G += math.Abs(g[i])
					*reward = math.Max(*reward-(w[i]-start[i])*g[i], 0)
					*sum -= g[i]
					w[i] = start[i] + *sum/(*L*math.Max(*G+*L, h["alpha"]**L))*(*L+*reward)
				}
			})
		},
		"dog": func(h hp) algorithm {
			far, squares := 0.0, 0.0
			return fromStart(func(t float64, w, start, g []float64, s [4][]float64) {
				if t == 1 {
					far = h["d0"] * (1 + norm(start))
				}
				way := make([]float64, len(w))
				for i := range w {
					g[i] += h["wd"] * w[i]
					way[i] = w[i] - start[i]
				}
				far = math.Max(far, norm(way))
				squares += square(g)
				for i := range w {
					w[i] -= h["lr"] * far / math.Sqrt(squares+h["eps"]) * g[i]
				}
			})
		},
		"dowg": func(h hp) algorithm {
			far, squares := h["d0"], 0.0
			return fromStart(func(t float64, w, start, g []float64, s [4][]float64) {
				way := make([]float64, len(w))
				for i := range w {
					g[i] += h["wd"] * w[i]
					way[i] = w[i] - start[i]
				}
				far = math.Max(far, norm(way))
				squares += far * far * square(g)
				for i := range w {
					w[i] -= h["lr"] * far * far / math.Sqrt(squares) * g[i]
				}
			})
		},
		"dadapt-adam": func(h hp) algorithm {
			d, r, root := h["d0"], 0.0, math.Sqrt(h["beta2"])
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				rate, agree, size := h["lr"]*d, 0.0, 0.0
				m, v, sum := s[0], s[1], s[2]
				for i := range w {
					m[i] = h["beta1"]*m[i] + (1-h["beta1"])*rate*g[i]
					v[i] = h["beta2"]*v[i] + (1-h["beta2"])*g[i]*g[i]
					agree += g[i] * sum[i] / (math.Sqrt(v[i]) + h["eps"])
					sum[i] = root*sum[i] + (1-root)*rate*g[i]
					size += math.Abs(sum[i])
					w[i] -= m[i]/(math.Sqrt(v[i])+h["eps"]) + rate*h["wd"]*w[i]
				}
				r = root*r + (1-root)*rate*agree
				d = math.Max(d, r/((1-root)*size))
			})
		},
	})
	maps.Copy(handCases, map[string][]hp{
		"sam":         {{"rho": 0.5}, {"rho": 0.2}},
		"madgrad":     {{"wd": 0.1, "eps": 0.5}, {"momentum": 0}},
		"cocob":       {{"alpha": 1, "eps": 0.5}},
		"dog":         {{"wd": 0.1, "eps": 0.5, "lr": 0.5, "d0": 0.1}},
		"dowg":        {{"wd": 0.1, "lr": 0.5, "d0": 0.1}},
		"dadapt-adam": {{"wd": 0.1, "eps": 0.5, "lr": 0.5, "d0": 0.1}, {"beta1": 0, "beta2": 0.5, "d0": 0.1}},
	})
	maps.Copy(fits, map[string]fit{
		"sam":         {options: []descent.Option{descent.LR(0.1), descent.Set("sam.rho", 1e-6)}}, // ends about rho from the minimum
		"madgrad":     {options: []descent.Option{descent.LR(0.1)}, steps: 2000},
		"cocob":       {steps: 4000},
		"dog":         {steps: 4000},
		"dowg":        {steps: 4000},
		"dadapt-adam": {options: []descent.Option{descent.LR(0.3)}, steps: 1000}, // above, d ends too large for Adam to settle
	})
}

// fromStart is whole with the weights of the first step.
func fromStart(f func(t float64, w, start, g []float64, s [4][]float64)) algorithm {
	var start []float64
	return whole(func(t float64, w, g []float64, s [4][]float64) {
		if t == 1 {
			start = append(start, w...)
		}
		f(t, w, start, g, s)
	})
}
