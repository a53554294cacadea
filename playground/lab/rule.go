package lab

import (
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// RuleRequest names a rule or gives a formula.
type RuleRequest struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Rule describes a rule. What is not known of it is empty.
type Rule struct {
	Name      string  `json:"name"`
	Text      string  `json:"text"` // of a formula, to edit; empty for chains and steppers
	MathML    string  `json:"mathml"`
	LaTeX     string  `json:"latex"`
	Summary   string  `json:"summary"`
	Paper     string  `json:"paper"`
	Elsewhere string  `json:"elsewhere"`
	Hypers    []Hyper `json:"hypers"` // those of the race: of a link with sgd
	States    []State `json:"states"`
	NeedsFunc bool    `json:"needsFunc"` // asks for gradients at points of its own
	Link      bool    `json:"link"`      // moves no weights by itself: it runs chained with sgd
	Random    bool    `json:"random"`    // draws numbers: the seed matters
}

// State is what a rule keeps from step to step.
type State struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`  // one number per weight, row, parameter or optimizer
	Start string `json:"start"` // what it starts as, as a formula writes it
}

// rule describes a rule as it would run.
func (l *Lab) rule(r RuleRequest) (*Rule, error) {
	rule, err := Runner{Rule: r.Rule, Text: r.Text}.open()
	if err != nil {
		return nil, err
	}
	info, err := rule.Info()
	if err != nil {
		return nil, asFault("text", err)
	}
	running, err := whole(rule)
	if err != nil {
		return nil, err
	}
	out := &Rule{
		Name: info.Name, Summary: info.Summary, Paper: info.Paper, Elsewhere: info.Elsewhere,
		NeedsFunc: info.NeedsFunc, Link: info.Link, Hypers: []Hyper{}, States: []State{},
	}
	runs, err := running.Info()
	if err != nil {
		return nil, asFault("text", err)
	}
	for _, h := range runs.Hypers {
		out.Hypers = append(out.Hypers, newHyper(h))
	}
	if s, ok := rule.(optim.Stepper); ok {
		for _, kept := range s.States([]int{2}) {
			out.States = append(out.States, State{Name: kept.Name, Kind: "parameter", Start: "0"})
		}
		return out, nil
	}
	return out, out.formula(rule)
}

// formula adds what a formula says.
func (out *Rule) formula(rule optim.Rule) error {
	if f, ok := rule.(*optim.Formula); ok {
		out.Text = tidy(f.Text())
	}
	if stepperIn(rule) {
		return nil
	}
	p, err := program(rule)
	if err != nil {
		return err
	}
	out.MathML, out.LaTeX, out.Random = p.MathML(), p.LaTeX(), draws(rule)
	for _, s := range p.States {
		out.States = append(out.States, newState(s))
	}
	return nil
}

// draws reports whether a formula draws numbers.
func draws(rule optim.Rule) bool {
	for _, l := range optim.Links(rule) {
		if f, ok := l.Rule.(*optim.Formula); ok {
			if p, err := f.Program(); err == nil && p.Reads("normal") {
				return true
			}
		}
	}
	return false
}

func newState(s formula.State) State {
	start := "0"
	if s.Init != nil {
		start = s.Init.String()
	}
	kinds := map[formula.Kind]string{formula.Elem: "weight", formula.Row: "row", formula.Scalar: "parameter", formula.Global: "optimizer"}
	return State{s.Name, kinds[s.Kind], start}
}

// stepperIn reports whether a link of a chain is no formula.
func stepperIn(rule optim.Rule) bool {
	for _, l := range optim.Links(rule) {
		if _, ok := l.Rule.(optim.Stepper); ok {
			return true
		}
	}
	return false
}

// tidy is a formula's text from margin to margin.
func tidy(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	margin := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], "\t "))]
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.TrimPrefix(line, margin), "\t ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
