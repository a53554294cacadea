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
	// find finds an optimizer by name, in any form in which the framework takes it.
	find func(name string) (maker, bool)
	// masters says that weights of half precision can have a master copy, which
	// an option asks for.
	masters bool
}

// maker makes an optimizer of a framework.
type maker struct {
	// make says in our words what the optimizer is with all these options. Its
	// errors are about options.
	make func(options map[string]any) (made, error)
	// canonical gives the one name of an option that has several; nil where none has.
	canonical func(option string) string
	// own gives the options that parameters have by their names or places, where
	// a framework has rules for that: those of the parameters with these names,
	// or, if names is nil, of those whose names stand in the options. Nil where
	// there are no such rules.
	own func(options map[string]any, names []string) map[string]map[string]any
}

// made is an optimizer of a framework in our words.
type made struct {
	rule     optim.Rule
	settings []setting        // hyperparameters, those too that only have the framework's default
	options  []descent.Option // what is no hyperparameter
}

// setting is a hyperparameter's value: a float64, the name of a choice, a
// multiplier, which is named lr_mult or wd_mult, or laziness.
type setting struct {
	name  string
	value any
}

// multiplier multiplies the learning rate or the weight decay.
type multiplier float64

// laziness is whether rows rest that a row-sparse gradient does not name.
type laziness bool

var peers = map[string]peer{
	"formula":           {optimizers: formulaOptimizers, find: formulaFind, masters: true},
	"keras":             {optimizers: kerasOptimizers, find: kerasFind},
	"mxnet":             mxnetPeer(mxnetClasses),
	"mxnet2":            mxnetPeer(mxnet2Classes),
	"optax":             {optimizers: optaxOptimizers, find: optaxFind},
	"pytorch_optimizer": {optimizers: pytorchOptimizerOptimizers, find: pytorchOptimizerFind},
	"torch":             {optimizers: torchOptimizers, find: torchFind},
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
	mk, err := find(peer, optimizer)
	if err != nil {
		return nil, nil, fmt.Errorf("compat: %w", err)
	}
	m, err := mk.make(options)
	if err != nil {
		return nil, nil, fmt.Errorf("compat: %s's %s: %w", peer, optimizer, err)
	}
	groups, err := mk.groups(options, nil, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("compat: %s's %s: %w", peer, optimizer, err)
	}
	return m.rule, slices.Concat(set(m.settings), m.options, groups), nil
}

// groups gives options to parameters that have some of their own: by their
// names or places, or as they were recorded, which counts more.
func (m maker) groups(options map[string]any, names []string, recorded map[string]map[string]any) ([]descent.Option, error) {
	var all map[string]map[string]any
	if m.own != nil {
		all = m.own(options, names)
	}
	if names == nil {
		names = slices.Sorted(maps.Keys(all))
	}
	var out []descent.Option
	for _, name := range names {
		others := recorded[name]
		if rules := all[name]; rules != nil {
			others = m.merge(rules, others)
		}
		own, err := m.changed(options, others)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: options: %w", name, err)
		}
		if len(own) > 0 {
			out = append(out, descent.For(name, set(own)...))
		}
	}
	return out, nil
}

// find finds an optimizer of a framework.
func find(name, optimizer string) (maker, error) {
	p, ok := peers[name]
	if !ok {
		return maker{}, fmt.Errorf("unknown framework %q: %s", name, offer(name, Peers()))
	}
	m, ok := p.find(optimizer)
	if !ok {
		return maker{}, fmt.Errorf("%s has no optimizer %q: %s", name, optimizer, offer(optimizer, p.optimizers()))
	}
	if !p.masters {
		m.make = withoutMasters(m.make)
	}
	return m, nil
}

// withoutMasters makes optimizers whose weights have no master copy.
func withoutMasters(make func(map[string]any) (made, error)) func(map[string]any) (made, error) {
	return func(options map[string]any) (made, error) {
		m, err := make(options)
		m.options = append(m.options, descent.NoMasterWeights())
		return m, err
	}
}

// offer names what is there in place of an unknown name.
func offer(name string, all []string) string {
	within := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasSuffix(s, "."+name) }) // of a module, as optax.contrib
	if near := append(within, formula.Nearest(name, all)...); len(near) > 0 {
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
		case multiplier:
			mult := descent.LRMult
			if s.name == "wd_mult" {
				mult = descent.WeightDecayMult
			}
			out = append(out, mult(float64(v)))
		case laziness:
			if v {
				out = append(out, descent.Lazy())
			}
		}
	}
	return out
}
