package descent

import (
	"errors"
	"fmt"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/engine"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// Optimizer moves parameters by a rule. It is used by one goroutine at a time;
// its steps use several themselves. Close it when it is no longer needed.
type Optimizer struct {
	rule     optim.Rule
	settings *settings
	hypers   hypers
	all      *group // the hyperparameters where no For applies
	params   []*param
	byName   map[string]*param
	memory   []span // of the values, sorted
	groups   []*group
	e        *engine.Engine
	next     []float64 // the hyperparameters' values for the next step, group by group

	stale      bool // the engine has yet to be told of a change
	complete   bool // no gradient is missing
	evaluating bool // evaluation weights are in place
	closed     bool

	f      func() (float64, error) // of StepFunc
	call   func() error            // callFunc
	called bool
	loss   float64
}

// NotFiniteError is the error of a step under CheckFinite whose gradients hold
// a NaN or an infinity. Nothing has changed.
type NotFiniteError struct {
	Param   string // the parameter's name
	Element int    // the first such element of its gradient, from 0
	Value   float64
}

// Error names parameter, element and value.
func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("descent: the gradient of %s is %v at element %d; nothing has changed", e.Param, e.Value, e.Element)
}

// New makes an optimizer of a rule for parameters. It reports options that the
// rule has not, values out of range, at a schedule's start too, and parameters
// that do not fit: names given twice, shapes and lengths that differ, memory
// that is shared. The parameters' values are not touched.
func New(rule optim.Rule, params []Param, options ...Option) (*Optimizer, error) {
	o := &Optimizer{rule: rule, settings: &settings{}, byName: map[string]*param{}}
	o.call = o.callFunc
	for _, option := range options {
		if option == nil {
			return nil, errors.New("descent: an option is nil")
		}
		option(o.settings)
	}
	for _, prepare := range []func() error{o.settings.check, o.program, o.resolve} {
		if err := prepare(); err != nil {
			return nil, fmt.Errorf("descent: %w", err)
		}
	}
	if len(params) == 0 {
		return nil, errors.New("descent: no parameters: give New at least one")
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
	if o.rule == nil {
		return errors.New("no rule: give New one of package optim")
	}
	run, err := backend()
	if err != nil {
		return err
	}
	o.e = &engine.Engine{Backend: run.Backend, CheckFinite: s.checkFinite}
	if s.threads != nil {
		o.e.Threads = *s.threads
	}
	if s.seed != nil {
		o.e.Seed = *s.seed
	}
	if s.accumulate != nil {
		o.e.Accumulate = *s.accumulate
	}
	if s.stateType == BF16 {
		o.e.StateType = plan.BF16
	}
	links := s.links(o.rule)
	for i, l := range links {
		if st, ok := l.Rule.(optim.Stepper); ok {
			return o.stepper(links, i, st)
		}
	}
	if s.sharded && s.peers.Size() > 1 {
		o.e.Peers = s.peers
	}
	p, err := optim.Flatten(links)
	if err != nil {
		return err
	}
	info, err := o.rule.Info()
	if err != nil {
		return err
	}
	if info.Link {
		return fmt.Errorf("%s is a link, which does not move weights by gradients: chain it with a rule, as in optim.Chain(optim.Centralize, optim.Adam)", o.rule.Name())
	}
	o.e.Program, o.hypers = p, p.Hypers
	return nil
}

// stepper sets up a rule that is no formula: the links before it are one
// program, and what it subtracts and the links after it are another.
func (o *Optimizer) stepper(links []optim.Link, at int, st optim.Stepper) error {
	if o.settings.stateType != AsComputed {
		return fmt.Errorf("%s is no formula and keeps its states in float64: StateType cannot change that", st.Name())
	}
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
	o.e.Stepper, o.e.Asks = st, info.NeedsFunc
	o.hypers = append(o.hypers, o.e.Program.Hypers...)
	return nil
}

// Step makes one update from the gradients as they are. With Accumulate it
// adds them up, and updates at each n-th call. It reports a gradient that is
// missing, a hyperparameter that its schedule has moved out of range, a rule
// that needs StepFunc, evaluation weights in place and, with CheckFinite, a
// gradient that is no number (*NotFiniteError). On an error nothing has changed.
func (o *Optimizer) Step() error {
	if err := o.usable(); err != nil {
		return err
	}
	return o.step(nil)
}

// StepFunc makes one update with gradients that f computes: f fills the
// gradients for the parameters' present values, which it must not change, and
// returns the loss. Rules that ask for gradients at points of their own
// (NeedsFunc) call it there, once for each; others call it once. StepFunc
// returns the loss of the first call. An error of f ends the step and is
// wrapped in StepFunc's; on an error no value and no state has changed.
func (o *Optimizer) StepFunc(f func() (float64, error)) (loss float64, err error) {
	if f == nil {
		return 0, errors.New("descent: StepFunc was given nil: expected a function that computes loss and gradients")
	}
	if err := o.usable(); err != nil {
		return 0, err
	}
	o.f, o.called, o.loss = f, false, 0
	defer func() { o.f = nil }()
	err = o.step(o.call)
	return o.loss, err
}

// callFunc calls the function of StepFunc and keeps the loss of its first call.
func (o *Optimizer) callFunc() error {
	l, err := o.f()
	if o.e.Loss = l; !o.called {
		o.loss, o.called = l, true
	}
	if err != nil {
		return err
	}
	return o.ready()
}

func (o *Optimizer) step(grads func() error) error {
	if grads == nil && o.NeedsFunc() {
		return fmt.Errorf("descent: %s asks for gradients at points of its own, which Step has not: call StepFunc with a function that computes them%s", o.rule.Name(), o.wayOut())
	}
	if grads == nil {
		if err := o.ready(); err != nil {
			return fmt.Errorf("descent: %w", err)
		}
	}
	if err := o.values(o.e.Updates); err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	o.refresh()
	if err := o.e.Step(grads); err != nil {
		return o.explain(err)
	}
	return nil
}

// explain makes the engine's error the optimizer's.
func (o *Optimizer) explain(err error) error {
	var bad *engine.NotFinite
	if errors.As(err, &bad) {
		return &NotFiniteError{bad.Param, bad.Element, bad.Value}
	}
	return fmt.Errorf("descent: %s: %w", o.rule.Name(), err)
}

// wayOut names the form of the rule for given gradients, where there is one.
func (o *Optimizer) wayOut() string {
	for _, l := range optim.Links(o.rule) {
		switch l.Rule {
		case optim.NAG:
			return ", or use nag-shifted, the form for given gradients"
		case optim.NAdamLookahead:
			return ", or use nadam, the form for given gradients"
		}
	}
	return ""
}

// Updates is the number of updates made; with Accumulate that is fewer than
// calls of Step.
func (o *Optimizer) Updates() int {
	if o.e == nil {
		return 0
	}
	return o.e.Updates
}

// Waiting is the number of gradients that Accumulate has added up since the
// last update; 0 without it.
func (o *Optimizer) Waiting() int {
	if o.e == nil {
		return 0
	}
	return o.e.Waiting()
}

// NeedsFunc reports whether the rule asks for gradients at points of its own,
// so that it needs StepFunc.
func (o *Optimizer) NeedsFunc() bool { return o.e != nil && o.e.AsksForGradients() }

// Rule is the rule that New was given.
func (o *Optimizer) Rule() optim.Rule { return o.rule }

// Backend names what runs the steps and, where that is not the best there is,
// says why: "machine code (AVX-512)", "machine code (AVX2); the processor has
// no AVX-512F", "portable Go; unavailable: DESCENT_JIT=off". All give the same
// bits. The environment variable DESCENT_JIT chooses: avx512, avx2 or off.
func (o *Optimizer) Backend() string {
	if o.e == nil {
		return ""
	}
	run, _ := backend()
	return run.name
}

// Eval puts the weights to evaluate with into the parameters, where the rule
// has others than those it trains: averages, say, given by a line "eval" of
// its formula. For other rules it does nothing. Until Train puts the weights
// back, Step, Add and Restore are errors.
func (o *Optimizer) Eval() error {
	if err := o.usable(); err != nil && !o.evaluating {
		return err
	}
	if err := o.e.Eval(); err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	o.evaluating = o.e.Program.Eval != nil
	return nil
}

// Train puts back, bit for bit, the weights that Eval replaced.
func (o *Optimizer) Train() {
	if o.e == nil {
		return
	}
	o.e.Train()
	o.evaluating = false
}

// Close ends the use of the optimizer; its memory goes with the last reference
// to it. The parameters keep their values, those of training where Eval had replaced
// them. Closing twice does no harm; closing within the function of StepFunc is
// an error.
func (o *Optimizer) Close() error {
	if o.f != nil {
		return o.usable()
	}
	o.Train()
	o.closed = true
	return nil
}
