package engine

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// ErrNeedsGradients says that a program asks for gradients at points of its
// own choice and was given none to call.
var ErrNeedsGradients = errors.New("the rule asks for gradients at points of its own")

// Engine runs one program over the parameters of a model.
type Engine struct {
	Program     *formula.Program   // flat
	Hyper       map[string]float64 // where global scalars use them
	Global      map[string]float64 // global scalars
	Seed        uint64
	Threads     int // 0 is all processors
	Backend     plan.Backend
	Peers       Peers // over which the weights are split; nil: every weight is here
	CheckFinite bool
	StateType   plan.Type // BF16 for the states of weights, else as the weights are computed
	Accumulate  int       // gradients averaged for a step; 0 and 1 are every one
	Updates     int       // steps that moved weights
	Loss        float64   // what the last call for gradients returned; the caller sets it

	Stepper optim.Stepper    // a rule that is no formula; Program then has what follows it
	Asks    bool             // that rule asks for gradients
	Before  *formula.Program // the links before a Stepper, nil where there are none

	call    func() error // fills the gradients
	program programs
	tensors []*Tensor
	bounds  []int     // where the weights of each rank end, among all laid end to end
	found   []float64 // what agree gives, and how many numbers each rank does
	threes  []int
	pass    *pass
	before  *pass
	model   *model
	clocks  []*clock
	waiting int  // gradients accumulated so far
	swapped bool // evaluation weights are in place
	uncut   bool // rows or gradients have changed so that work is to be cut anew
	fits    bool // gradients have been looked at since they were given
	sparse  bool // there has been a gradient of some rows
}

// Taken is the variable in which a program finds what a Stepper subtracts.
const Taken = "taken"

// Set gives the engine its groups and tensors. Tensors it has already keep
// their states; new ones get theirs. On an error nothing has changed.
func (e *Engine) Set(groups []*Group, tensors []*Tensor) error {
	if e.Threads <= 0 {
		e.Threads = runtime.GOMAXPROCS(0)
	}
	if len(tensors) == 0 {
		return errors.New("no parameters")
	}
	kept := make([]Group, len(groups))
	for i, g := range groups {
		kept[i] = *g
	}
	if err := e.set(groups, tensors); err != nil {
		for i, g := range groups {
			*g = kept[i]
		}
		return err
	}
	e.Refresh()
	return nil
}

func (e *Engine) set(groups []*Group, tensors []*Tensor) error {
	for _, t := range tensors {
		t.key = nameKey(e.Seed, t.Name)
	}
	program := e.specialise(groups)
	insts, own, err := e.compile(tensors, plan.Options{Step: e.stepName(), States: e.StateType}, program)
	if err != nil {
		return err
	}
	if e.Accumulate > 1 && (own.plan.Grads > 0 || e.Asks) {
		return errAccumulate
	}
	if err := e.split(insts, program); err != nil {
		return err
	}
	states, err := e.states(insts)
	if err != nil {
		return err
	}
	global, err := e.globals(own)
	if err != nil {
		return err
	}
	before, err := e.compileBefore(tensors)
	if err != nil {
		return err
	}
	steppers, err := e.ownStates(tensors)
	if err != nil {
		return err
	}
	for i, t := range tensors {
		t.States, t.Own = states[i], steppers[i]
	}
	e.Global, e.program, e.tensors, e.before = global, program, tensors, before
	e.pass = newPass(e, insts, own, false)
	return nil
}

func (e *Engine) stepName() string {
	if e.Stepper == nil {
		return ""
	}
	return Taken
}

// Rebind follows a change of the i-th tensor's gradient or seen weights.
func (e *Engine) Rebind(i int) {
	e.fits = false
	e.pass.rebind(i)
	if e.before != nil {
		e.before.rebind(i)
	}
}

// Refresh follows changes of tensors' memory, rows, T and frozen state.
func (e *Engine) Refresh() {
	for _, t := range e.tensors {
		e.makeSum(t)
	}
	e.fits = false
	e.setClocks()
	if e.Stepper != nil {
		e.model = newModel(e)
	}
	e.pass.refresh()
	if e.before != nil {
		e.before.refresh()
	}
}

// AsksForGradients reports whether the program uses grad(x), or a Stepper asks.
func (e *Engine) AsksForGradients() bool {
	return e.Asks || e.pass != nil && e.pass.own.plan.Grads > 0
}

// Step updates every tensor that is not frozen. grads, where it is not nil,
// fills the gradients at the weights' present values. On an error nothing has changed.
func (e *Engine) Step(grads func() error) error {
	if e.AsksForGradients() && grads == nil {
		return ErrNeedsGradients
	}
	asks := e.pass.own.plan.Grads > 0
	if e.swapped {
		return errors.New("the evaluation weights are in place; call Train before the next step")
	}
	e.call = grads
	if !asks || e.readsGradient() {
		if err := e.take(); err != nil {
			return err
		}
		if asks {
			e.pass.keepGradient()
		}
	}
	if !e.accumulate() {
		return nil
	}
	return e.update()
}

// take fills the gradients, where the step was given a function for it, and checks them.
func (e *Engine) take() error {
	if e.call != nil {
		if err := e.call(); err != nil {
			return err
		}
	}
	if err := e.fit(); err != nil {
		return err
	}
	if e.sparse {
		for _, t := range e.tensors {
			if !t.Frozen {
				t.gather()
			}
		}
	}
	return e.finite()
}

// fit looks for gradients that are not there or have another size than their weights.
func (e *Engine) fit() error {
	if e.fits {
		return nil
	}
	for _, in := range e.pass.insts {
		t := in.t
		want := e.pass.here(in)
		switch {
		case t.Frozen:
		case t.G.Len() != want && (e.Stepper != nil || in.has(plan.Grad)):
			return fmt.Errorf("the gradient of %s has %d values, expected %d", t.Name, t.G.Len(), want)
		case t.Rows != nil && e.Stepper != nil:
			return fmt.Errorf("%s moves all rows of %s together: it cannot be lazy", e.Stepper.Name(), t.Name)
		case t.Rows != nil && (e.Accumulate > 1 || e.AsksForGradients()):
			return fmt.Errorf("%s is lazy, and its rows could differ from gradient to gradient of one update: neither Accumulate nor a rule that asks for several gradients can take that", t.Name)
		}
	}
	e.fits = true
	return nil
}

// has reports whether the plan has arrays of a kind.
func (in *instance) has(kind plan.ArrayKind) bool {
	return slices.ContainsFunc(in.v.plan.Arrays, func(a plan.Array) bool { return a.Kind == kind })
}

// update makes an update and counts it, unless it fails or panics.
func (e *Engine) update() error {
	done := false
	e.count(1)
	defer func() {
		if !done {
			e.count(-1)
		}
	}()
	e.cut()
	if e.Stepper != nil {
		if err := e.model.step(); err != nil {
			return err
		}
	}
	if err := e.pass.run(); err != nil {
		return err
	}
	e.waiting, done = 0, true
	return nil
}

// cut follows changes of rows.
func (e *Engine) cut() {
	if !e.uncut {
		return
	}
	e.uncut = false
	e.pass.cut()
	if e.before != nil {
		e.before.cut()
	}
}

// readsGradient reports whether some plan reads g itself.
func (e *Engine) readsGradient() bool {
	return slices.ContainsFunc(e.pass.insts, func(in *instance) bool {
		return slices.Contains(in.v.plan.Arrays, plan.Array{Kind: plan.Grad})
	})
}

// keepGradient saves g from the gradients that are taken after it.
func (p *pass) keepGradient() {
	for _, in := range p.insts {
		if g := in.array(plan.Array{Kind: plan.Grad}); g.Len() > 0 {
			plan.Copy(g, in.t.G)
		}
	}
}
