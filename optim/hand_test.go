package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

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

// handCases are the hyperparameters that each rule is computed with by hand,
// beside its defaults.
var handCases = map[string][]hp{
	"sgd":              {{"momentum": 0.9}, {"wd": 0.1}, {"momentum": 0.9, "wd": 0.1}},
	"nag":              {{"momentum": 0}, {"wd": 0.1}},
	"nag-shifted":      {{"momentum": 0}, {"wd": 0.1}},
	"adagrad":          {{"wd": 0.1, "eps": 0.5}},
	"rmsprop":          {{"wd": 0.1, "eps": 0.5}},
	"rmsprop-centered": {{"wd": 0.1, "eps": 0.5}, {"momentum": 0}},
	"adadelta":         {{"wd": 0.1, "eps": 0.5}},
	"adam":             {{"wd": 0.1, "eps": 0.5}, {"beta1": 0}},
	"adamw":            {{"wd": 0.1, "eps": 0.5}, {"wd": 0}},
	"adamax":           {{"wd": 0.1, "eps": 0.5}},
	"nadam":            {{"wd": 0.1, "eps": 0.5}, {"schedule_decay": 0.5}},
	"nadam-lookahead":  {{"wd": 0.1, "eps": 0.5}},
	"signum":           {{"wd": 0.1, "wd_lh": 0.2}, {"momentum": 0}},
	"lion":             {{"wd": 0.1}, {"beta1": 0.5, "beta2": 0.5}},
	"ftml":             {{"wd": 0.1, "eps": 0.5}},
	"ftrl":             {{"l1": 1.5, "l2": 0.5, "beta": 0.5}, {"l1": 0}},
	"lbsgd": {
		{"warmup": 1}, {"warmup": 2}, {"warmup": 3}, {"warmup": 4},
		{"batch_scale": 3}, {"batch_scale": 3, "warmup": 1, "momentum": 0.9}, {"batch_scale": 3, "warmup": 2, "wd": 0.1},
		{"batch_scale": 3, "warmup": 3, "wd": 0.1, "momentum": 0.5}, {"batch_scale": 3, "warmup": 4},
		{"batch_scale": 2, "warmup_epochs": 1, "updates_per_epoch": 4}, {"batch_scale": 2, "warmup_epochs": 0},
		{"batch_scale": 3, "begin_epoch": 2, "updates_per_epoch": 10},
	},
	"dcasgd":       {{"momentum": 0.9, "wd": 0.1}, {"lambda": 0}, {"lambda": 1}},
	"dcasgd-mxnet": {{"wd": 0.1, "lambda": 1}},
	"lookahead":    {{"k": 2, "alpha": 0.25}, {"k": 1}},
	"clip-norm":    {{"limit": 100}},
	"clip-value":   {{"limit": 0.3}},
	"rescale":      {{"factor": -0.25}},
}

// TestByHand compares every rule with its paper's formula written out in Go.
func TestByHand(t *testing.T) {
	for _, name := range optim.Names() {
		if name == "sgld" {
			continue // TestSGLDByHand
		}
		if hands[name] == nil {
			t.Errorf("%s: not computed by hand; add it to hands", name)
			continue
		}
		for _, h := range append([]hp{{}}, handCases[name]...) {
			t.Run(fmt.Sprint(name, h), func(t *testing.T) { byHand(t, name, h) })
		}
	}
}

func byHand(t *testing.T, name string, h hp) {
	rule, options := inRule(t, name, h)
	w, g := []float64{1, -2, 0.5, 3, -0.1, 0}, make([]float64, 6)
	start := append([]float64(nil), w...)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, 2, 3)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	if name == "dcasgd" {
		if err := descent.SetSeen(opt, "w", start); err != nil {
			t.Fatal(err)
		}
	}
	hand, want := hands[name](full(t, name, h)), start
	for step := 1; step <= 7; step++ {
		grad := func(at []float64) []float64 { return bowl(step, at) }
		want = hand(step, want, grad)
		if _, err := opt.StepFunc(func() (float64, error) { copy(g, grad(w)); return 0, nil }); err != nil {
			t.Fatal(err)
		}
		for i := range w {
			if !(math.Abs(w[i]-want[i]) <= 1e-12*(1+math.Abs(want[i]))) {
				t.Fatalf("step %d, element %d: %v, by hand %v", step, i, w[i], want[i])
			}
		}
	}
}

// bowl is the gradient of a quadratic with something added that depends on the
// step; the last element's is always 0.
func bowl(step int, at []float64) []float64 {
	g := make([]float64, len(at))
	for i := range len(at) - 1 {
		g[i] = (0.5+0.3*float64(i))*(at[i]-0.25*float64(i)) + math.Sin(float64(7*step+3*i))
	}
	return g
}

// inRule makes a rule by name, a link as a part of a chain, and its options.
func inRule(t *testing.T, name string, h hp) (optim.Rule, []descent.Option) {
	t.Helper()
	rule, err := optim.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := rule.Info()
	if err != nil {
		t.Fatal(err)
	}
	var options []descent.Option
	for k, v := range h {
		for _, hyper := range info.Hypers {
			if hyper.Name == k {
				options = append(options, descent.Set(k, hyper.FormatValue(v)))
			}
		}
	}
	switch {
	case name == "lookahead":
		return optim.Chain(optim.SGD, rule), append(options, descent.LR(0.1))
	case info.Link:
		return optim.Chain(rule, optim.SGD), append(options, descent.LR(0.1))
	}
	return rule, options
}

// full is the hyperparameters with those of the rule's formula that h lacks.
func full(t *testing.T, name string, h hp) hp {
	t.Helper()
	rule, err := optim.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := rule.Info()
	if err != nil {
		t.Fatal(err)
	}
	out := hp{}
	for _, hyper := range info.Hypers {
		out[hyper.Name] = hyper.Default
		if v, ok := h[hyper.Name]; ok {
			out[hyper.Name] = v
		}
	}
	return out
}
