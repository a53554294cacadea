package lab

import (
	"maps"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// Runner is a rule with its hyperparameters: one built in, by name, or a
// formula typed. Hyperparameters that are left out have their defaults; a
// choice is the number of its place.
type Runner struct {
	Rule   string             `json:"rule"`
	Text   string             `json:"text"`
	Hypers map[string]float64 `json:"hypers"`
}

// typedName is what a typed formula is called.
const typedName = "formula"

// open finds the rule or parses the formula, as it is: a link stays one. What
// is too large is a fault.
func (r Runner) open() (optim.Rule, error) {
	rule, err := r.lookup()
	if err != nil || stepperIn(rule) {
		return rule, err
	}
	p, err := program(rule)
	if err != nil {
		return nil, err
	}
	return rule, small(p)
}

// lookup is open without the check of size.
func (r Runner) lookup() (optim.Rule, error) {
	if (r.Rule == "") == (r.Text == "") {
		return nil, faultf("text", "expected either a formula or the name of a rule")
	}
	if err := short("text", r.Text, limits.Text); err != nil {
		return nil, err
	}
	if err := short("rule", r.Rule, limits.Surface); err != nil {
		return nil, err
	}
	if r.Text != "" {
		f, err := optim.Parse(typedName, r.Text)
		if err != nil {
			return nil, asFault("text", err)
		}
		return f, nil
	}
	rule, err := optim.Lookup(r.Rule)
	if err != nil {
		return nil, asFault("rule", err)
	}
	return rule, nil
}

// make gives the rule, a link chained with sgd, and its options, checked.
func (r Runner) make() (optim.Rule, []descent.Option, error) {
	rule, err := r.open()
	if err != nil {
		return nil, nil, err
	}
	if rule, err = whole(rule); err != nil {
		return nil, nil, err
	}
	info, err := rule.Info()
	if err != nil {
		return nil, nil, asFault("text", err)
	}
	var options []descent.Option
	for _, name := range slices.Sorted(maps.Keys(r.Hypers)) {
		h := find(info.Hypers, name)
		if h == nil {
			return nil, nil, hyperFault(name, faultf("hyper", "%s has no hyperparameter %s", rule.Name(), name))
		}
		v := r.Hypers[name]
		if err := h.Check(v); err != nil {
			return nil, nil, hyperFault(name, err)
		}
		options = append(options, set(h, v))
	}
	return rule, options, nil
}

// set is the option that gives a hyperparameter its value.
func set(h *formula.Hyper, v float64) descent.Option {
	if len(h.Range.Choices) > 0 {
		return descent.Set(h.Name, h.FormatValue(v))
	}
	return descent.Set(h.Name, v)
}

// find finds a hyperparameter, nil where there is none.
func find(hypers []formula.Hyper, name string) *formula.Hyper {
	i := slices.IndexFunc(hypers, func(h formula.Hyper) bool { return h.Name == name })
	if i < 0 {
		return nil
	}
	return &hypers[i]
}

// hyperFault is the fault of a hyperparameter.
func hyperFault(name string, err error) *Fault {
	f := *asFault("hyper", err)
	f.Field, f.Name = "hyper", name
	return &f
}

// whole is the rule, a link with sgd to change: before it or, where it belongs
// there, behind.
func whole(rule optim.Rule) (optim.Rule, error) {
	info, err := rule.Info()
	if err != nil {
		return nil, asFault("text", err)
	}
	if !info.Link {
		return rule, nil
	}
	before := optim.Chain(rule, optim.SGD)
	if _, err := optim.Flatten(optim.Links(before)); err == nil {
		return before, nil
	}
	behind := optim.Chain(optim.SGD, rule)
	if _, err := optim.Flatten(optim.Links(behind)); err != nil {
		return nil, asFault("text", err)
	}
	return behind, nil
}

// program is the formula of a rule without a stepper: a chain as one program,
// with sgd where it is of links.
func program(rule optim.Rule) (*formula.Program, error) {
	if f, ok := rule.(*optim.Formula); ok {
		return f.Program()
	}
	running, err := whole(rule)
	if err != nil {
		return nil, err
	}
	p, err := optim.Flatten(optim.Links(running))
	if err != nil {
		return nil, asFault("text", err)
	}
	return p, nil
}
