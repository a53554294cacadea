package compat

import (
	"fmt"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// torchStepper is one of torch's optimizers that is no formula over weights
// and rows.
type torchStepper struct {
	name, summary, paper string
	hypers               []formula.Hyper
	states               func(shape []int) []optim.StateSize
	step                 func(t *optim.Tensor) error // sets what is to be subtracted
}

// Name implements optim.Rule.
func (s *torchStepper) Name() string { return s.name }

// Info implements optim.Rule.
func (s *torchStepper) Info() (optim.Info, error) {
	return optim.Info{Name: s.name, Summary: s.summary, Paper: s.paper, Hypers: s.hypers}, nil
}

// States implements optim.Stepper.
func (s *torchStepper) States(shape []int) []optim.StateSize { return s.states(shape) }

// Step implements optim.Stepper.
func (s *torchStepper) Step(m optim.Model) error {
	for _, t := range m.Tensors() {
		if err := s.step(t); err != nil {
			return fmt.Errorf("parameter %s: %w", t.Name, err)
		}
	}
	return nil
}
