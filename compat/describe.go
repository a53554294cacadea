package compat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
)

// OptionInfo describes an option of a framework's optimizer or schedule.
type OptionInfo struct {
	Name string
	// Kind says what the value may be: "number", "number or null", "whole number",
	// "2 numbers", "list of numbers", "true or false", "choice", or "other" for
	// what has a form of its own. "meaningless" is taken and changes no number,
	// "unsupported" is what the framework has and descent has not.
	Kind string
	// Default is the framework's: a float64, int, []float64, bool or string; nil
	// for null, and where there is none.
	Default any
	// Range has the legal values of numbers, where they have bounds that are
	// checked, and the names of a choice.
	Range formula.Range
	// Required options have no default: New fails without them.
	Required bool
}

// The kinds of options that have no effect.
const (
	kindMeaningless = "meaningless"
	kindUnsupported = "unsupported"
)

// DefaultText writes the default as descent train --set takes it; "" where there is none.
func (o *OptionInfo) DefaultText() string {
	switch v := o.Default.(type) {
	case nil:
		if o.Kind == "number or null" {
			return "null"
		}
		return ""
	case []float64:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = plainNumber(v[i])
		}
		return strings.Join(parts, ",")
	case float64:
		return plainNumber(v)
	}
	return fmt.Sprint(o.Default)
}

// plainNumber writes a number as formulas do.
func plainNumber(v float64) string { return (&formula.Hyper{}).FormatValue(v) }

// Describe lists the options of a framework's optimizer, sorted by name, those
// too that it has only while a flag or a choice is not the default. It learns
// them from what New asks for. Errors are those of New.
func Describe(peer, optimizer string) ([]OptionInfo, error) {
	mk, err := find(peer, optimizer)
	if err != nil {
		return nil, fmt.Errorf("compat: %w", err)
	}
	if peer == "formula" {
		return mk.describeFormula()
	}
	out, err := describeBy(func(options map[string]any) error {
		_, err := mk.make(options)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("compat: %s's %s: %w", peer, optimizer, err)
	}
	return out, nil
}

// DescribeSchedule lists the options of a framework's schedule, as Describe
// does those of an optimizer.
func DescribeSchedule(peer, name string) ([]OptionInfo, error) {
	make, ok := schedules[peer][name]
	if !ok {
		_, err := Schedule(peer, name, nil)
		return nil, err
	}
	return describeBy(func(options map[string]any) error {
		r := newReader(options)
		make(r)
		return r.done()
	})
}

// describeBy asks what is read: without options, and with each flag turned and
// each choice made. It fails where nothing is read but an error made.
func describeBy(read func(map[string]any) error) ([]OptionInfo, error) {
	q := &questions{asked: map[string]OptionInfo{}}
	if err := read(map[string]any{questionsKey: q}); err != nil && len(q.asked) == 0 {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(q.asked)) {
		for _, value := range q.asked[name].others() {
			more := &questions{asked: map[string]OptionInfo{}}
			_ = read(map[string]any{questionsKey: more, name: value}) // mistakes are not what is asked
			q.add(more)
		}
	}
	out := q.answers()
	out = slices.DeleteFunc(out, func(o OptionInfo) bool { return slices.Contains(circumstantial, o.Name) })
	slices.SortFunc(out, func(a, b OptionInfo) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// circumstantial are options of recordings, which say how they were made.
var circumstantial = []string{"dtype", "lag", "lars_skip", "momentum_correction", "rates_recorded", "stype", "updater_call"}

// others gives the values of a flag or choice that are not the default.
func (o OptionInfo) others() []any {
	var out []any
	switch o.Kind {
	case "true or false":
		out = append(out, o.Default == false)
	case "choice":
		for _, c := range o.Range.Choices {
			if c != o.Default {
				out = append(out, c)
			}
		}
	}
	return out
}

// describeFormula lists hyperparameters.
func (m maker) describeFormula() ([]OptionInfo, error) {
	made, err := m.make(nil)
	if err != nil {
		return nil, err
	}
	info, err := made.rule.Info()
	if err != nil {
		return nil, err
	}
	given := values(made.settings)
	var out []OptionInfo
	for _, h := range info.Hypers {
		o := OptionInfo{Name: h.Name, Kind: "number", Default: h.Default, Range: h.Range}
		if v, ok := given[h.Name]; ok {
			o.Default = v
		}
		if len(h.Range.Choices) > 0 {
			o.Kind, o.Default = "choice", h.FormatValue(h.Default)
		}
		out = append(out, o)
	}
	return out, nil
}

// questionsKey is where Describe puts its questions among the options.
const questionsKey = ""

// questions are what a reader has been asked for; nil keeps nothing.
type questions struct {
	asked    map[string]OptionInfo
	mistakes []string
}

// ask notes that an option is read. What says more of it wins.
func (q *questions) ask(o OptionInfo) {
	if q == nil {
		return
	}
	old, seen := q.asked[o.Name]
	if o.Kind == "" {
		o.Kind = "other"
	}
	if o.Default == "" { // which is no choice
		o.Default = nil
	}
	more := old.Kind == o.Kind && old.Range.String() == "" && o.Range.String() != ""
	if !seen || more || weight(o.Kind) > weight(old.Kind) {
		q.asked[o.Name] = o
	}
}

// weight orders kinds by how much they say.
func weight(kind string) int {
	switch kind {
	case "other":
		return 0
	case kindMeaningless:
		return 1
	case "number or null":
		return 2
	case "whole number":
		return 4
	case kindUnsupported:
		return 5
	}
	return 3
}

// mistake notes what is wrong with the options.
func (q *questions) mistake(err error) {
	if q != nil {
		q.mistakes = append(q.mistakes, err.Error())
	}
}

// answers are the options, those required marked that were missing.
func (q *questions) answers() []OptionInfo {
	var out []OptionInfo
	for name, o := range q.asked {
		missing := func(text string) bool { return strings.HasPrefix(text, "option "+name+" is missing") }
		if slices.ContainsFunc(q.mistakes, missing) {
			o.Required, o.Default = true, nil
		}
		out = append(out, o)
	}
	return out
}

// add adds what is new in others, and what has a meaning only there.
func (q *questions) add(others *questions) {
	for name, o := range others.asked {
		if old, ok := q.asked[name]; !ok || old.Kind == kindMeaningless {
			q.asked[name] = o
		}
	}
}

// rangeOf is the range of a list of one, or none.
func rangeOf(in []formula.Range) formula.Range {
	if len(in) == 0 {
		return formula.Range{}
	}
	return in[0]
}
