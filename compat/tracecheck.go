package compat

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// most is how many weights a parameter of a recording may have.
const most = min(1<<40, math.MaxInt)

var dtypes = []string{"float32", "float64", "float16", "bfloat16"}

// check reports the first thing that does not fit.
func (t *Trace) check() error {
	if !slices.Contains(dtypes, t.DType) {
		return fmt.Errorf("unknown dtype %q: expected %s", t.DType, strings.Join(dtypes, ", "))
	}
	if t.Peer == "" || t.Optimizer == "" {
		return errors.New("peer or optimizer is missing: they say what was recorded")
	}
	if t.Tolerance == (Tolerance{-1, -1}) {
		return errors.New("no tolerance: expected one as in {\"rtol\": 1e-6, \"atol\": 1e-7}")
	}
	if err := t.Tolerance.check(); err != nil {
		return err
	}
	if t.MasterTolerance != nil {
		if err := t.MasterTolerance.check(); err != nil {
			return fmt.Errorf("master_%w", err)
		}
	}
	if err := t.checkParams(); err != nil {
		return err
	}
	if len(t.Steps) == 0 {
		return errors.New("no steps")
	}
	if t.Objective != nil {
		if err := t.Objective.check(t.weights()); err != nil {
			return fmt.Errorf("objective: %w", err)
		}
	}
	for i := range t.Steps {
		if err := t.checkStep(&t.Steps[i]); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func (t Tolerance) check() error {
	if t.RTol < 0 || t.ATol < 0 { // JSON has neither NaN nor infinity
		return fmt.Errorf("tolerance rtol %v, atol %v: expected two numbers that are not negative", t.RTol, t.ATol)
	}
	return nil
}

func (t *Trace) checkParams() error {
	if len(t.Params) == 0 {
		return errors.New("no params")
	}
	names := map[string]bool{}
	for i, p := range t.Params {
		if p.Name == "" || names[p.Name] {
			return fmt.Errorf("parameter %d: the name %q is empty or there already", i, p.Name)
		}
		if strings.ContainsAny(p.Name, "*?") {
			return fmt.Errorf("parameter %s: a name with * or ?, which stand for other characters where parameters are chosen by name", p.Name)
		}
		names[p.Name] = true
		size, err := p.size()
		if err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		if len(p.Value) != size {
			return fmt.Errorf("parameter %s: shape %v means %d weights, the value has %d", p.Name, p.Shape, size, len(p.Value))
		}
	}
	return nil
}

// size is the number of weights that the shape means.
func (p *TraceParam) size() (int, error) {
	size := 1
	for _, n := range p.Shape {
		if n < 1 || n > most/size {
			return 0, fmt.Errorf("shape %v: expected dimensions of at least 1, and at most %d weights", p.Shape, most)
		}
		size *= n
	}
	return size, nil
}

// weights is how many weights the parameters have together.
func (t *Trace) weights() int {
	n := 0
	for _, p := range t.Params {
		n += len(p.Value)
	}
	return n
}

func (t *Trace) checkStep(s *TraceStep) error {
	if err := t.checkValues(s.Values, "value"); err != nil {
		return err
	}
	if s.Master != nil {
		if t.MasterTolerance == nil {
			return errors.New("master copies without a master_tolerance")
		}
		if err := t.checkValues(s.Master, "master copy"); err != nil {
			return err
		}
	}
	if t.Objective != nil {
		if s.Grads != nil {
			return errors.New("gradients beside an objective: expected one of the two")
		}
		return nil
	}
	if len(s.Grads) != len(t.Params) {
		return fmt.Errorf("%d gradients for %d parameters, and no objective", len(s.Grads), len(t.Params))
	}
	for i, g := range s.Grads {
		if err := g.check(&t.Params[i]); err != nil {
			return fmt.Errorf("parameter %s: %w", t.Params[i].Name, err)
		}
	}
	return nil
}

// checkValues checks what there is one of for every parameter.
func (t *Trace) checkValues(values []Array, what string) error {
	if len(values) != len(t.Params) {
		return fmt.Errorf("%d times a %s for %d parameters", len(values), what, len(t.Params))
	}
	for i, p := range t.Params {
		if len(values[i]) != len(p.Value) {
			return fmt.Errorf("parameter %s: the %s has %d weights, expected %d", p.Name, what, len(values[i]), len(p.Value))
		}
	}
	return nil
}

func (g *TraceGrad) check(p *TraceParam) error {
	switch {
	case g == nil:
		return nil
	case g.Rows == nil && len(g.Values) != len(p.Value):
		return fmt.Errorf("the gradient has %d values, expected %d", len(g.Values), len(p.Value))
	case g.Rows == nil:
		return nil
	case len(p.Shape) == 0:
		return errors.New("a row-sparse gradient for a single number, which has no rows")
	}
	for _, r := range g.Rows {
		if r < 0 || r >= p.Shape[0] {
			return fmt.Errorf("row %d of a gradient with rows 0 to %d", r, p.Shape[0]-1)
		}
	}
	if row := len(p.Value) / p.Shape[0]; len(g.Values) != len(g.Rows)*row {
		return fmt.Errorf("the gradient has %d values, expected %d for %d rows of %d", len(g.Values), len(g.Rows)*row, len(g.Rows), row)
	}
	return nil
}
