package compat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// formulaAliases are the names of package formula's peer for rules that are
// known by another.
var formulaAliases = map[string]struct {
	rule     optim.Rule
	defaults []setting
}{
	"momentum": {optim.SGD, []setting{{"momentum", 0.9}}},
	"nesterov": {optim.NAG, nil},
}

// synonyms are other names of hyperparameters. Where a name stands for several,
// the first that the rule has is meant.
var synonyms = map[string][]string{
	"learning_rate":   {"lr"},
	"eta":             {"lr"},
	"weight_decay":    {"wd"},
	"epsilon":         {"eps"},
	"b1":              {"beta1"},
	"beta_1":          {"beta1"},
	"b2":              {"beta2"},
	"beta_2":          {"beta2"},
	"beta":            {"rho", "momentum"},
	"rho":             {"beta", "momentum"},
	"decay":           {"beta", "rho"},
	"gamma":           {"momentum", "beta", "rho"},
	"mu":              {"momentum"},
	"lamda":           {"lambda"},
	"lambda1":         {"l1"},
	"lamda1":          {"l1"},
	"lambda2":         {"l2"},
	"lamda2":          {"l2"},
	"warmup_strategy": {"warmup"},
}

func plainName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

// formulaOptimizers lists the rules, but for links, and the aliases.
func formulaOptimizers() []string {
	names := slices.Collect(maps.Keys(formulaAliases))
	for _, name := range optim.Names() {
		if rule, err := optim.Lookup(name); err == nil {
			if info, err := rule.Info(); err == nil && !info.Link {
				names = append(names, plainName(name))
			}
		}
	}
	slices.Sort(names)
	return names
}

func formulaFind(name string) (maker, bool) {
	name = plainName(name)
	a, isAlias := formulaAliases[name]
	rule := a.rule
	if !isAlias {
		if !slices.Contains(formulaOptimizers(), name) {
			return maker{}, false
		}
		var err error
		if rule, err = optim.Lookup(name); err != nil {
			return maker{}, false
		}
	}
	return maker{
		make: func(options map[string]any) (made, error) {
			own, err := formulaTranslate(rule, options)
			return made{rule: rule, settings: slices.Concat(a.defaults, own)}, err
		},
		canonical: func(option string) string {
			if info, err := rule.Info(); err == nil {
				if h := hyperOf(info.Hypers, option); h != nil {
					return h.Name
				}
			}
			return option
		},
	}, true
}

func formulaTranslate(rule optim.Rule, options map[string]any) ([]setting, error) {
	info, err := rule.Info()
	if err != nil {
		return nil, err
	}
	var out []setting
	from := map[string]string{}
	for _, option := range slices.Sorted(maps.Keys(options)) {
		h := hyperOf(info.Hypers, option)
		if h == nil {
			return nil, fmt.Errorf("there is no option %q: it has %s", option, describe(info.Hypers))
		}
		if other, ok := from[h.Name]; ok {
			return nil, fmt.Errorf("options %s and %s are the same: give one", other, option)
		}
		from[h.Name] = option
		v, err := read(h, option, options[option])
		if err != nil {
			return nil, err
		}
		out = append(out, setting{h.Name, v})
	}
	return out, nil
}

// hyperOf finds the hyperparameter that an option means, nil for none.
func hyperOf(hypers []formula.Hyper, option string) *formula.Hyper {
	for _, name := range append([]string{option}, synonyms[option]...) {
		if i := slices.IndexFunc(hypers, func(h formula.Hyper) bool { return h.Name == name }); i >= 0 {
			return &hypers[i]
		}
	}
	return nil
}

// describe lists hyperparameters with what else they may be called.
func describe(hypers []formula.Hyper) string {
	if len(hypers) == 0 {
		return "none"
	}
	var out []string
	for i := range hypers {
		var other []string
		for _, s := range slices.Sorted(maps.Keys(synonyms)) {
			if hyperOf(hypers, s) == &hypers[i] && s != hypers[i].Name {
				other = append(other, s)
			}
		}
		text := hypers[i].Name
		if len(other) > 0 {
			text += " (or " + strings.Join(other, ", ") + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
