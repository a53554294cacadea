package compat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// kerasLoop puts around an optimizer what Keras's base class does, where that
// is more than the lines of a formula.
func kerasLoop(m maker) maker {
	inner := m.make
	m.make = func(options map[string]any) (made, error) {
		out, err := inner(options)
		if err != nil {
			return made{}, err
		}
		links := optim.Links(out.rule)
		rules := make([]optim.Rule, len(links))
		for i, l := range links {
			switch r := l.Rule.(type) {
			case *optim.Formula:
				if rules[i], err = kerasHold(r); err != nil {
					return made{}, err
				}
			case *stepper:
				rules[i] = kerasStepper{r}
			}
		}
		if out.rule = rules[0]; len(rules) > 1 {
			out.rule = optim.Chain(rules...)
		}
		return out, nil
	}
	return m
}

// kerasHold has a formula that accumulates gradients keep weights and states
// until an update is due: those that change between "before" and "window".
func kerasHold(f *optim.Formula) (optim.Rule, error) {
	p, err := f.Program()
	if err != nil || !p.Assigns("due") {
		return f, err
	}
	at := func(name string) int {
		return slices.IndexFunc(p.Body, func(s formula.Stmt) bool { return s.Name == name })
	}
	from, to := at("before")+1, at("window")
	update := p.Body[from:to]
	var old, held []formula.Stmt
	hold := func(name, before string) {
		held = append(held, formula.Stmt{Name: name, X: &formula.Expr{Op: formula.Call, Name: "where",
			Args: []*formula.Expr{variable("due"), variable(name), variable(before)}}})
	}
	for _, s := range p.States {
		if slices.ContainsFunc(update, func(u formula.Stmt) bool { return u.Name == s.Name }) {
			old = append(old, formula.Stmt{Name: "old_" + s.Name, X: variable(s.Name)})
			hold(s.Name, "old_"+s.Name)
		}
	}
	hold("w", "before")
	whole := *p
	whole.Body = slices.Concat(p.Body[:from], old, update, held, p.Body[to:])
	return optim.Parse(f.Name(), whole.String())
}

func variable(name string) *formula.Expr { return &formula.Expr{Op: formula.Var, Name: name} }

// kerasStepper is an optimizer that is no formula with what Keras does to
// gradients before: it scales, accumulates and clips them.
type kerasStepper struct{ *stepper }

// kerasGradientHypers are the hyperparameters of those that are chosen.
func kerasGradientHypers(chosen map[string]any) []formula.Hyper {
	var out []formula.Hyper
	for _, h := range []formula.Hyper{
		{Name: "loss_scale_factor", Default: 1, Range: anyNumber},
		{Name: "gradient_accumulation_steps", Default: 2, Range: formula.Range{Lo: 2, Hi: math.Inf(1), OpenHi: true}},
		{Name: "clipnorm", Default: 1, Range: anyNumber},
		{Name: "clipvalue", Default: 1, Range: anyNumber},
		{Name: "global_clipnorm", Default: 1, Range: anyNumber},
	} {
		if chosen[h.Name] == true {
			out = append(out, h)
		}
	}
	return out
}

// States implements optim.Stepper. The number of calls is kept with every
// parameter.
func (k kerasStepper) States(shape []int) []optim.StateSize {
	return append(k.stepper.States(shape), optim.StateSize{Name: "calls", Len: 1}, optim.StateSize{Name: "sum", Len: weights(shape)})
}

// Step implements optim.Stepper.
func (k kerasStepper) Step(m optim.Model) error {
	calls, all := 0.0, slices.Concat(m.Tensors(), m.Resting())
	for _, t := range all {
		calls = max(calls, t.State["calls"][0])
	}
	for _, t := range all {
		t.State["calls"][0] = calls + 1
	}
	square, due := 0.0, true
	for _, t := range m.Tensors() {
		due = kerasAccumulate(t)
		square += floats.Dot(t.Grad, t.Grad)
	}
	if !due {
		return nil
	}
	for _, t := range m.Tensors() {
		kerasClip(t, math.Sqrt(square))
	}
	return k.stepper.Step(m)
}

// kerasAccumulate scales a gradient, and where gradients are accumulated adds it
// to their sum. When the update is due the gradient is their mean.
func kerasAccumulate(t *optim.Tensor) (due bool) {
	if scale, ok := t.Hyper["loss_scale_factor"]; ok {
		for i := range t.Grad {
			t.Grad[i] /= scale
		}
	}
	each, ok := t.Hyper["gradient_accumulation_steps"]
	if !ok {
		return true
	}
	sum := t.State["sum"]
	floats.Add(sum, t.Grad)
	if math.Mod(t.State["calls"][0], each) != 0 {
		clear(t.Step)
		return false
	}
	for i, s := range sum {
		t.Grad[i], sum[i] = s/each, 0
	}
	return true
}

// kerasClip clips a gradient; size is the norm of all.
func kerasClip(t *optim.Tensor, size float64) {
	h := t.Hyper
	if limit := h["clipnorm"]; limit > 0 {
		floats.Scale(limit/max(floats.Norm(t.Grad, 2), limit), t.Grad)
	}
	if limit := h["global_clipnorm"]; limit > 0 {
		floats.Scale(limit/max(size, limit), t.Grad)
	}
	if limit := h["clipvalue"]; limit > 0 {
		for i, g := range t.Grad {
			t.Grad[i] = max(min(g, limit), -limit)
		}
	}
}

// kerasUpdate is the number of the optimizer's update, of which a parameter may
// have missed some.
func kerasUpdate(t *optim.Tensor) float64 {
	each := max(t.Hyper["gradient_accumulation_steps"], 1)
	return math.Floor((t.State["calls"][0]-1)/each) + 1
}
