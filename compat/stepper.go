package compat

import (
	"fmt"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// stepper is a framework's optimizer that is no formula over weights and rows
// and takes one parameter at a time.
type stepper struct {
	name, summary, paper string
	hypers               []formula.Hyper
	states               func(shape []int) []optim.StateSize
	step                 func(t *optim.Tensor) error // sets what is to be subtracted
}

// Name implements optim.Rule.
func (s *stepper) Name() string { return s.name }

// Info implements optim.Rule.
func (s *stepper) Info() (optim.Info, error) {
	return optim.Info{Name: s.name, Summary: s.summary, Paper: s.paper, Hypers: s.hypers}, nil
}

// States implements optim.Stepper.
func (s *stepper) States(shape []int) []optim.StateSize { return s.states(shape) }

// Step implements optim.Stepper.
func (s *stepper) Step(m optim.Model) error {
	for _, t := range m.Tensors() {
		if err := s.step(t); err != nil {
			return fmt.Errorf("parameter %s: %w", t.Name, err)
		}
	}
	return nil
}
