package compat

import "github.com/descent-go/descent/optim"

func torchLBFGS(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 1, notNegative)
	iterations := o.whole("max_iter", 20, wholes)
	evaluations := iterations * 5 / 4
	if o.given("max_eval") {
		evaluations = o.whole("max_eval", evaluations, wholes)
	}
	o.meaningless("max_eval") // where it is null
	history := o.whole("history_size", 100, countable)
	o.settings = append(o.settings, setting{"max_iter", float64(iterations)}, setting{"max_eval", float64(evaluations)},
		setting{"history_size", float64(history)})
	o.set("tolerance_grad", "tolerance_grad", 1e-7)
	o.set("tolerance_change", "tolerance_change", 1e-9)
	search := "none"
	if !o.null("line_search_fn") && o.text("line_search_fn", "", "strong_wolfe") != "" {
		search = "strong_wolfe"
	}
	o.settings = append(o.settings, setting{"line_search", search})
	rule := optim.NewLBFGS(history)
	if o.flag("maximize", false) {
		rule = uphill{rule}
	}
	return o.chain(rule)
}

// uphill maximises with a rule that minimises: it turns losses and gradients
// round.
type uphill struct{ optim.Stepper }

// Step implements optim.Stepper.
func (u uphill) Step(m optim.Model) error { return u.Stepper.Step(turned{m}) }

// turned is a model whose loss and gradients are turned round.
type turned struct{ optim.Model }

// GradientAt implements optim.Model.
func (t turned) GradientAt(x [][]float64) (float64, error) {
	loss, err := t.Model.GradientAt(x)
	if err != nil {
		return 0, err
	}
	for _, t := range t.Tensors() {
		for i := range t.Grad {
			t.Grad[i] = -t.Grad[i]
		}
	}
	return -loss, nil
}
