package compat

import "fmt"

// Objective is a function whose gradient is taken wherever a rule asks for it,
// of all parameters' weights in order.
type Objective struct {
	Name string // quadratic or rosenbrock
	A, B Array  // of quadratic, one a weight
}

// check reports what does not fit a number of weights.
func (o *Objective) check(weights int) error {
	switch o.Name {
	case "quadratic":
		if len(o.A) != weights || len(o.B) != weights {
			return fmt.Errorf("quadratic has %d a and %d b for %d weights", len(o.A), len(o.B), weights)
		}
	case "rosenbrock":
		if weights != 2 {
			return fmt.Errorf("rosenbrock is a function of 2 weights, there are %d", weights)
		}
	default:
		return fmt.Errorf("unknown function %q: expected quadratic or rosenbrock", o.Name)
	}
	return nil
}

// at gives the value at w and sets the gradient g.
func (o *Objective) at(w, g []float64) float64 {
	if o.Name == "rosenbrock" {
		x, y := w[0], w[1]
		d := y - x*x
		g[0] = -2*(1-x) - 400*x*d
		g[1] = 200 * d
		return (1-x)*(1-x) + 100*d*d
	}
	f := 0.0
	for i := range w {
		d := w[i] - o.B[i]
		g[i] = o.A[i] * d
		f += g[i] * d / 2
	}
	return f
}
