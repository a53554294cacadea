package descent

import (
	"errors"
	"fmt"
	"slices"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/engine"
	"github.com/descent-go/descent/internal/plan"
)

// param is a parameter and its place in the engine.
type param struct {
	Param
	t     *engine.Tensor
	group *group
	at    int // its place among the engine's tensors

	someRows bool // the gradient was given by SetRows
}

// Add adds parameters between steps; their states start anew and their t at 0.
// Options, those of For too, hold for them as for the others. Errors are those
// of New about parameters; nothing has changed then.
func (o *Optimizer) Add(params ...Param) error {
	if err := o.usable(); err != nil {
		return err
	}
	if o.isSplit() && len(o.params) > 0 {
		return errors.New("descent: the weights are split over ranks: give New all parameters, Add would move what ranks have")
	}
	for _, p := range params {
		if err := p.check(); err != nil {
			return fmt.Errorf("descent: %w", err)
		}
	}
	values, err := checkParams(append(o.Params(), params...))
	if err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	kept, groups := o.params, o.groups
	if err := o.add(params); err != nil {
		o.params, o.groups = kept, groups
		return fmt.Errorf("descent: %w", err)
	}
	o.memory, o.complete = values, false
	for _, p := range o.params[len(kept):] {
		o.byName[p.name] = p
	}
	return nil
}

func (o *Optimizer) add(params []Param) error {
	o.params = slices.Clone(o.params)
	for _, p := range params {
		g, err := o.groupFor(p.name)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", p.name, err)
		}
		t := &engine.Tensor{Name: p.name, Shape: p.shape, W: p.w, G: p.g, Group: g.g}
		if p.w.Type().Half() && !o.settings.noMaster {
			t.Low, t.W = p.w, plan.Make(plan.F32, p.w.Len())
			plan.Copy(t.W, t.Low)
		}
		o.params = append(o.params, &param{Param: p, t: t, group: g, at: len(o.params)})
	}
	if err := o.values(o.e.Updates); err != nil {
		return err
	}
	groups := make([]*engine.Group, len(o.groups))
	for i, g := range o.groups {
		groups[i] = g.g
	}
	tensors := make([]*engine.Tensor, len(o.params))
	for i, p := range o.params {
		tensors[i] = p.t
	}
	return o.e.Set(groups, tensors)
}

// Params lists the parameters in their order, with the gradients that were given
// last, by SetGrad or SetRows too.
func (o *Optimizer) Params() []Param {
	list := make([]Param, len(o.params))
	for i, p := range o.params {
		list[i] = p.Param
	}
	return list
}

// Freeze lets the parameters whose names match the pattern, as in For, rest:
// steps neither move them nor change their states nor count for them. A
// pattern that matches none is an error.
func (o *Optimizer) Freeze(pattern string) error { return o.freeze(pattern, true) }

// Unfreeze lets parameters take part in steps again, with the states they had.
func (o *Optimizer) Unfreeze(pattern string) error { return o.freeze(pattern, false) }

// Frozen reports whether a parameter rests.
func (o *Optimizer) Frozen(name string) bool {
	p, err := o.param(name)
	return err == nil && p.t.Frozen
}

func (o *Optimizer) freeze(pattern string, frozen bool) error {
	if err := o.usable(); err != nil {
		return err
	}
	found := false
	for _, p := range o.params {
		if matches(pattern, p.name) {
			p.t.Frozen, found = frozen, true
		}
	}
	if !found {
		return fmt.Errorf("descent: no parameter matches %q", pattern)
	}
	o.stale, o.complete = true, false
	return nil
}

// SetGrad gives a parameter other memory for its gradient, of the same length,
// as frameworks do that make gradients anew at each step; the type may be
// another. Under [Shard] it may also be that of the rank's share only, empty
// where it has no share. It may be called within the function of StepFunc.
func SetGrad[G Float](o *Optimizer, name string, grad []G) error {
	v := vector(grad)
	p, err := o.param(name)
	if err == nil && v.Len() != p.t.W.Len() {
		p, err = o.sized(name, v, "gradient")
	}
	if err != nil {
		return err
	}
	if other := overlap(o.memory, v); other != "" {
		return fmt.Errorf("descent: parameter %s: the gradient and %s share memory", name, other)
	}
	p.g, p.someRows, o.complete = v, false, false
	o.e.SetGrad(p.at, v)
	return nil
}

// SetSeen says at which weights a parameter's gradient was taken, where these
// are not its present ones because workers are asynchronous. Rules such as
// optim.DCASGD use them, others ignore them. They stay until set again; nil
// means the present ones, which is the default.
func SetSeen[V Float](o *Optimizer, name string, weights []V) error {
	v := vector(weights)
	var p *param
	var err error
	if weights == nil {
		p, err = o.param(name)
	} else {
		p, err = o.sized(name, v, "seen weights")
	}
	if err != nil {
		return err
	}
	p.t.Seen = p.t.Share(v)
	o.e.Rebind(p.at)
	return nil
}

// sized finds a parameter that a vector fits.
func (o *Optimizer) sized(name string, v plan.Vector, what string) (*param, error) {
	p, err := o.param(name)
	if err != nil {
		return nil, err
	}
	if v.Len() != p.w.Len() {
		return nil, fmt.Errorf("descent: parameter %s: the value has %d weights, the %s %d", name, p.w.Len(), what, v.Len())
	}
	return p, nil
}

func (o *Optimizer) param(name string) (*param, error) {
	if o.e == nil {
		return nil, errEmpty
	}
	if p := o.byName[name]; p != nil {
		return p, nil
	}
	names := make([]string, len(o.params))
	for i, p := range o.params {
		names[i] = p.name
	}
	return nil, fmt.Errorf("descent: no parameter %q%s", name, didYouMean(formula.Nearest(name, names)))
}

// ZeroGrad sets all gradients to 0, for models that add to them.
func (o *Optimizer) ZeroGrad() {
	for _, p := range o.params {
		p.g.Clear()
	}
}

// refresh tells the engine of memory and frozen parameters that have changed.
func (o *Optimizer) refresh() {
	if o.stale {
		o.stale = false
		o.e.Refresh()
	}
}

// ready reports a gradient that is missing. Only what has changed since it last
// found none can have made one so.
func (o *Optimizer) ready() error {
	if o.complete {
		return nil
	}
	for _, p := range o.params {
		if p.g.Len() != p.w.Len() && p.g.Len() != p.t.W.Len() && !p.someRows && !p.t.Frozen {
			return fmt.Errorf("parameter %s has no gradient: give one to NewParam, SetGrad or SetRows, or Freeze it", p.name)
		}
	}
	o.complete = true
	return nil
}

// errEmpty is the error of an Optimizer that New has not made.
var errEmpty = errors.New("descent: an empty Optimizer: make one with New")

// usable reports a state in which parameters and states must not change.
func (o *Optimizer) usable() error {
	switch {
	case o.e == nil:
		return errEmpty
	case o.closed:
		return errors.New("descent: the optimizer is closed")
	case o.f != nil:
		return errors.New("descent: a step is under way: the function of StepFunc may compute gradients and call SetGrad, no more")
	case o.evaluating:
		return errors.New("descent: the evaluation weights are in place: call Train first")
	}
	return nil
}
