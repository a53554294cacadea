package compat

import (
	"math"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// optaxStepper is an optimizer of optax's that is no formula over weights and rows.
type optaxStepper struct {
	name   string
	hypers []string
	states func(shape []int) []optim.StateSize
	// step sets what is to be subtracted from one parameter's weights.
	step func(t *optim.Tensor)
}

// Name implements optim.Rule.
func (s *optaxStepper) Name() string { return s.name }

// Info implements optim.Rule.
func (s *optaxStepper) Info() (optim.Info, error) {
	info := optim.Info{Name: s.name, Summary: "Optax's " + s.name + "."}
	anything := formula.Range{Lo: math.Inf(-1), Hi: math.Inf(1), OpenLo: true, OpenHi: true}
	for _, name := range s.hypers {
		info.Hypers = append(info.Hypers, formula.Hyper{Name: name, Range: anything})
	}
	return info, nil
}

// States implements optim.Stepper.
func (s *optaxStepper) States(shape []int) []optim.StateSize { return s.states(shape) }

// Step implements optim.Stepper.
func (s *optaxStepper) Step(m optim.Model) error {
	for _, t := range m.Tensors() {
		s.step(t)
	}
	return nil
}

// stepper ends the making of an optimizer that is a stepper with what its
// hyperparameters are set to.
func (c *optaxChain) stepper(s *optaxStepper, settings ...setting) made {
	for _, set := range settings {
		s.hypers = append(s.hypers, set.name)
	}
	return made{s, settings, c.extra}
}

// optaxAxis is a dimension of an array that is stored row by row.
type optaxAxis struct{ n, stride int }

func optaxAxisOf(shape []int, i int) optaxAxis { return optaxAxis{shape[i], weights(shape[i+1:])} }

// at is an element's place along the axis.
func (a optaxAxis) at(i int) int { return i / a.stride % a.n }

// without is an element's place in the array that lacks the axis.
func (a optaxAxis) without(i int) int { return i/(a.stride*a.n)*a.stride + i%a.stride }
