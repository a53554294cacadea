package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/compare"
	"github.com/descent-go/descent/optim"
)

// entrants are the optimizers to compare.
func (f *compareFlags) entrants() ([]compare.Entrant, error) {
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	var entrants []compare.Entrant
	for _, name := range names {
		e := compare.Entrant{Name: name, Fixed: setsRate(name)}
		if e.Rule, e.Options, err = (hyperFlags{cmd: f.cmd}).named(name); err != nil {
			return nil, err
		}
		entrants = append(entrants, e)
	}
	for _, file := range f.formulas {
		rule, err := findRule("", file)
		if err != nil {
			return nil, err
		}
		entrants = append(entrants, compare.Entrant{Name: file, Rule: rule})
	}
	for _, e := range entrants {
		if err := tryEntrant(e); err != nil {
			return nil, err
		}
	}
	return entrants, nil
}

// names are those of --optimizers. What is named beside all takes part once.
func (f *compareFlags) names() ([]string, error) {
	var names []string
	for _, list := range f.optimizers {
		for _, name := range splitNames(list) {
			if slices.Contains(names, name) {
				return nil, usagef("--optimizers names %s twice; to compare it with itself give one of them a setting, as in %s:NAME=VALUE", name, name)
			}
			names = append(names, name)
		}
	}
	i := slices.Index(names, "all")
	if i < 0 {
		return names, nil
	}
	rules := slices.DeleteFunc(allRules(), func(name string) bool { return slices.Contains(names, name) })
	return slices.Replace(names, i, i+1, rules...), nil
}

// allRules are the names of all that are no links.
func allRules() []string {
	return slices.DeleteFunc(optim.Names(), func(name string) bool {
		rule, err := optim.Lookup(name)
		if err != nil {
			return true
		}
		info, err := rule.Info()
		return err != nil || info.Link
	})
}

// setsRate reports whether an optimizer is named with a learning rate.
func setsRate(arg string) bool {
	_, own := splitOptions(withSettings(arg))
	if own == "" {
		return false
	}
	sets, err := assignments(arg, own[1:])
	return err == nil && slices.ContainsFunc(sets, setsLR)
}

// tryEntrant reports what is wrong with an optimizer.
func tryEntrant(e compare.Entrant) error {
	info, err := e.Rule.Info()
	if err != nil {
		return err
	}
	if info.Link {
		return usagef("%s only changes what an optimizer does: chain it with one, as in --optimizers %s+adam", info.Name, info.Name)
	}
	opt, err := trial(e.Rule, e.Options)
	if err != nil {
		return usageError{err}
	}
	return opt.Close()
}

// completeNames offers optimizers behind the last comma, and all.
func completeNames(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	at := strings.LastIndexByte(typed, ',') + 1
	words, directive := completeNamed(cmd, args, typed[at:])
	if strings.HasPrefix("all", typed[at:]) {
		words = append(words, "all\tall optimizers")
	}
	for i := range words {
		words[i] = typed[:at] + words[i]
	}
	return words, directive
}
