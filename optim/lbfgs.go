package optim

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/formula"
)

// LBFGS minimises a function that gives the same loss and gradient whenever it
// is asked at the same weights: a step is many inner iterations of the
// limited-memory BFGS method over all parameters together, which ask for
// gradients as they go, so it needs a closure. It remembers the ten last
// changes of weights and gradients, 22 numbers a weight; NewLBFGS makes one
// that remembers another number. After every change of which parameters take
// part it begins anew.
//
// Nocedal & Wright, "Numerical Optimization", 2nd edition, 2006, Algorithms
// 7.4 and 7.5, with the line search of Algorithms 3.5 and 3.6 for the strong
// Wolfe conditions.
var LBFGS = known(NewLBFGS(10))

// known registers a rule that is no formula.
func known(r Stepper) Stepper {
	registry[r.Name()] = r
	return r
}

// NewLBFGS makes LBFGS with memory for as many changes as history says, which
// must be at least 1. The hyperparameter history_size is how many of them it
// uses, all by default.
func NewLBFGS(history int) Stepper { return &lbfgs{history} }

type lbfgs struct{ history int }

// lineSearches are the choices of line_search.
var lineSearches = []string{"strong_wolfe", "none"}

// Name implements Rule.
func (l *lbfgs) Name() string { return "lbfgs" }

// Info implements Rule.
func (l *lbfgs) Info() (Info, error) {
	if l.history < 1 {
		return Info{}, fmt.Errorf("lbfgs with memory for %d changes: expected at least 1", l.history)
	}
	unbounded := formula.Range{Lo: 0, Hi: math.Inf(1), OpenHi: true}
	history := float64(l.history)
	return Info{
		Name: "lbfgs",
		Summary: "Newton's method with a Hessian that it estimates from the last changes of weights and gradients: " +
			"many inner iterations a step, over all parameters together.",
		Paper:     `Nocedal & Wright, "Numerical Optimization", 2nd edition, Springer 2006, Algorithms 7.4, 7.5, 3.5 and 3.6.`,
		NeedsFunc: true,
		Elsewhere: "torch searches no line by default, and remembers 100 changes.",
		Hypers: []formula.Hyper{
			{Name: "lr", Default: 1, Range: unbounded},
			{Name: "max_iter", Default: 20, Range: unbounded},
			{Name: "max_eval", Default: 25, Range: unbounded},
			{Name: "tolerance_grad", Default: 1e-7},
			{Name: "tolerance_change", Default: 1e-9},
			{Name: "history_size", Default: history, Range: formula.Range{Lo: 1, Hi: history}},
			{Name: "line_search", Range: formula.Range{Choices: lineSearches}},
		},
	}, nil
}

// States implements Stepper. What is one number is kept with every parameter.
func (l *lbfgs) States(shape []int) []StateSize {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return []StateSize{
		{"old_dirs", l.history * n}, // changes of the gradient
		{"old_stps", l.history * n}, // changes of the weights
		{"ro", l.history},           // 1 by their product
		{"stored", 1},               // how many there have been; the k-th is in place k mod history
		{"d", n},                    // the last direction
		{"length", 1},               // how far it went
		{"prev_grad", n},
		{"h_diag", 1}, // what the inverse Hessian starts from
		{"n_iter", 1},
		{"weights", 1}, // how many took part
	}
}

// Step implements Stepper.
func (l *lbfgs) Step(m Model) error {
	tensors := m.Tensors()
	if len(tensors) == 0 {
		return nil
	}
	if err := l.same(tensors); err != nil {
		return err
	}
	r := newLBFGSRun(m, l.history)
	if err := r.run(); err != nil {
		return err
	}
	for i, t := range tensors {
		for k, w := range t.Weights {
			t.Step[k] = w - r.x[i][k]
		}
	}
	r.keep()
	return nil
}

// same reports hyperparameters that differ between parameters.
func (l *lbfgs) same(tensors []*Tensor) error {
	info, err := l.Info()
	if err != nil {
		return err
	}
	first := tensors[0]
	for _, t := range tensors {
		for _, h := range info.Hypers {
			if t.Hyper[h.Name] != first.Hyper[h.Name] {
				return fmt.Errorf("lbfgs takes all parameters together, and %s is %v of %s but %v of %s: give all the same",
					h.Name, first.Hyper[h.Name], first.Name, t.Hyper[h.Name], t.Name)
			}
		}
	}
	return nil
}
