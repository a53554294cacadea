package engine

import (
	"fmt"

	"github.com/descent-go/descent/internal/plan"
)

// Window steps the first weights of an engine's only tensor, as often as one
// likes: what touches few of many weights puts those into the tensor's memory,
// steps, and takes them out again.
type Window struct {
	p     *pass
	in    *instance
	k     plan.Kernel
	w     *worker
	still bool // the scalars are the same at every step
	known bool // and have been computed
}

// Window gives the engine's. It is an error of a program that is more than a
// formula for each weight by itself.
func (e *Engine) Window() (*Window, error) {
	if e.Stepper != nil {
		return nil, fmt.Errorf("%s is no formula: it moves all weights together", e.Stepper.Name())
	}
	p := e.pass
	in := p.insts[0]
	pl := in.v.plan
	switch {
	case len(p.own.plan.Phases) > 1 || len(p.own.plan.Results) > 0 || len(pl.Phases) != 1 || pl.Accs > 0 || pl.ByRow || p.own.plan.Grads > 0:
		return nil, fmt.Errorf("%s looks at all weights together: expected a formula for each weight by itself, without norm, sum, mean, dot, row.*, all.*, global or grad", e.Program.Name)
	}
	win := &Window{p: p, in: in, k: in.v.kernels[0][0], w: p.newWorker(), still: len(pl.Results) == 0}
	for _, input := range pl.Inputs {
		switch input.Kind {
		case plan.Const, plan.Hyper, plan.RowLength, plan.NameKey, plan.Seed:
		default:
			win.still = false
		}
	}
	return win, nil
}

// Moved says that hyperparameters have changed.
func (win *Window) Moved() { win.known = false }

// Begin counts an update and computes its scalars.
func (win *Window) Begin() {
	win.p.e.count(1)
	if win.still && win.known {
		return
	}
	win.known = true
	win.p.phase = 0
	win.p.begin()
	win.p.global()
	win.p.scalars(func(pl *plan.Plan) *plan.Phase { return &pl.Phases[0] })
}

// Step updates the first n weights, the first-th and following of the update.
func (win *Window) Step(first, n int) {
	w := win.w
	w.N, w.First, w.Salt, w.Arrays, w.Table = n, first, uint32(win.in.t.key), win.in.arrays, win.in.table
	win.k.Run(&w.Work)
}

// End keeps the scalars that the next update needs.
func (win *Window) End() {
	if !win.still {
		win.p.phase = 1
		win.p.finish()
	}
}
