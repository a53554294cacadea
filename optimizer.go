package descent

import (
	"errors"
	"fmt"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/engine"
	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// Optimizer moves parameters by a rule. It is used by one goroutine at a time.
type Optimizer struct {
	rule     optim.Rule
	settings *settings
	hypers   hypers
	base     map[string]*value // the hyperparameters of all parameters
	params   []*param
	groups   []*group
	e        *engine.Engine

	f      func() (float64, error) // of StepFunc
	call   func() error            // callFunc
	called bool
	loss   float64
}

// param is a parameter and its place in the engine.
type param struct {
	Param
	t     *engine.Tensor
	group *group
}

// New makes an optimizer of a rule for parameters. It reports options that the
// rule has not, values out of range and parameters that do not fit.
func New(rule optim.Rule, params []Param, options ...Option) (*Optimizer, error) {
	if rule == nil {
		return nil, errors.New("descent: no rule: give New one of package optim")
	}
	o := &Optimizer{rule: rule, settings: &settings{}}
	o.call = o.callFunc
	for _, option := range options {
		option(o.settings)
	}
	if err := o.settings.check(); err != nil {
		return nil, err
	}
	if err := o.program(); err != nil {
		return nil, fmt.Errorf("descent: %w", err)
	}
	if err := o.resolve(); err != nil {
		return nil, fmt.Errorf("descent: %w", err)
	}
	if err := o.Add(params...); err != nil {
		return nil, err
	}
	return o, nil
}

// program makes the engine with the rule's program, taken apart where the rule
// is no formula.
func (o *Optimizer) program() error {
	s := o.settings
	o.e = &engine.Engine{Backend: interp.Backend{}, CheckFinite: s.checkFinite}
	if s.threads != nil {
		o.e.Threads = *s.threads
	}
	if s.seed != nil {
		o.e.Seed = *s.seed
	}
	if s.accumulate != nil {
		o.e.Accumulate = *s.accumulate
	}
	links := s.links(o.rule)
	for i, l := range links {
		if st, ok := l.Rule.(optim.Stepper); ok {
			return o.stepper(links, i, st)
		}
	}
	p, err := optim.Flatten(links)
	if err != nil {
		return err
	}
	if !p.Assigns("w") {
		return fmt.Errorf("%s is a link, which changes gradients or steps only: chain it with a rule, as in optim.Chain(optim.Centralize, optim.Adam)", o.rule.Name())
	}
	o.e.Program, o.hypers = p, p.Hypers
	return nil
}

// stepper sets up a rule that is no formula: the links before it are one
// program, and what it subtracts and the links after it are another.
func (o *Optimizer) stepper(links []optim.Link, at int, st optim.Stepper) error {
	info, err := st.Info()
	if err != nil {
		return err
	}
	if at > 0 {
		if o.e.Before, err = optim.Flatten(links[:at]); err != nil {
			return err
		}
		o.hypers = append(o.hypers, o.e.Before.Hypers...)
	}
	subtract := &formula.Program{Name: st.Name(), Hypers: info.Hypers, Body: []formula.Stmt{{Name: "w", X: &formula.Expr{Op: formula.Sub, Args: []*formula.Expr{
		{Op: formula.Var, Name: "w"}, {Op: formula.Var, Name: engine.Taken}}}}}}
	after := []formula.Link{{Program: subtract}}
	for _, l := range links[at+1:] {
		f, ok := l.Rule.(*optim.Formula)
		if !ok {
			return fmt.Errorf("%s: a chain can hold one rule that is no formula", o.rule.Name())
		}
		p, err := f.Program()
		if err != nil {
			return err
		}
		after = append(after, formula.Link{Prefix: l.Prefix, Program: p})
	}
	if o.e.Program, err = formula.Flatten(after); err != nil {
		return err
	}
	o.e.Stepper = st
	o.hypers = append(o.hypers, o.e.Program.Hypers...)
	return nil
}

// Add adds parameters; their states start anew and their t at 0. On an error
// nothing has changed.
func (o *Optimizer) Add(params ...Param) error {
	all := make([]Param, 0, len(o.params)+len(params))
	for _, p := range o.params {
		all = append(all, p.Param)
	}
	if err := checkParams(append(all, params...)); err != nil {
		return err
	}
	kept, groups := o.params, o.groups
	for _, p := range params {
		g, err := o.groupFor(p.name)
		if err != nil {
			o.params, o.groups = kept, groups
			return fmt.Errorf("descent: parameter %s: %w", p.name, err)
		}
		t := &engine.Tensor{Name: p.name, Shape: p.shape, W: p.w, G: p.g, Group: g.g}
		o.params = append(o.params[:len(o.params):len(o.params)], &param{p, t, g})
	}
	if err := o.set(); err != nil {
		o.params, o.groups = kept, groups
		return fmt.Errorf("descent: %w", err)
	}
	return nil
}

// set gives the engine the present groups and tensors.
func (o *Optimizer) set() error {
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

// Step makes one update from the gradients as they are. With Accumulate it
// adds them, and updates each n-th time. On an error nothing has changed.
func (o *Optimizer) Step() error { return o.step(nil) }

// StepFunc makes one update with gradients that f computes: f fills the
// gradients for the parameters' present values, which it must not change, and
// returns the loss. Rules that ask for gradients at points of their own call
// it there. StepFunc returns the loss of the first call.
func (o *Optimizer) StepFunc(f func() (float64, error)) (loss float64, err error) {
	o.f, o.called = f, false
	err = o.step(o.call)
	return o.loss, err
}

// callFunc calls the function of StepFunc and keeps the loss of its first call.
func (o *Optimizer) callFunc() error {
	l, err := o.f()
	if o.e.Loss = l; !o.called {
		o.loss, o.called = l, true
	}
	return err
}

func (o *Optimizer) step(grads func() error) error {
	if grads == nil {
		for _, p := range o.params {
			if p.g.Len() != p.w.Len() && !p.t.Frozen {
				return fmt.Errorf("descent: parameter %s has no gradient: give one to NewParam or SetGrad, or Freeze it", p.name)
			}
		}
	}
	if err := o.values(o.e.Updates); err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	err := o.e.Step(grads)
	if errors.Is(err, engine.ErrNeedsGradients) {
		return fmt.Errorf("descent: %s: %w: call StepFunc with a function that computes them%s", o.rule.Name(), err, o.wayOut())
	}
	if err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	return nil
}

// wayOut names the form of the rule for given gradients, where there is one.
func (o *Optimizer) wayOut() string {
	switch o.rule {
	case optim.NAG:
		return ", or use nag-shifted, the form for given gradients"
	case optim.NAdamLookahead:
		return ", or use nadam, the form for given gradients"
	}
	return ""
}

// Updates is the number of updates made; with Accumulate that is fewer than calls of Step.
func (o *Optimizer) Updates() int { return o.e.Updates }

// NeedsFunc reports whether the rule asks for gradients at points of its own,
// so that it needs StepFunc.
func (o *Optimizer) NeedsFunc() bool { return o.e.AsksForGradients() }

// Rule is the rule.
func (o *Optimizer) Rule() optim.Rule { return o.rule }

// Backend says what runs the steps.
func (o *Optimizer) Backend() string { return o.e.Backend.Name() }

// Eval puts the weights to evaluate with into the parameters, where the rule
// has others than those it trains (averages, say). Train puts the weights back.
func (o *Optimizer) Eval() error {
	if err := o.e.Eval(); err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	return nil
}

// Train puts back the weights that Eval replaced.
func (o *Optimizer) Train() { o.e.Train() }

// Freeze lets the parameters whose names match the pattern rest: steps neither
// move them nor count for them. Unfreeze ends it.
func (o *Optimizer) Freeze(pattern string) error { return o.freeze(pattern, true) }

// Unfreeze lets parameters take part in steps again.
func (o *Optimizer) Unfreeze(pattern string) error { return o.freeze(pattern, false) }

func (o *Optimizer) freeze(pattern string, frozen bool) error {
	found := false
	for _, p := range o.params {
		if matches(pattern, p.name) {
			p.t.Frozen, found = frozen, true
		}
	}
	if !found {
		return fmt.Errorf("descent: no parameter matches %q", pattern)
	}
	o.e.Refresh()
	return nil
}

// SetGrad gives a parameter other memory for its gradient, as frameworks do
// that make gradients anew at each step.
func SetGrad[G Float](o *Optimizer, name string, grad []G) error {
	return o.replace(name, vector(grad), "gradient", func(p *param, v plan.Vector) { p.g, p.t.G = v, v })
}

// SetSeen says at which weights a parameter's gradient was taken, where these
// are not its present ones because workers are asynchronous. Rules such as
// optim.DCASGD use it. nil means the present ones.
func SetSeen[V Float](o *Optimizer, name string, weights []V) error {
	if weights == nil {
		p, err := o.param(name)
		if err == nil {
			p.t.Seen = plan.Vector{}
			o.e.Refresh()
		}
		return err
	}
	return o.replace(name, vector(weights), "seen weights", func(p *param, v plan.Vector) { p.t.Seen = v })
}

func (o *Optimizer) replace(name string, v plan.Vector, what string, put func(*param, plan.Vector)) error {
	p, err := o.param(name)
	if err != nil {
		return err
	}
	if v.Len() != p.w.Len() {
		return fmt.Errorf("descent: parameter %s: the value has %d weights, the %s %d", name, p.w.Len(), what, v.Len())
	}
	put(p, v)
	o.e.Refresh()
	return nil
}

func (o *Optimizer) param(name string) (*param, error) {
	for _, p := range o.params {
		if p.name == name {
			return p, nil
		}
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
		clear(p.g.F32)
		clear(p.g.F64)
	}
}

// Close gives back what the optimizer holds beyond its memory. The parameters
// keep their values.
func (o *Optimizer) Close() error {
	o.e.Train()
	return nil
}
