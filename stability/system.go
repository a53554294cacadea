package stability

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// System is a rule with its hyperparameters on the loss h*x^2/2.
type System struct {
	name      string
	curvature float64
	program   *formula.Program
	values    map[string]float64 // of all hyperparameters
}

// Open puts a rule on the loss h*x^2/2 of a curvature h above 0. Values are
// those of hyperparameters that shall not have their defaults, by their names;
// in a chain the name alone will do where only one link has it. It is an error
// where the rule is no formula or only a link, a name is unknown or a value is
// out of range.
func Open(rule optim.Rule, curvature float64, values map[string]float64) (*System, error) {
	if rule == nil {
		return nil, fmt.Errorf("stability: no rule: give one of package optim")
	}
	if !(curvature > 0) || math.IsInf(curvature, 0) {
		return nil, fmt.Errorf("stability: curvature %v: expected a finite number above 0", curvature)
	}
	for _, l := range optim.Links(rule) {
		if _, ok := l.Rule.(optim.Stepper); ok {
			return nil, fmt.Errorf("stability: %s is no formula to read: expected one, or a chain of formulas", l.Rule.Name())
		}
	}
	p, err := optim.Flatten(optim.Links(rule))
	if err != nil {
		return nil, fmt.Errorf("stability: %w", err)
	}
	if info, err := rule.Info(); err != nil || info.Link {
		return nil, fmt.Errorf("stability: %s does not move weights by itself: chain it with a rule, as in %s+adam", rule.Name(), rule.Name())
	}
	s := &System{name: rule.Name(), curvature: curvature, program: p, values: map[string]float64{}}
	for _, h := range p.Hypers {
		s.values[h.Name] = h.Default
	}
	return s.With(values)
}

// With is the system with other values of some hyperparameters.
func (s *System) With(values map[string]float64) (*System, error) {
	with := *s
	with.values = maps.Clone(s.values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		h, err := s.Hyper(name)
		if err != nil {
			return nil, err
		}
		if err := h.Check(values[name]); err != nil {
			return nil, fmt.Errorf("stability: %w", err)
		}
		with.values[h.Name] = values[name]
	}
	return &with, nil
}

// Name is what the rule is called.
func (s *System) Name() string { return s.name }

// Curvature is h of the loss h*x^2/2.
func (s *System) Curvature() float64 { return s.curvature }

// Hypers lists the hyperparameters with their ranges.
func (s *System) Hypers() []formula.Hyper { return slices.Clone(s.program.Hypers) }

// Hyper finds a hyperparameter by its name, in a chain also without that of its
// link. One that is not there is an error that lists those that are.
func (s *System) Hyper(name string) (*formula.Hyper, error) {
	var names, found []string
	for i, h := range s.program.Hypers {
		if h.Name == name {
			return &s.program.Hypers[i], nil
		}
		if strings.HasSuffix(h.Name, "."+name) {
			found = append(found, h.Name)
		}
		names = append(names, h.Name)
	}
	switch {
	case len(found) == 1:
		return s.program.Hyper(found[0]), nil
	case len(names) == 0:
		return nil, fmt.Errorf("stability: %s has no hyperparameters", s.name)
	case len(found) == 0:
		return nil, fmt.Errorf("stability: %s has no hyperparameter %s: it has %s", s.name, name, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("stability: several links of %s have a hyperparameter %s: name one of %s", s.name, name, strings.Join(found, ", "))
}

// Value is that of a hyperparameter, NaN where there is none of that name.
func (s *System) Value(name string) float64 {
	h, err := s.Hyper(name)
	if err != nil {
		return math.NaN()
	}
	return s.values[h.Name]
}
