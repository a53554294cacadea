package compat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// peer is a framework.
type peer struct {
	// optimizers lists its optimizers, sorted.
	optimizers func() []string
	// lookup finds an optimizer, with the settings in which the framework's
	// defaults differ from those of the rule. A nil rule is an unknown name.
	lookup func(name string) (optim.Rule, []setting, error)
	// translate says in the rule's words what options set.
	translate func(rule optim.Rule, options map[string]any) ([]setting, error)
}

// setting is a hyperparameter's value: a float64 or the name of a choice.
type setting struct {
	name  string
	value any
}

var peers = map[string]peer{
	"formula": {formulaOptimizers, formulaLookup, formulaTranslate},
}

// Peers lists the frameworks that New knows, sorted.
func Peers() []string { return slices.Sorted(maps.Keys(peers)) }

// Optimizers lists the optimizers of a framework by the names it gives them,
// sorted; nil where the framework is unknown.
func Optimizers(peer string) []string {
	p, ok := peers[peer]
	if !ok {
		return nil
	}
	return p.optimizers()
}

// New turns a framework's words into a rule and options for descent.New: the
// framework as Peers lists it, its optimizer and that optimizer's options by
// name. Numbers may be of any Go type. An unknown framework, optimizer or
// option is an error that offers those there are; so is a value of the wrong
// type or out of range. No option is ignored.
func New(peer, optimizer string, options map[string]any) (optim.Rule, []descent.Option, error) {
	p, rule, settings, err := find(peer, optimizer)
	if err != nil {
		return nil, nil, fmt.Errorf("compat: %w", err)
	}
	own, err := p.translate(rule, options)
	if err != nil {
		return nil, nil, fmt.Errorf("compat: %s's %s: %w", peer, optimizer, err)
	}
	return rule, set(slices.Concat(settings, own)), nil
}

// find finds an optimizer of a framework and its defaults.
func find(name, optimizer string) (peer, optim.Rule, []setting, error) {
	p, ok := peers[name]
	if !ok {
		return p, nil, nil, fmt.Errorf("unknown framework %q: %s", name, offer(name, Peers()))
	}
	rule, defaults, err := p.lookup(optimizer)
	if err == nil && rule == nil {
		err = fmt.Errorf("%s has no optimizer %q: %s", name, optimizer, offer(optimizer, p.optimizers()))
	}
	return p, rule, defaults, err
}

// offer names what is there in place of an unknown name.
func offer(name string, all []string) string {
	if near := formula.Nearest(name, all); len(near) > 0 {
		return "did you mean " + strings.Join(near, ", ") + "?"
	}
	return "there is " + strings.Join(all, ", ")
}

// set makes options of settings.
func set(settings []setting) []descent.Option {
	var out []descent.Option
	for _, s := range settings {
		switch v := s.value.(type) {
		case float64:
			out = append(out, descent.Set(s.name, v))
		case string:
			out = append(out, descent.Set(s.name, v))
		}
	}
	return out
}
