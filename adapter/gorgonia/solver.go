// Package descentgorgonia trains Gorgonia programs with the rules of descent: a
// [Solver] is a gorgonia.Solver, so that a program changes the line that makes
// its solver and nothing else.
//
//	import descentgorgonia "github.com/descent-go/descent/adapter/gorgonia"
//
//	solver, err := descentgorgonia.NewSolver(optim.AdamW, descent.LR(1e-3))
//	...
//	err = solver.Step(gorgonia.NodesToValueGrads(model))
package descentgorgonia

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	// Gorgonia's tensor package panics at start-up on a Go release that this
	// package, in the version that Gorgonia asks for, has not heard of; the newest
	// version knows them all. Importing it keeps that version in go.mod.
	_ "go4.org/unsafe/assume-no-moving-gc"
	"gorgonia.org/gorgonia"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Solver is a gorgonia.Solver that moves parameters by a rule of descent. It
// knows them by the names of their nodes, so these must differ. It is used by
// one goroutine at a time.
type Solver struct {
	rule    optim.Rule
	options []descent.Option
	opt     *descent.Optimizer // nil before the first step
	known   map[string]*place
}

var _ gorgonia.Solver = (*Solver)(nil)

// place is where a parameter's numbers were last seen.
type place struct{ value, grad memory }

// NewSolver makes a solver of a rule. It reports options that the rule has not
// and values out of range. The parameters are those of the first step.
func NewSolver(rule optim.Rule, options ...descent.Option) (*Solver, error) {
	trial := descent.NewParam("trial", make([]float32, 1), make([]float32, 1))
	opt, err := descent.New(rule, []descent.Param{trial}, options...)
	if err != nil {
		return nil, err
	}
	return &Solver{rule: rule, options: options, known: map[string]*place{}}, opt.Close()
}

// Step makes one update from the gradients that a machine has left in the
// nodes, and sets them to 0 for the next run to add to, as Gorgonia's own
// solvers do. Nodes that no earlier step had are added, with states that start
// anew; none may be left out. On an error nothing has changed.
//
// A rule that asks for gradients at points of its own, such as optim.NAG, is
// an error here: use [Solver.StepFunc], or its form for given gradients.
func (s *Solver) Step(model []gorgonia.ValueGrad) error {
	if err := s.attach(model); err != nil {
		return err
	}
	if err := s.follow(model); err != nil {
		return err
	}
	if err := s.opt.Step(); err != nil {
		return err
	}
	zero(model)
	return nil
}

// StepFunc makes one update with gradients that run computes: it runs the
// machine once for the values as they are, resets it and returns the loss.
// Every rule works with it. StepFunc returns the loss of the first call.
func (s *Solver) StepFunc(model []gorgonia.ValueGrad, run func() (float64, error)) (loss float64, err error) {
	if err := s.attach(model); err != nil {
		return 0, err
	}
	loss, err = s.opt.StepFunc(func() (float64, error) {
		zero(model)
		loss, err := run()
		if err != nil {
			return loss, err
		}
		return loss, s.follow(model)
	})
	if err == nil {
		zero(model)
	}
	return loss, err
}

// Optimizer is what does the work: it reads and changes hyperparameters, and
// has the states. It is nil before the first step.
func (s *Solver) Optimizer() *descent.Optimizer { return s.opt }

// attach makes the optimizer, or adds the nodes it does not know.
func (s *Solver) attach(model []gorgonia.ValueGrad) error {
	var added []gorgonia.ValueGrad
	places := map[string]*place{}
	for i, n := range model {
		name, err := nameOf(i, n)
		if err != nil {
			return err
		}
		if places[name] != nil {
			return fmt.Errorf("descentgorgonia: two parameters are named %s: names tie them to their states: give nodes different ones by gorgonia.WithName", name)
		}
		value, err := memoryOf(n.Value())
		if err != nil {
			return fmt.Errorf("descentgorgonia: %s: the value: %w", name, err)
		}
		places[name] = &place{value: value}
		if old := s.known[name]; old == nil {
			added = append(added, n)
		} else if !old.value.is(value) {
			return fmt.Errorf("descentgorgonia: the value of %s is not where it was in the last step: set weights by copying into the value that the node has, not by giving it another", name)
		}
	}
	if err := s.missing(places); err != nil || s.opt != nil && len(added) == 0 {
		return err
	}
	params, err := Params(added)
	if err != nil {
		return err
	}
	if s.opt == nil {
		s.opt, err = descent.New(s.rule, params, s.options...)
	} else {
		err = s.opt.Add(params...)
	}
	if err != nil {
		return err
	}
	for _, n := range added {
		name := n.(gorgonia.Namer).Name()
		s.known[name] = places[name]
	}
	return nil
}

// missing reports a known parameter that a step leaves out.
func (s *Solver) missing(places map[string]*place) error {
	for _, name := range slices.Sorted(maps.Keys(s.known)) {
		if places[name] == nil {
			return fmt.Errorf("descentgorgonia: %s was in an earlier step and is not in this one: use a Solver for each set of parameters, or Optimizer().Freeze for those that rest", name)
		}
	}
	return nil
}

// follow gives the optimizer the gradients where they are now.
func (s *Solver) follow(model []gorgonia.ValueGrad) error {
	for i, n := range model {
		name, err := nameOf(i, n)
		if err != nil {
			return err
		}
		grad, err := n.Grad()
		if err == nil && grad == nil {
			err = errors.New("there is none")
		}
		if err != nil {
			return fmt.Errorf("descentgorgonia: %s: the gradient: %w: run a machine made with gorgonia.BindDualValues, and gorgonia.Grad before it", name, err)
		}
		g, err := memoryOf(grad)
		if err == nil {
			err = s.put(name, g)
		}
		if err != nil {
			return fmt.Errorf("descentgorgonia: %s: the gradient: %w", name, err)
		}
	}
	return nil
}

// put gives the optimizer a gradient that has moved.
func (s *Solver) put(name string, g memory) error {
	p := s.known[name]
	if p.grad.is(g) {
		return nil
	}
	if (g.f32 == nil) != (p.value.f32 == nil) {
		return errors.New("it is of another type than the value, expected both float32 or both float64")
	}
	var err error
	if g.f32 != nil {
		err = descent.SetGrad(s.opt, name, g.f32)
	} else {
		err = descent.SetGrad(s.opt, name, g.f64)
	}
	if err == nil {
		p.grad = g
	}
	return err
}

// zero sets the gradients that there are to 0.
func zero(model []gorgonia.ValueGrad) {
	for _, n := range model {
		if g, err := n.Grad(); err == nil && g != nil {
			gorgonia.ZeroValue(g)
		}
	}
}
