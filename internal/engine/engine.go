package engine

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// Reducer folds the results of reductions over all parameters further, over
// machines say. Every machine calls it for the same reductions in the same order.
type Reducer interface {
	Reduce(local float64, isMax bool) (float64, error)
}

// ErrNeedsGradients says that a program asks for gradients at points of its
// own choice and was given none to call.
var ErrNeedsGradients = errors.New("the rule asks for gradients at points of its own")

// NotFinite says where a gradient is NaN or infinite.
type NotFinite struct {
	Param   string
	Element int
	Value   float64
}

// Error names parameter, element and value.
func (e *NotFinite) Error() string {
	return fmt.Sprintf("the gradient of %s is %v at element %d; nothing has changed", e.Param, e.Value, e.Element)
}

// Engine runs one program over the parameters of a model.
type Engine struct {
	Program     *formula.Program   // flat
	Hyper       map[string]float64 // where global scalars use them
	Global      map[string]float64 // global scalars
	Seed        uint64
	Threads     int // 0 is all processors
	Backend     plan.Backend
	Reducer     Reducer // nil: this process is all there is
	CheckFinite bool
	Accumulate  int     // gradients averaged for a step; 0 and 1 are every one
	Updates     int     // steps that moved weights
	Loss        float64 // what the last call for gradients returned; the caller sets it

	Stepper optim.Stepper    // a rule that is no formula; Program then has what follows it
	Before  *formula.Program // the links before a Stepper, nil where there are none

	call    func() error // fills the gradients
	groups  []*Group
	tensors []*Tensor
	pass    *pass
	before  *pass
	model   *model
	waiting int  // gradients accumulated so far
	swapped bool // evaluation weights are in place
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
	undo := func(err error) error {
		for i, g := range groups {
			*g = kept[i]
		}
		return err
	}
	e.specialise(groups)
	insts, own, err := e.compile(groups, tensors, plan.Options{Step: e.stepName()}, func(g *Group) *formula.Program { return g.program })
	if err != nil {
		return undo(err)
	}
	if e.Accumulate > 1 && own.plan.Grads > 0 {
		return undo(errors.New("gradients cannot be accumulated for a rule that asks for gradients at points of its own"))
	}
	if err := e.initialise(insts, own); err != nil {
		return undo(err)
	}
	before, err := e.compileBefore(groups, tensors)
	if err != nil {
		return undo(err)
	}
	e.groups, e.tensors, e.before = groups, tensors, before
	e.pass = newPass(e, insts, own)
	e.Refresh()
	return nil
}

func (e *Engine) stepName() string {
	if e.Stepper == nil {
		return ""
	}
	return Taken
}

// Refresh follows changes of tensors' memory, rows and frozen state.
func (e *Engine) Refresh() {
	for _, t := range e.tensors {
		if e.Accumulate > 1 && t.Sum.Len() != t.G.Len() {
			t.Sum = plan.Make(t.G.Type(), t.G.Len())
		}
	}
	for _, in := range e.pass.insts {
		in.bind(e.pass.own.plan.Grads)
	}
	e.pass.cut()
	if e.before != nil {
		for _, in := range e.before.insts {
			in.bind(0)
		}
		e.before.cut()
	}
	if e.Stepper != nil {
		e.model = newModel(e)
	}
}

// bind finds the memory of the plan's arrays, allocating what is scratch.
func (in *instance) bind(grads int) {
	t := in.t
	for i, a := range in.v.plan.Arrays {
		switch a.Kind {
		case plan.Weights:
			in.arrays[i] = t.W
		case plan.Seen:
			if in.arrays[i] = t.Seen; t.Seen.Len() == 0 {
				in.arrays[i] = t.W
			}
		case plan.State:
			in.arrays[i] = t.States[a.Index].V
		case plan.Step:
			in.arrays[i] = t.step
		case plan.Grad:
			if a.Index == grads { // the last gradient taken stays where it is
				if in.arrays[i] = t.G; t.Sum.Len() > 0 {
					in.arrays[i] = t.Sum
				}
			} else if in.arrays[i].Len() != t.G.Len() {
				in.arrays[i] = plan.Make(t.G.Type(), t.G.Len())
			}
		default:
			if in.arrays[i].Len() != t.W.Len() {
				in.arrays[i] = plan.Make(t.W.Type(), t.W.Len())
			}
		}
	}
	if grads > 0 && t.kept.Len() != t.W.Len() {
		t.kept = plan.Make(t.W.Type(), t.W.Len())
	}
}

// AsksForGradients reports whether the program uses grad(x).
func (e *Engine) AsksForGradients() bool { return e.pass.own.plan.Grads > 0 }

// Step updates every tensor that is not frozen. grads, where it is not nil,
// fills the gradients at the weights' present values. On an error nothing has changed.
func (e *Engine) Step(grads func() error) error {
	asks := e.AsksForGradients()
	if asks && grads == nil {
		return ErrNeedsGradients
	}
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
	if !e.due() {
		return nil
	}
	e.count(1)
	err := e.update()
	if err != nil {
		e.count(-1)
	}
	return err
}

func (e *Engine) count(n int) {
	e.Updates += n
	for _, t := range e.tensors {
		if !t.Frozen {
			t.T += n
		}
	}
}

// take fills the gradients, where the step was given a function for it, and checks them.
func (e *Engine) take() error {
	if e.call != nil {
		if err := e.call(); err != nil {
			return err
		}
	}
	return e.finite()
}

func (e *Engine) update() error {
	if e.Stepper != nil {
		if err := e.model.step(); err != nil {
			return err
		}
	}
	return e.pass.run()
}

// due adds the gradients to the sums and reports whether there are enough for
// a step, which then finds their mean.
func (e *Engine) due() bool {
	if e.Accumulate <= 1 {
		return true
	}
	e.waiting++
	for _, t := range e.tensors {
		if t.Frozen {
			continue
		}
		for i := range t.Sum.Len() {
			sum := t.G.At(i)
			if e.waiting > 1 {
				sum += t.Sum.At(i)
			}
			if e.waiting == e.Accumulate {
				sum /= float64(e.Accumulate)
			}
			t.Sum.Set(i, sum)
		}
	}
	if e.waiting < e.Accumulate {
		return false
	}
	e.waiting = 0
	return true
}

// Waiting is how many gradients have been accumulated since the last update.
func (e *Engine) Waiting() int { return e.waiting }

// SetWaiting is for a resumed optimizer.
func (e *Engine) SetWaiting(n int) { e.waiting = n }

// readsGradient reports whether some plan reads g itself.
func (e *Engine) readsGradient() bool {
	for _, in := range e.pass.insts {
		if in.array(plan.Array{Kind: plan.Grad}).Len() > 0 {
			return true
		}
	}
	return false
}

// keepGradient saves g from the gradients that are taken after it.
func (p *pass) keepGradient() {
	for _, in := range p.insts {
		if g := in.array(plan.Array{Kind: plan.Grad}); g.Len() > 0 {
			plan.Copy(g, in.t.G)
		}
	}
}

// finite looks for gradients that are no numbers.
func (e *Engine) finite() error {
	if !e.CheckFinite {
		return nil
	}
	for _, t := range e.tensors {
		if t.Frozen {
			continue
		}
		for i := range t.G.Len() {
			if v := t.G.At(i); math.IsNaN(v) || math.IsInf(v, 0) {
				return &NotFinite{t.Name, i, v}
			}
		}
	}
	return nil
}
