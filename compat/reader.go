package compat

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
)

// Ranges that options often have.
var (
	notNegative = formula.Range{Lo: 0, Hi: math.Inf(1), OpenHi: true}
	positive    = formula.Range{Lo: 0, Hi: math.Inf(1), OpenLo: true, OpenHi: true}
	fraction    = formula.Range{Lo: 0, Hi: 1, OpenHi: true}
	unit        = formula.Range{Lo: 0, Hi: 1}
)

// reader reads the options of a framework's optimizer, one method call an
// option. The first mistake is kept for done.
type reader struct {
	options map[string]any
	names   []string // that the framework has, as they were read
	err     error
	*questions
}

// newReader reads options. Describe hands its questions over among them.
func newReader(options map[string]any) *reader {
	q, ok := options[questionsKey].(*questions)
	if ok {
		options = maps.Clone(options)
		delete(options, questionsKey)
	}
	return &reader{options: options, questions: q}
}

// given reports whether an option is there and not null.
func (r *reader) given(name string) bool {
	r.ask(OptionInfo{Name: name, Kind: "number or null"})
	return r.options[name] != nil
}

// number reads a number, which must lie in the range if one is given.
func (r *reader) number(name string, def float64, in ...formula.Range) float64 {
	r.ask(OptionInfo{Name: name, Kind: "number", Default: def, Range: rangeOf(in)})
	value, ok := r.take(name)
	if !ok {
		return def
	}
	v, ok := number(value)
	if !ok {
		r.fail("option %s: expected a number, found %s", name, show(value))
		return def
	}
	r.within(name, v, in)
	return v
}

// optional reads a number that may be null or left out, which is then false.
func (r *reader) optional(name string, in ...formula.Range) (v float64, ok bool) {
	if !r.given(name) {
		r.ask(OptionInfo{Name: name, Kind: "number or null", Range: rangeOf(in)})
		r.names = append(r.names, name)
		return 0, false
	}
	return r.number(name, 0, in...), true
}

// whole reads a whole number.
func (r *reader) whole(name string, def int, in ...formula.Range) int {
	v := r.number(name, float64(def), in...)
	r.ask(OptionInfo{Name: name, Kind: "whole number", Default: def, Range: rangeOf(in)})
	if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		r.fail("option %s: expected a whole number, found %v", name, v)
		return def
	}
	return int(v)
}

// list reads as many numbers as there are defaults, each of which must lie in
// the range if one is given.
func (r *reader) list(name string, def []float64, in ...formula.Range) []float64 {
	r.ask(OptionInfo{Name: name, Kind: fmt.Sprint(len(def), " numbers"), Default: def, Range: rangeOf(in)})
	value, ok := r.take(name)
	if !ok {
		return def
	}
	out, ok := r.elements(name, value, fmt.Sprint(len(def), " numbers"), in)
	if ok && len(out) != len(def) {
		r.fail("option %s: expected %d numbers, found %s", name, len(def), show(value))
	}
	if len(out) != len(def) {
		return def
	}
	return out
}

// numbers reads a list of any length that must be given, each of whose numbers
// must lie in the range if one is given.
func (r *reader) numbers(name string, in ...formula.Range) []float64 {
	r.ask(OptionInfo{Name: name, Kind: "list of numbers", Range: rangeOf(in)})
	value, ok := r.take(name)
	if !ok {
		r.fail("option %s is missing: it has no default", name)
		return nil
	}
	out, _ := r.elements(name, value, "a list of numbers", in)
	return out
}

// elements reads the numbers of a list.
func (r *reader) elements(name string, value any, expected string, in []formula.Range) ([]float64, bool) {
	from := reflect.ValueOf(value)
	if k := from.Kind(); k != reflect.Slice && k != reflect.Array {
		r.fail("option %s: expected %s, found %s", name, expected, show(value))
		return nil, false
	}
	out := make([]float64, from.Len())
	for i := range out {
		element := from.Index(i).Interface()
		v, ok := number(element)
		if !ok {
			r.fail("option %s: expected %s, found %s among them", name, expected, show(element))
			return nil, false
		}
		r.within(name, v, in)
		out[i] = v
	}
	return out, true
}

// pair reads two numbers, such as betas.
func (r *reader) pair(name string, a, b float64, in ...formula.Range) (float64, float64) {
	v := r.list(name, []float64{a, b}, in...)
	return v[0], v[1]
}

// flag reads true or false.
func (r *reader) flag(name string, def bool) bool {
	r.ask(OptionInfo{Name: name, Kind: "true or false", Default: def})
	value, ok := r.take(name)
	if !ok {
		return def
	}
	v, ok := value.(bool)
	if !ok {
		r.fail("option %s: expected true or false, found %s", name, show(value))
		return def
	}
	return v
}

// text reads one of the choices.
func (r *reader) text(name, def string, choices ...string) string {
	r.ask(OptionInfo{Name: name, Kind: "choice", Default: def, Range: formula.Range{Choices: choices}})
	value, ok := r.take(name)
	if !ok {
		return def
	}
	v, ok := value.(string)
	if !ok || !slices.Contains(choices, v) {
		r.fail("option %s: expected one of %s, found %s", name, strings.Join(choices, ", "), show(value))
		return def
	}
	return v
}

// meaningless accepts options that have no effect on the numbers.
func (r *reader) meaningless(names ...string) {
	r.names = append(r.names, names...)
	for _, name := range names {
		r.ask(OptionInfo{Name: name, Kind: kindMeaningless})
	}
}

// unsupported refuses options that the framework has and descent has not,
// unless they are switched off: false or null.
func (r *reader) unsupported(names ...string) {
	for _, name := range names {
		r.ask(OptionInfo{Name: name, Kind: kindUnsupported})
		if v, ok := r.take(name); ok && v != nil && v != false {
			r.fail("option %s: the framework has it, descent has not: leave it out", name)
		}
	}
}

// take finds an option.
func (r *reader) take(name string) (any, bool) {
	r.names = append(r.names, name)
	r.ask(OptionInfo{Name: name})
	v, ok := r.options[name]
	return v, ok
}

// within reports a value out of range.
func (r *reader) within(name string, v float64, in []formula.Range) {
	for _, rng := range in {
		if err := (&formula.Hyper{Name: name, Range: rng}).Check(v); err != nil {
			r.fail("option %w", err)
		}
	}
}

// fail keeps the first mistake.
func (r *reader) fail(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	r.mistake(err)
	if r.err == nil {
		r.err = err
	}
}

// done gives the first mistake. An option that no method has asked for is one.
func (r *reader) done() error {
	for _, option := range slices.Sorted(maps.Keys(r.options)) {
		if !slices.Contains(r.names, option) {
			names := slices.Compact(slices.Sorted(slices.Values(r.names)))
			has := "it has none"
			if len(names) > 0 {
				has = "it has " + strings.Join(names, ", ")
			}
			return fmt.Errorf("there is no option %q: %s", option, has)
		}
	}
	return r.err
}
