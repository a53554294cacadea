package optim_test

import "math"

// hp is hyperparameters of a rule, those of the case over the defaults.
type hp map[string]float64

// algorithm makes one step by hand: w after it, given how gradients are taken.
type algorithm func(t int, w []float64, grad func(at []float64) []float64) []float64

// each makes an algorithm of what happens to one weight; s are its states.
func each(f func(t, w, g float64, s []float64) float64) algorithm {
	var states [][]float64
	return func(t int, w []float64, grad func([]float64) []float64) []float64 {
		g := grad(w)
		out := make([]float64, len(w))
		for i := range w {
			if t == 1 {
				states = append(states, make([]float64, 4))
			}
			out[i] = f(float64(t), w[i], g[i], states[i])
		}
		return out
	}
}

// hands are the rules as their papers print them, in plain Go.
var hands = map[string]func(h hp) algorithm{
	"sgd": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			s[0] = h["momentum"]*s[0] - h["lr"]*(g+h["wd"]*w)
			return w + s[0]
		})
	},
	"nag": func(h hp) algorithm {
		var v []float64
		return func(t int, w []float64, grad func([]float64) []float64) []float64 {
			if t == 1 {
				v = make([]float64, len(w))
			}
			ahead := make([]float64, len(w))
			for i := range w {
				ahead[i] = w[i] + h["momentum"]*v[i]
			}
			g := grad(ahead)
			out := make([]float64, len(w))
			for i := range w {
				v[i] = h["momentum"]*v[i] - h["lr"]*(g[i]+h["wd"]*ahead[i])
				out[i] = w[i] + v[i]
			}
			return out
		}
	},
	"nag-shifted": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] = h["momentum"]*s[0] - h["lr"]*g
			return w + h["momentum"]*s[0] - h["lr"]*g
		})
	},
	"adagrad": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] += g * g
			return w - h["lr"]*g/math.Sqrt(s[0]+h["eps"])
		})
	},
	"rmsprop": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] = h["beta"]*s[0] + (1-h["beta"])*g*g
			return w - h["lr"]*g/math.Sqrt(s[0]+h["eps"])
		})
	},
	"rmsprop-centered": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] = h["beta"]*s[0] + (1-h["beta"])*g*g
			s[1] = h["beta"]*s[1] + (1-h["beta"])*g
			s[2] = h["momentum"]*s[2] - h["lr"]*g/math.Sqrt(math.Max(s[0]-s[1]*s[1], 0)+h["eps"])
			return w + s[2]
		})
	},
	"adadelta": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] = h["rho"]*s[0] + (1-h["rho"])*g*g
			d := math.Sqrt(s[1]+h["eps"]) / math.Sqrt(s[0]+h["eps"]) * g
			s[1] = h["rho"]*s[1] + (1-h["rho"])*d*d
			return w - d
		})
	},
	"adam": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			return w - h["lr"]*adamStep(h, t, g+h["wd"]*w, s)
		})
	},
	"adamw": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			return w - h["lr"]*(adamStep(h, t, g, s)+h["wd"]*w)
		})
	},
	"adamax": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
			s[1] = math.Max(h["beta2"]*s[1], math.Abs(g))
			return w - h["lr"]/(1-math.Pow(h["beta1"], t))*s[0]/(s[1]+h["eps"])
		})
	},
	"nadam": func(h hp) algorithm {
		mu := func(t float64) float64 { return h["beta1"] * (1 - 0.5*math.Pow(0.96, t*h["schedule_decay"])) }
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			product := 1.0
			for k := 1.0; k <= t; k++ {
				product *= mu(k)
			}
			s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
			s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
			m := mu(t+1)*s[0]/(1-product*mu(t+1)) + (1-mu(t))*g/(1-product)
			return w - h["lr"]*m/(math.Sqrt(s[1]/(1-math.Pow(h["beta2"], t)))+h["eps"])
		})
	},
	"nadam-lookahead": func(h hp) algorithm {
		var s [][]float64
		return func(t int, w []float64, grad func([]float64) []float64) []float64 {
			ahead := make([]float64, len(w))
			for i := range w {
				if t == 1 {
					s = append(s, make([]float64, 2))
				}
				ahead[i] = w[i] + h["beta1"]*s[i][0]
			}
			g := grad(ahead)
			out := make([]float64, len(w))
			for i := range w {
				out[i] = w[i] - h["lr"]*adamStep(h, float64(t), g[i]+h["wd"]*ahead[i], s[i])
			}
			return out
		}
	},
	"signum": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			s[0] = h["momentum"]*s[0] + (1-h["momentum"])*(g+h["wd"]*w)
			return (1-h["lr"]*h["wd_lh"])*w - h["lr"]*sign(s[0])
		})
	},
	"lion": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			c := sign(h["beta1"]*s[0] + (1-h["beta1"])*g)
			s[0] = h["beta2"]*s[0] + (1-h["beta2"])*g
			return w - h["lr"]*(c+h["wd"]*w)
		})
	},
	"ftml": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			g += h["wd"] * w
			s[0] = h["beta2"]*s[0] + (1-h["beta2"])*g*g
			d := (1 - math.Pow(h["beta1"], t)) / h["lr"] * (math.Sqrt(s[0]/(1-math.Pow(h["beta2"], t))) + h["eps"])
			sigma := d - h["beta1"]*s[1]
			s[2] = h["beta1"]*s[2] + (1-h["beta1"])*g - sigma*w
			s[1] = d
			return -s[2] / d
		})
	},
	"ftrl": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			sigma := (math.Sqrt(s[1]+g*g) - math.Sqrt(s[1])) / h["lr"]
			s[0] += g - sigma*w
			s[1] += g * g
			if math.Abs(s[0]) <= h["l1"] {
				return 0
			}
			return -(s[0] - sign(s[0])*h["l1"]) / ((h["beta"]+math.Sqrt(s[1]))/h["lr"] + h["l2"])
		})
	},
	"lbsgd": lbsgd,
	"dcasgd": func(h hp) algorithm { // the weights seen are those at the start, as in run
		return each(func(t, w, g float64, s []float64) float64 {
			if t == 1 {
				s[1] = w
			}
			s[0] = h["momentum"]*s[0] - h["lr"]*(g+h["wd"]*w+h["lambda"]*g*g*(w-s[1]))
			return w + s[0]
		})
	},
	"dcasgd-adaptive": func(h hp) algorithm { // as dcasgd
		return each(func(t, w, g float64, s []float64) float64 {
			if t == 1 {
				s[1] = w
			}
			s[2] = h["m"]*s[2] + (1-h["m"])*g*g
			lambda := h["lambda"] / math.Sqrt(s[2]+h["eps"])
			s[0] = h["momentum"]*s[0] - h["lr"]*(g+h["wd"]*w+lambda*g*g*(w-s[1]))
			return w + s[0]
		})
	},
	"dcasgd-mxnet": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			if t == 1 {
				s[0] = w
			}
			previous := s[0]
			s[0] = w
			return w - h["lr"]*(g+h["wd"]*w+h["lambda"]*g*g*(w-previous))
		})
	},

	// The links, before sgd of lr 0.1 or after it.
	"centralize": func(h hp) algorithm {
		return func(t int, w []float64, grad func([]float64) []float64) []float64 {
			g := grad(w) // two rows
			out := make([]float64, len(w))
			for i := range w {
				row := i / (len(w) / 2) * (len(w) / 2)
				mean := 0.0
				for _, x := range g[row : row+len(w)/2] {
					mean += x / float64(len(w)/2)
				}
				out[i] = w[i] - 0.1*(g[i]-mean)
			}
			return out
		}
	},
	"clip-norm": func(h hp) algorithm {
		return func(t int, w []float64, grad func([]float64) []float64) []float64 {
			g := grad(w)
			scale := math.Min(1, h["limit"]/math.Sqrt(square(g)))
			out := make([]float64, len(w))
			for i := range w {
				out[i] = w[i] - 0.1*scale*g[i]
			}
			return out
		}
	},
	"clip-value": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			return w - 0.1*math.Max(-h["limit"], math.Min(h["limit"], g))
		})
	},
	"rescale": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 { return w - 0.1*h["factor"]*g })
	},
	"lookahead": func(h hp) algorithm {
		return each(func(t, w, g float64, s []float64) float64 {
			if t == 1 {
				s[0] = w
			}
			w -= 0.1 * g
			if int(t)%int(h["k"]) == 0 {
				s[0] += h["alpha"] * (w - s[0])
				w = s[0]
			}
			return w
		})
	},
}

// adamStep is Adam's direction; s holds the two averages.
func adamStep(h hp, t, g float64, s []float64) float64 {
	s[0] = h["beta1"]*s[0] + (1-h["beta1"])*g
	s[1] = h["beta2"]*s[1] + (1-h["beta2"])*g*g
	m := s[0] / (1 - math.Pow(h["beta1"], t))
	v := s[1] / (1 - math.Pow(h["beta2"], t))
	return m / (math.Sqrt(v) + h["eps"])
}

// lbsgd is MXNet's LBSGD: the multiplier of the learning rate is a function of
// the batch count, and every batch_scale-th batch steps.
func lbsgd(h hp) algorithm {
	var sum, v []float64
	return func(t int, w []float64, grad func([]float64) []float64) []float64 {
		if t == 1 {
			sum, v = make([]float64, len(w)), make([]float64, len(w))
		}
		for i, g := range grad(w) {
			sum[i] += g
		}
		k := h["begin_epoch"]*h["updates_per_epoch"] + float64(t)
		B := h["batch_scale"]
		if math.Mod(k, B) != 0 {
			return w
		}
		for i := range sum {
			sum[i] /= B
		}
		mult := warmup(h, k)
		if h["warmup"] == 3 { // lars
			mult = math.Sqrt(square(w) / (square(sum) + h["wd"]*square(w) + 1e-18))
			mult = math.Max(0.01, math.Min(100, mult))
		}
		out := make([]float64, len(w))
		for i := range w {
			v[i] = h["momentum"]*v[i] - h["lr"]*mult*(sum[i]+h["wd"]*w[i])
			out[i] = w[i] + v[i]
			sum[i] = 0
		}
		return out
	}
}

func warmup(h hp, k float64) float64 {
	n, more := h["warmup_epochs"]*h["updates_per_epoch"], h["batch_scale"]-1
	switch {
	case k >= n:
		return h["batch_scale"]
	case n <= 1:
		return 1
	}
	switch h["warmup"] {
	case 0:
		return 1 + more*k/n
	case 1:
		return 1 + more*(k*k)/(n*n)
	case 2:
		return 1 + more*math.Sqrt(k/n)
	}
	return 1
}

func square(x []float64) (s float64) {
	for _, v := range x {
		s += v * v
	}
	return s
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
