package compat

import "github.com/descent-go/descent/formula"

// stepper ends the making of an optimizer that is a stepper with what its
// hyperparameters are set to.
func (c *optaxChain) stepper(s *stepper, settings ...setting) made {
	s.summary = "Optax's " + s.name + "."
	for _, set := range settings {
		s.hypers = append(s.hypers, formula.Hyper{Name: set.name}) // optax checks no ranges
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
