package optim_test

import (
	"maps"
	"math"
)

// Rules that divide by what they average of gradients.
func init() {
	maps.Copy(hands, map[string]func(h hp) algorithm{
		"radam": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				g += h["wd"] * w
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
				s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
				mean, power := s[0]/(1-math.Pow(h["beta1"], t)), math.Pow(h["beta2"], t)
				limit := 2/(1-h["beta2"]) - 1
				rho := limit - 2*t*power/(1-power)
				if rho <= 4 {
					return w - h["lr"]*mean
				}
				r := math.Sqrt((rho - 4) / (limit - 4) * (rho - 2) / (limit - 2) * limit / rho)
				return w - h["lr"]*r*mean/(math.Sqrt(s[1]/(1-power))+h["eps"])
			})
		},
		"adabelief": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				g += h["wd"] * w
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
				s[1] = h["beta2"]*s[1] + (1-h["beta2"])*(g-s[0])*(g-s[0]) + h["eps"]
				m, v := s[0]/(1-math.Pow(h["beta1"], t)), s[1]/(1-math.Pow(h["beta2"], t))
				return w - h["lr"]*m/(math.Sqrt(v)+h["eps"])
			})
		},
		"yogi": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				g += h["wd"] * w
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
				if s[1] > g*g {
					s[1] -= (1 - h["beta2"]) * g * g
				} else {
					s[1] += (1 - h["beta2"]) * g * g
				}
				return w - h["lr"]*s[0]/(math.Sqrt(s[1])+h["eps"])
			})
		},
		"amsgrad": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				g += h["wd"] * w
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
				s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
				if s[1] > s[2] {
					s[2] = s[1]
				}
				return w - h["lr"]*s[0]/(math.Sqrt(s[2])+h["eps"])
			})
		},
		"adan": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 { // states m, v, n and the gradient before
				d := g - s[3]
				switch t {
				case 1:
					d, s[0], s[2] = 0, g, g*g
				case 2:
					s[1] = d
				default:
					s[1] = h["beta2"]*s[1] + (1-h["beta2"])*d
				}
				if t > 1 {
					s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
					s[2] = h["beta3"]*s[2] + (1-h["beta3"])*math.Pow(g+h["beta2"]*d, 2)
				}
				s[3] = g
				rate := h["lr"] / (math.Sqrt(s[2]) + h["eps"])
				return (w - rate*(s[0]+h["beta2"]*s[1])) / (1 + h["lr"]*h["wd"])
			})
		},
		"ademamix": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				alpha, beta3 := h["alpha"], h["beta3"]
				if T := h["warmup"]; t < T {
					alpha *= t / T
					from, to := math.Log(h["beta1"]), math.Log(h["beta3"])
					beta3 = math.Min(math.Exp(from*to/((1-t/T)*to+t/T*from)), beta3)
				}
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
				s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
				s[2] = beta3*s[2] + (1-beta3)*g
				m, v := s[0]/(1-math.Pow(h["beta1"], t)), s[1]/(1-math.Pow(h["beta2"], t))
				return w - h["lr"]*((m+alpha*s[2])/(math.Sqrt(v)+h["eps"])+h["wd"]*w)
			})
		},
		"qhadam": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				g += h["wd"] * w
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
				s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
				m, v := s[0]/(1-math.Pow(h["beta1"], t)), s[1]/(1-math.Pow(h["beta2"], t))
				return w - h["lr"]*((1-h["nu1"])*g+h["nu1"]*m)/(math.Sqrt((1-h["nu2"])*g*g+h["nu2"]*v)+h["eps"])
			})
		},
		"adopt": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				g += h["wd"] * w
				if t == 1 {
					s[1] = g * g
					return w
				}
				u, limit := g/math.Max(math.Sqrt(s[1]), h["eps"]), math.Sqrt(math.Sqrt(t-1))
				s[0] = h["beta1"]*s[0] + (1-h["beta1"])*math.Max(-limit, math.Min(limit, u))
				s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
				return w - h["lr"]*s[0]
			})
		},
	})
	maps.Copy(handCases, map[string][]hp{
		"radam":     {{"wd": 0.1, "eps": 0.5}, {"beta2": 0.5}, {"beta2": 0.9}},
		"adabelief": {{"wd": 0.1, "eps": 0.5}, {"beta1": 0}},
		"yogi":      {{"wd": 0.1, "eps": 0.5}, {"beta2": 0.5}},
		"amsgrad":   {{"wd": 0.1, "eps": 0.5}, {"beta2": 0.5}},
		"adan":      {{"wd": 0.1, "eps": 0.5}, {"beta1": 0.5, "beta2": 0.3, "beta3": 0.6}},
		"ademamix":  {{"wd": 0.1, "eps": 0.5}, {"warmup": 4, "beta3": 0.99}, {"warmup": 9, "beta3": 0.7}},
		"qhadam":    {{"wd": 0.1, "eps": 0.5}, {"nu1": 0.2, "nu2": 0.6}},
		"adopt":     {{"wd": 0.1, "eps": 0.5}, {"beta1": 0.5, "beta2": 0.5}},
	})
}
