package compat

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// wording is an optimizer of a framework as a formula some of whose lines
// depend on options, in the notation of package text/template. Options that
// are numbers are hyperparameters of the formula, which has their defaults and
// ranges too. The others choose the lines; each field has their names with
// blanks between.
type wording struct {
	on, off  string   // true or false, by their defaults
	choice   []string // a name and the texts it may be, the default first
	optional string   // numbers that may be null, their default; true where they are there
	nullable string   // what is not null by default; "no_" and the name is true where it is
	null     string   // numbers whose default null stands for
	several  string   // holds 2 to 9 numbers, 3 by default; has their places, from 1
	unused   string   // without effect on the numbers
	patterns string   // lists of regular expressions
	missing  string   // the framework has them, descent has not
	text     string

	// stepper is what is no formula, in place of the text; the others are links
	// before and after it.
	stepper       func(chosen map[string]any) *stepper
	before, after string
	// dims says what the text asks with the block "many": whether a parameter has
	// more dimensions than this. With 0, and where it is nil, it does not ask.
	dims func(chosen map[string]any) int
}

// dialect is how a framework names what its optimizers share.
type dialect struct {
	peer    string
	blocks  string              // templates that its formulas share
	common  wording             // options that all its optimizers have; no text
	option  map[string]string   // of hyperparameters whose option has another name
	tuples  map[string][]string // options that hold several hyperparameters
	whole   string              // hyperparameters that are whole numbers
	options func(*reader) []descent.Option
	check   func(*reader)
}

// maker makes the optimizer that a wording describes.
func (d *dialect) maker(name string, w *wording) maker {
	return maker{make: func(options map[string]any) (made, error) {
		r := newReader(options)
		chosen := d.chosen(r, w)
		m := made{}
		if d.options != nil {
			m.options = d.options(r)
		}
		hypers, err := m.word(d.name(name, chosen), d.blocks, w, chosen)
		if err != nil {
			return made{}, err
		}
		m.settings = d.settings(r, hypers)
		if d.check != nil {
			d.check(r)
		}
		return m, r.done()
	}}
}

// chosen reads the options that choose lines.
func (d *dialect) chosen(r *reader, w *wording) map[string]any {
	chosen := map[string]any{}
	for _, w := range []*wording{&d.common, w} {
		for _, name := range strings.Fields(w.on) {
			chosen[name] = r.flag(name, true)
		}
		for _, name := range strings.Fields(w.off) {
			chosen[name] = r.flag(name, false)
		}
		if len(w.choice) > 0 {
			chosen[w.choice[0]] = r.text(w.choice[0], w.choice[1], w.choice[1:]...)
		}
		for _, name := range strings.Fields(w.optional) {
			chosen[name] = r.given(name)
			r.meaningless(name)
		}
		for _, name := range strings.Fields(w.nullable) {
			value, ok := r.options[name]
			chosen["no_"+name] = ok && value == nil
			r.meaningless(name)
		}
		if w.several != "" {
			chosen[w.several] = places(r.options[w.several])
		}
		for _, name := range strings.Fields(w.patterns) {
			chosen[name] = r.patterns(name)
		}
		r.meaningless(strings.Fields(w.null)...)
		r.meaningless(strings.Fields(w.unused)...)
		r.unsupported(strings.Fields(w.missing)...)
	}
	return chosen
}

// patterns reads a list of regular expressions, none where it is null.
func (r *reader) patterns(name string) []*regexp.Regexp {
	r.ask(OptionInfo{Name: name, Kind: "list of regular expressions"})
	value, ok := r.take(name)
	if !ok || value == nil {
		return nil
	}
	var out []*regexp.Regexp
	list := reflect.ValueOf(value)
	if k := list.Kind(); k != reflect.Slice && k != reflect.Array {
		r.fail("option %s: expected a list of regular expressions, found %s", name, show(value))
		return nil
	}
	for i := range list.Len() {
		text, ok := list.Index(i).Interface().(string)
		if !ok {
			r.fail("option %s: expected a list of regular expressions, found %s among them", name, show(list.Index(i).Interface()))
			return nil
		}
		pattern, err := regexp.Compile(text)
		if err != nil {
			r.fail("option %s: %w", name, err)
			return nil
		}
		out = append(out, pattern)
	}
	return out
}

// places gives the places of a list, from 1; a list of another length than 2 to
// 9, and what is no list, has three, so that reading it is an error.
func places(list any) []int {
	all := []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	if v := reflect.ValueOf(list); v.Kind() == reflect.Slice && v.Len() >= 2 && v.Len() <= len(all) {
		return all[:v.Len()]
	}
	return all[:3]
}

// name has what is chosen in it, so that other options make a rule of another name.
func (d *dialect) name(name string, chosen map[string]any) string {
	for _, option := range slices.Sorted(maps.Keys(chosen)) {
		switch v := chosen[option].(type) {
		case bool:
			if v {
				name += "-" + option
			}
		case []int:
			name += fmt.Sprint("-", len(v))
		case []*regexp.Regexp:
			for _, pattern := range v {
				name += "-" + pattern.String()
			}
		default:
			name += fmt.Sprint("-", v)
		}
	}
	return strings.ToLower(name) + "-" + d.peer
}

// word makes the rule and gives its hyperparameters.
func (m *made) word(name, blocks string, w *wording, chosen map[string]any) ([]formula.Hyper, error) {
	c := &chainer{blocks: blocks, chosen: chosen}
	if w.stepper != nil {
		s := w.stepper(chosen)
		s.name = name
		c.formula(name+"-before", w.before)
		c.add(s)
		c.formula(name+"-after", w.after)
	} else {
		if w.dims != nil && w.dims(chosen) > 0 {
			c.add(manyDims(w.dims(chosen)))
		}
		c.formula(name, w.text)
	}
	if len(c.rules) == 1 {
		m.rule = c.rules[0]
	} else {
		m.rule = optim.Chain(c.rules...)
	}
	return c.hypers, c.err
}

// chainer makes rules that follow one another. The first mistake is kept.
type chainer struct {
	blocks string
	chosen map[string]any
	rules  []optim.Rule
	hypers []formula.Hyper
	err    error
}

// formula adds the formula that a text makes, unless that is empty.
func (c *chainer) formula(name, text string) {
	t, err := template.New(name).Parse(c.blocks)
	if err == nil {
		t, err = t.Parse(text)
	}
	var lines strings.Builder
	if err == nil {
		err = t.Execute(&lines, c.chosen)
	}
	if err != nil {
		c.err = err
		return
	}
	if strings.TrimSpace(lines.String()) == "" {
		return
	}
	f, err := optim.Parse(name, lines.String())
	if err != nil {
		c.err = err
		return
	}
	c.add(f)
}

// add adds a rule.
func (c *chainer) add(rule optim.Rule) {
	info, err := rule.Info()
	if err != nil {
		c.err = err
	}
	c.rules, c.hypers = append(c.rules, rule), append(c.hypers, info.Hypers...)
}

// tiny moves no weight that matters, and stands for true in what manyDims tells.
const tiny = 1e-37

// manyDims tells the formula behind it whether parameters have more than this
// many dimensions, which formulas cannot see: it steps by tiny where they have,
// else by 0. The formula's block "many" undoes the step.
func manyDims(over int) *stepper {
	return &stepper{
		name:    fmt.Sprint("over-", over, "-dims"),
		summary: "Tells the formula behind it how many dimensions parameters have.",
		states:  func([]int) []optim.StateSize { return nil },
		step: func(t *optim.Tensor) error {
			for i := range t.Step {
				t.Step[i] = 0
				if len(t.Shape) > over {
					t.Step[i] = tiny
				}
			}
			return nil
		},
	}
}

// settings reads the hyperparameters.
func (d *dialect) settings(r *reader, hypers []formula.Hyper) []setting {
	var out []setting
	inTuple := map[string]bool{}
	for _, option := range slices.Sorted(maps.Keys(d.tuples)) {
		var parts []formula.Hyper
		var defaults []float64
		for _, h := range hypers {
			if slices.Contains(d.tuples[option], h.Name) {
				inTuple[h.Name] = true
				parts, defaults = append(parts, h), append(defaults, h.Default)
			}
		}
		if len(parts) == 0 {
			continue
		}
		for i, v := range r.list(option, defaults) {
			r.within(option, v, []formula.Range{parts[i].Range})
			out = append(out, setting{parts[i].Name, v})
		}
	}
	for _, h := range hypers {
		if inTuple[h.Name] {
			continue
		}
		option := h.Name
		if other, ok := d.option[h.Name]; ok {
			option = other
		}
		var v float64
		if value, ok := r.options[option]; ok && value == nil && slices.Contains(r.names, option) {
			v = h.Default
		} else if slices.Contains(strings.Fields(d.whole), h.Name) {
			v = float64(r.whole(option, int(h.Default), h.Range))
		} else {
			v = r.number(option, h.Default, h.Range)
		}
		out = append(out, setting{h.Name, v})
	}
	return out
}
