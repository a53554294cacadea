package optim_test

import (
	"maps"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Rules that evaluate with averages, and Rprop.
func init() {
	maps.Copy(hands, map[string]func(h hp) algorithm{
		"schedule-free-sgd":   func(h hp) algorithm { a, _ := freeSGD(h); return a },
		"schedule-free-adamw": func(h hp) algorithm { a, _ := freeAdamW(h); return a },
		"asgd": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 {
				return w - h["lr"]*math.Pow(t, -h["alpha"])*(g+h["wd"]*w)
			})
		},
		"rprop": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 { // states: size, gradient and step before
				if t == 1 {
					s[0] = h["lr"]
				}
				switch agree := g * s[1]; {
				case agree > 0:
					s[0] = math.Min(s[0]*h["up"], h["most"])
				case agree < 0:
					s[0] = math.Max(s[0]*h["down"], h["least"])
					s[1] = 0
					return w - s[2]
				}
				s[1], s[2] = g, -sign(g)*s[0]
				return w + s[2]
			})
		},
	})
	maps.Copy(handCases, map[string][]hp{
		"schedule-free-sgd":   {{"wd": 0.1, "lr": 0.1}, {"beta": 1}, {"beta": 0.5}},
		"schedule-free-adamw": {{"wd": 0.1, "eps": 0.5}, {"beta1": 1}, {"warmup": 3, "lr": 0.1}},
		"asgd":                {{"wd": 0.1}, {"alpha": 0}},
		"rprop":               {{"up": 2, "down": 0.25}, {"least": 0.09, "most": 0.11}},
	})
}

// free is a schedule-free method as printed: y between z and x, gradients at y;
// it gives x, too. step is what z loses, c the weight of the newest z.
func free(beta float64, step func(t, y, g float64, s []float64) (u, c float64)) (algorithm, *[]float64) {
	var x, z, v []float64
	return func(t int, w []float64, grad func([]float64) []float64) []float64 {
		if t == 1 {
			x, z, v = append(x, w...), append(z, w...), make([]float64, 2*len(w))
		}
		y := make([]float64, len(w))
		for i := range w {
			y[i] = (1-beta)*z[i] + beta*x[i]
		}
		g := grad(y)
		for i := range w {
			u, c := step(float64(t), y[i], g[i], v[2*i:2*i+2])
			z[i] -= u
			x[i] = (1-c)*x[i] + c*z[i]
			y[i] = (1-beta)*z[i] + beta*x[i]
		}
		return y
	}, &x
}

func freeSGD(h hp) (algorithm, *[]float64) {
	return free(h["beta"], func(t, y, g float64, s []float64) (u, c float64) {
		return h["lr"] * (g + h["wd"]*y), 1 / (t + 1)
	})
}

func freeAdamW(h hp) (algorithm, *[]float64) {
	return free(h["beta1"], func(t, y, g float64, s []float64) (u, c float64) {
		rate := h["lr"]
		if t < h["warmup"] {
			rate *= t / h["warmup"]
		}
		s[0] = h["beta2"]*s[0] + (1-h["beta2"])*g*g
		s[1] += rate * rate
		return rate*g/(math.Sqrt(s[0]/(1-math.Pow(h["beta2"], t)))+h["eps"]) + rate*h["wd"]*y, rate * rate / s[1]
	})
}

// TestAverages: what rules and links evaluate with, before the first step and after seven.
func TestAverages(t *testing.T) {
	type evaluated struct {
		rule optim.Rule
		hp   hp
		hand func(h hp) (algorithm, *[]float64)
	}
	for name, c := range map[string]evaluated{
		"schedule-free-sgd":   {optim.ScheduleFreeSGD, hp{"lr": 0.1, "beta": 0.8, "wd": 0.1}, freeSGD},
		"schedule-free-adamw": {optim.ScheduleFreeAdamW, hp{"lr": 0.1, "beta1": 0.8, "wd": 0.1, "warmup": 3}, freeAdamW},
		"asgd": {optim.ASGD, hp{"lr": 0.1, "alpha": 0.5}, func(h hp) (algorithm, *[]float64) {
			mean, step := []float64(nil), hands["asgd"](h)
			return func(t int, w []float64, grad func([]float64) []float64) []float64 {
				mean = append(mean, make([]float64, len(w))...)[:len(w)]
				for i := range w {
					mean[i] = (mean[i]*float64(t-1) + w[i]) / float64(t)
				}
				return step(t, w, grad)
			}, &mean
		}},
		"ema": {optim.Chain(optim.SGD, optim.EMA), hp{"lr": 0.1, "decay": 0.7}, func(h hp) (algorithm, *[]float64) {
			average, step := make([]float64, 4), each(func(t, w, g float64, s []float64) float64 { return w - h["lr"]*g })
			return func(t int, w []float64, grad func([]float64) []float64) []float64 {
				w = step(t, w, grad)
				for i := range w { // Adam's way: from 0, corrected at the end
					average[i] = average[i] * (1 - math.Pow(h["decay"], float64(t-1)))
					average[i] = (h["decay"]*average[i] + (1-h["decay"])*w[i]) / (1 - math.Pow(h["decay"], float64(t)))
				}
				return w
			}, &average
		}},
	} {
		t.Run(name, func(t *testing.T) {
			options := []descent.Option{}
			for k, v := range c.hp {
				options = append(options, descent.Set(k, v))
			}
			w, g := []float64{1, -2, 0.5, 3}, make([]float64, 4)
			hand := append([]float64(nil), w...)
			opt := one(t, c.rule, w, g, options...)
			all := full(t, name, c.hp)
			maps.Copy(all, c.hp)
			algorithm, want := c.hand(all)
			nearEval(t, opt, w, hand)
			for s := 1; s <= 7; s++ {
				grad := func(at []float64) []float64 { return bowl(s, at) }
				hand = algorithm(s, hand, grad)
				step(t, opt, func() { copy(g, grad(w)) })
			}
			nearEval(t, opt, w, *want)
		})
	}
}

// nearEval compares the weights to evaluate with, and goes back to training.
func nearEval(t *testing.T, opt *descent.Optimizer, w, want []float64) {
	t.Helper()
	if err := opt.Eval(); err != nil {
		t.Fatal(err)
	}
	for i := range w {
		if !(math.Abs(w[i]-want[i]) < 1e-12) {
			t.Errorf("after %d steps, element %d evaluates with %v, by hand %v", opt.Updates(), i, w[i], want[i])
		}
	}
	opt.Train()
}
