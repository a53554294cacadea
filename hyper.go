package descent

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/engine"
)

// value is a hyperparameter's present value before schedule and multiplier.
type value struct {
	h     *formula.Hyper
	v     float64
	given bool // by an option of For: Optimizer.Set leaves it alone
}

// group is the parameters to which the same patterns of For apply.
type group struct {
	key    string
	values map[string]*value
	mult   map[string]float64
	g      *engine.Group
}

// resolve finds the hyperparameters that options name.
func (o *Optimizer) resolve() error {
	o.base = map[string]*value{}
	for i := range o.hypers {
		h := &o.hypers[i]
		o.base[h.Name] = &value{h: h, v: h.Default}
	}
	s := o.settings
	if err := o.assign(o.base, s.hyper, false); err != nil {
		return err
	}
	for i, name := range s.live {
		h, err := o.hypers.find(o.rule.Name(), name)
		if err != nil {
			return err
		}
		s.live[i] = h.Name
	}
	for i, sc := range s.schedules {
		h, err := o.hypers.find(o.rule.Name(), sc.name)
		if err != nil {
			return err
		}
		s.schedules[i].name = h.Name
	}
	for _, g := range s.groups {
		if err := o.assign(map[string]*value{}, g.hyper, true); err != nil {
			return fmt.Errorf("For(%q): %w", g.pattern, err)
		}
	}
	o.e.Hyper = map[string]float64{}
	return nil
}

func (o *Optimizer) assign(into map[string]*value, list []assignment, given bool) error {
	for _, a := range list {
		h, err := o.hypers.find(o.rule.Name(), a.name)
		if err != nil {
			return err
		}
		v, err := parse(h, a.value)
		if err != nil {
			return err
		}
		into[h.Name] = &value{h, v, given}
	}
	return nil
}

// groupFor finds or makes the group of a parameter.
func (o *Optimizer) groupFor(name string) (*group, error) {
	var key strings.Builder
	applied := []*settings{o.settings}
	for i, s := range o.settings.groups {
		if matches(s.pattern, name) {
			fmt.Fprintf(&key, "%d,", i)
			applied = append(applied, s)
		}
	}
	for _, g := range o.groups {
		if g.key == key.String() {
			return g, nil
		}
	}
	g := &group{key: key.String(), values: maps.Clone(o.base), mult: map[string]float64{}, g: &engine.Group{Hyper: map[string]float64{}}}
	for _, s := range applied[1:] {
		if err := o.assign(g.values, s.hyper, true); err != nil {
			return nil, err
		}
	}
	for _, s := range applied {
		for _, m := range s.mult {
			h, err := o.hypers.find(o.rule.Name(), m.name)
			if err != nil {
				return nil, err
			}
			if old, ok := g.mult[h.Name]; ok {
				m.factor *= old
			}
			g.mult[h.Name] = m.factor
		}
	}
	g.g.Fixed = o.fixed(g)
	o.groups = append(o.groups[:len(o.groups):len(o.groups)], g)
	return g, nil
}

// fixed is the hyperparameters of a group whose values will not change: all
// but lr, those with a schedule and those declared live.
func (o *Optimizer) fixed(g *group) map[string]float64 {
	fixed := map[string]float64{}
	for name, v := range g.values {
		if name != "lr" && !slices.Contains(o.settings.live, name) && !o.isScheduled(name) {
			fixed[name] = o.present(g, v, 0)
		}
	}
	return fixed
}

func (o *Optimizer) isScheduled(name string) bool {
	return slices.ContainsFunc(o.settings.schedules, func(s scheduled) bool { return s.name == name })
}

// present is a hyperparameter's value with schedule and multiplier.
func (o *Optimizer) present(g *group, v *value, step int) float64 {
	x := v.v
	for _, s := range o.settings.schedules {
		if s.name == v.h.Name {
			x *= s.s.At(step)
		}
	}
	if m, ok := g.mult[v.h.Name]; ok {
		x *= m
	}
	return x
}

// values gives the engine the hyperparameters' values for a step, checked.
func (o *Optimizer) values(step int) error {
	for _, g := range o.groups {
		for name, v := range g.values {
			x := o.present(g, v, step)
			if old, ok := g.g.Hyper[name]; ok && old == x {
				continue
			}
			if err := v.h.Check(x); err != nil {
				return fmt.Errorf("%s: after %d updates %w%s", o.rule.Name(), step, err, o.warmupHint(v.h, x))
			}
			g.g.Hyper[name] = x
		}
	}
	for name, v := range o.base {
		o.e.Hyper[name] = o.present(&group{}, v, step)
	}
	return nil
}

// warmupHint is for rules that divide by a learning rate that a warm-up starts at 0.
func (o *Optimizer) warmupHint(h *formula.Hyper, x float64) string {
	if h.Name == "lr" && x == 0 && h.Range.OpenLo {
		return "; the rule divides by lr, so a schedule must not make it 0: let a warm-up start above"
	}
	return ""
}

// Hyper reads a hyperparameter: its value as set, before schedule and
// multipliers, for the parameters that no For sets it for.
func (o *Optimizer) Hyper(name string) (float64, error) {
	h, err := o.hypers.find(o.rule.Name(), name)
	if err != nil {
		return 0, fmt.Errorf("descent: %w", err)
	}
	return o.base[h.Name].v, nil
}

// LR is the learning rate of the next step, with its schedule; 0 where the rule has none.
func (o *Optimizer) LR() float64 {
	v := o.base["lr"]
	if v == nil {
		return 0
	}
	return o.present(&group{}, v, o.e.Updates)
}

// Hypers lists the rule's hyperparameters, those of links too.
func (o *Optimizer) Hypers() []formula.Hyper { return slices.Clone([]formula.Hyper(o.hypers)) }

// Set changes a hyperparameter from the next step on, for the parameters that
// no For sets it for. One whose term was removed because it was 0 when the
// optimizer was made cannot be changed: declare it with Live.
func (o *Optimizer) Set(name string, v float64) error {
	h, err := o.hypers.find(o.rule.Name(), name)
	if err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	if err := h.Check(v); err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	for _, g := range o.groups {
		old := g.values[h.Name]
		if !old.given && g.g.Used[h.Name] && old.v != v {
			return fmt.Errorf("descent: %s was %s when the optimizer was made, which has shaped it: make it with descent.Live(%q) to change it later", h.Name, h.FormatValue(old.v), h.Name)
		}
	}
	o.base[h.Name].v = v
	return nil
}

func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, ", ") + "?"
}
