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
	v     float64
	given bool // by an option of For: Optimizer.Set leaves it alone
}

// group is the parameters to which the same patterns of For apply.
type group struct {
	key    string
	values map[string]*value
	mult   map[string]float64
	lazy   bool
	g      *engine.Group
}

// resolve finds the hyperparameters that options name.
func (o *Optimizer) resolve() error {
	o.e.Hyper = map[string]float64{}
	o.all = &group{values: map[string]*value{}, mult: map[string]float64{}, g: &engine.Group{Hyper: o.e.Hyper}}
	for _, h := range o.hypers {
		o.all.values[h.Name] = &value{v: h.Default}
	}
	s := o.settings
	if err := o.assign(o.all, s, false); err != nil {
		return err
	}
	for i, name := range s.live {
		h, err := o.hyper(name)
		if err != nil {
			return fmt.Errorf("Live: %w", err)
		}
		s.live[i] = h.Name
	}
	for i, sc := range s.schedules {
		h, err := o.hyper(sc.name)
		if err != nil {
			return fmt.Errorf("ScheduleOf: %w", err)
		}
		s.schedules[i].name = h.Name
	}
	for _, g := range s.groups {
		trial := &group{values: map[string]*value{}, mult: map[string]float64{}}
		if err := o.assign(trial, g, true); err != nil {
			return fmt.Errorf("For(%q): %w", g.pattern, err)
		}
	}
	return nil
}

// hyper finds a hyperparameter by its name.
func (o *Optimizer) hyper(name string) (*formula.Hyper, error) {
	return o.hypers.find(o.rule.Name(), name)
}

// assign applies options to a group.
func (o *Optimizer) assign(g *group, s *settings, given bool) error {
	for _, a := range s.hyper {
		h, err := o.hyper(a.name)
		if err != nil {
			return err
		}
		v, err := parse(h, a.value)
		if err != nil {
			return err
		}
		g.values[h.Name] = &value{v, given}
	}
	for _, m := range s.mult {
		h, err := o.hyper(m.name)
		if err != nil {
			return err
		}
		if old, ok := g.mult[h.Name]; ok {
			m.factor *= old
		}
		g.mult[h.Name] = m.factor
	}
	return nil
}

// groupFor finds or makes the group of a parameter.
func (o *Optimizer) groupFor(name string) (*group, error) {
	var key strings.Builder
	var applied []*settings
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
	g := &group{key.String(), maps.Clone(o.all.values), maps.Clone(o.all.mult), o.settings.lazy, &engine.Group{Hyper: map[string]float64{}}}
	for _, s := range applied {
		g.lazy = g.lazy || s.lazy
		if err := o.assign(g, s, true); err != nil {
			return nil, err
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
	for name := range g.values {
		if name != "lr" && !slices.Contains(o.settings.live, name) && !o.isScheduled(name) {
			fixed[name] = o.present(g, name, 0)
		}
	}
	return fixed
}

func (o *Optimizer) isScheduled(name string) bool {
	return slices.ContainsFunc(o.settings.schedules, func(s scheduled) bool { return s.name == name })
}

// present is a hyperparameter's value with schedule and multiplier.
func (o *Optimizer) present(g *group, name string, step int) float64 {
	x := g.values[name].v
	for _, s := range o.settings.schedules {
		if s.name == name {
			x *= s.s.At(step)
		}
	}
	if m, ok := g.mult[name]; ok {
		x *= m
	}
	return x
}

// values gives the engine the hyperparameters' values for the step that
// follows so many others. On an error nothing has changed.
func (o *Optimizer) values(step int) error {
	o.next = o.next[:0]
	if err := o.compute(o.all, step); err != nil {
		return err
	}
	for _, g := range o.groups {
		if err := o.compute(g, step); err != nil {
			return err
		}
	}
	o.put(o.all.g, 0)
	for i, g := range o.groups {
		o.put(g.g, i+1)
	}
	return nil
}

// compute appends a group's values, checked, to those for the next step.
func (o *Optimizer) compute(g *group, step int) error {
	for i := range o.hypers {
		h := &o.hypers[i]
		x := o.present(g, h.Name, step)
		if err := h.Check(x); err != nil {
			return fmt.Errorf("%s: at update %d%s: %w%s", o.rule.Name(), step+1, o.member(g), err, warmupHint(h, x))
		}
		o.next = append(o.next, x)
	}
	return nil
}

// put gives the engine the values of the n-th group.
func (o *Optimizer) put(g *engine.Group, n int) {
	for i := range o.hypers {
		g.Hyper[o.hypers[i].Name] = o.next[n*len(o.hypers)+i]
	}
}

// member names a parameter of a group that a For has made.
func (o *Optimizer) member(g *group) string {
	for _, p := range o.params {
		if p.group == g && g.key != "" {
			return ", for parameter " + p.name
		}
	}
	return ""
}

// warmupHint is for rules that divide by a learning rate that a warm-up starts at 0.
func warmupHint(h *formula.Hyper, x float64) string {
	if h.Name == "lr" && x == 0 && h.Range.OpenLo {
		return "; this rule divides by lr: let a warm-up start above 0, and Freeze what must not move"
	}
	return ""
}

// Hyper reads a hyperparameter by name: its value as set, before schedule and
// multipliers, for the parameters that no For sets it for. A choice is the
// number of its place, from 0. A name that the rule has not is an error that
// lists those it has.
func (o *Optimizer) Hyper(name string) (float64, error) {
	if o.e == nil {
		return 0, errEmpty
	}
	h, err := o.hyper(name)
	if err != nil {
		return 0, fmt.Errorf("descent: %w", err)
	}
	return o.all.values[h.Name].v, nil
}

// LR is the learning rate of the next step, with its schedule and the LRMult
// of all parameters; 0 where the rule has none.
func (o *Optimizer) LR() float64 {
	if o.e == nil || o.all.values["lr"] == nil {
		return 0
	}
	return o.present(o.all, "lr", o.e.Updates)
}

// Hypers lists the hyperparameters of the rule, of its links and of the links
// that options such as ClipNorm have put before it.
func (o *Optimizer) Hypers() []formula.Hyper { return slices.Clone([]formula.Hyper(o.hypers)) }

// Set changes a hyperparameter from the next step on, for the parameters that
// no For sets it for. A schedule and multipliers act on the new value. One
// whose value has shaped the program when the optimizer was made, as a 0 that
// removed a term, cannot be changed: declare it with Live. A name that the
// rule has not and a value out of range are errors too, and change nothing.
func (o *Optimizer) Set(name string, v float64) error {
	switch {
	case o.e == nil:
		return errEmpty
	case o.f != nil:
		return o.usable()
	}
	h, err := o.hyper(name)
	if err != nil {
		return fmt.Errorf("descent: %w", err)
	}
	if err := h.Check(v); err != nil {
		return fmt.Errorf("descent: %s: %w", o.rule.Name(), err)
	}
	for _, g := range o.groups {
		old := g.values[h.Name]
		if !old.given && g.g.Used[h.Name] && old.v != v {
			return fmt.Errorf("descent: %s: %s was %s when the optimizer was made, and what that left out is not there: make it with descent.Live(%q) to change it later",
				o.rule.Name(), h.Name, h.FormatValue(old.v), h.Name)
		}
	}
	o.all.values[h.Name].v = v
	return nil
}

func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, ", ") + "?"
}
