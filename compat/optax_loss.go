package compat

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/descent-go/descent/optim"
)

// optaxByLoss is an optimizer whose step depends on the loss. It asks for the
// loss and the gradient at the weights.
type optaxByLoss struct {
	*stepper
	update func(loss float64, tensors []*optim.Tensor)
}

// Step implements optim.Stepper.
func (s *optaxByLoss) Step(m optim.Model) error {
	tensors := m.Tensors()
	at := make([][]float64, len(tensors))
	for i, t := range tensors {
		at[i] = t.Weights
	}
	loss, err := m.GradientAt(at)
	if err != nil || len(tensors) == 0 {
		return err
	}
	s.update(loss, tensors)
	return nil
}

// byLoss ends the making of an optimizer that steps by the loss.
func (c *optaxChain) byLoss(s *stepper, update func(float64, []*optim.Tensor), settings ...setting) made {
	m := c.stepper(s, settings...)
	m.rule = &optaxByLoss{s, update}
	return m
}

// optaxLeast is what optax takes at most for a squared norm of 0.
const optaxLeast = 0x1p-52

// summed adds up over all parameters what f makes of each.
func summed(tensors []*optim.Tensor, f func(t *optim.Tensor) float64) float64 {
	sum := 0.0
	for _, t := range tensors {
		sum += f(t)
	}
	return sum
}

func optaxPolyakSGD(r *reader) made {
	c := &optaxChain{reader: r}
	plus := c.text("variant", "sps", "sps", "sps+") == "sps+"
	return c.byLoss(&stepper{name: "polyak-sgd", states: func([]int) []optim.StateSize { return nil }}, func(loss float64, tensors []*optim.Tensor) {
		h := tensors[0].Hyper
		square := summed(tensors, func(t *optim.Tensor) float64 { return h["scaling"] * h["scaling"] * floats.Dot(t.Grad, t.Grad) })
		gap := loss - h["f_min"]
		if plus {
			gap = max(gap, 0)
		}
		rate := 0.0
		if !(square+h["eps"] <= optaxLeast) {
			rate = min(gap/(square+h["eps"]), h["max_lr"])
		}
		for _, t := range tensors {
			floats.ScaleTo(t.Step, rate*h["scaling"], t.Grad)
		}
	}, c.set("max_lr", "max_learning_rate", 1), c.set("scaling", "scaling", 1), c.set("f_min", "f_min", 0), c.set("eps", "eps", 0))
}

// optaxMoMo is MoMo, and with Adam MoMo-Adam.
type optaxMoMo struct{ adam, adapt bool }

func optaxMomo(r *reader) made {
	c := &optaxChain{reader: r}
	return c.momo(false, c.set("beta1", "beta", 0.9), c.set("lr", "learning_rate", 1))
}

func optaxMomoAdam(r *reader) made {
	c := &optaxChain{reader: r}
	return c.momo(true, append(c.betas(), c.set("lr", "learning_rate", 0.01), c.set("eps", "eps", 1e-8))...)
}

func (c *optaxChain) momo(adam bool, settings ...setting) made {
	a, name := optaxMoMo{adam, c.flag("adapt_lower_bound", false)}, "momo"
	if adam {
		name = "momo-adam"
	}
	settings = append(settings, c.set("bound", "lower_bound", 0), c.set("wd", "weight_decay", 0))
	return c.byLoss(&stepper{name: name, states: a.states}, a.update, settings...)
}

// states keeps of what all parameters share a copy with each.
func (a optaxMoMo) states(shape []int) []optim.StateSize {
	n := weights(shape)
	states := []optim.StateSize{{Name: "m", Len: n}, {Name: "loss", Len: 1}, {Name: "gamma", Len: 1}, {Name: "bound", Len: 1}}
	if a.adam {
		states = append(states, optim.StateSize{Name: "v", Len: n})
	}
	return states
}

func (a optaxMoMo) update(loss float64, tensors []*optim.Tensor) {
	first := tensors[0]
	h, beta, count := first.Hyper, first.Hyper["beta1"], float64(first.T)
	corrected := 1.0
	if a.adam {
		corrected = 1 - math.Pow(beta, count)
	} else if first.T == 1 {
		beta = 0
	}
	bound := first.State["bound"][0]
	if first.T == 1 {
		bound = h["bound"]
	}
	mean := float64(beta*first.State["loss"][0]) + float64((1-beta)*loss)
	gamma := float64(beta*first.State["gamma"][0]) + float64((1-beta)*summed(tensors, func(t *optim.Tensor) float64 { return floats.Dot(t.Grad, t.Weights) }))
	square := summed(tensors, func(t *optim.Tensor) float64 { return a.direction(t, beta) })
	product := summed(tensors, func(t *optim.Tensor) float64 { return floats.Dot(t.State["m"], t.Weights) })

	decay := h["lr"] * h["wd"]
	if a.adapt {
		if most := (1+decay)*(mean-gamma) + product; most < (1+decay)*corrected*bound {
			bound = max(most/(2*corrected*(1+decay)), h["bound"])
		}
	}
	rate := 0.0
	if !(square <= optaxLeast) {
		rate = min(h["lr"]/corrected, max((1+decay)*(mean-corrected*bound-gamma)+product, 0)/square)
	}
	if a.adapt {
		bound = max((mean+product-gamma-rate*square/2)/corrected, h["bound"])
	}
	for _, t := range tensors {
		for i, w := range t.Weights {
			t.Step[i] = float64(decay/(1+decay)*w) + float64(rate*t.Step[i])
		}
		t.State["loss"][0], t.State["gamma"][0], t.State["bound"][0] = mean, gamma, bound
	}
}

// direction sets Step to where the rule goes before it knows how far, and gives
// its product with the mean of gradients.
func (a optaxMoMo) direction(t *optim.Tensor, beta float64) float64 {
	beta2, m, v := t.Hyper["beta2"], t.State["m"], t.State["v"]
	square := 1 - math.Pow(beta2, float64(t.T))
	for i, g := range t.Grad {
		m[i] = float64(beta*m[i]) + float64((1-beta)*g)
		t.Step[i] = m[i]
		if a.adam {
			v[i] = float64(beta2*v[i]) + float64((1-beta2)*g*g)
			t.Step[i] /= t.Hyper["eps"] + math.Sqrt(v[i]/square)
		}
	}
	return floats.Dot(m, t.Step)
}
