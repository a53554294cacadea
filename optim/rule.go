package optim

import (
	"errors"
	"strings"
	"sync"

	"github.com/descent-go/descent/formula"
)

// Rule is an optimizer: a *Formula, a chain of rules made by Chain, or a
// Stepper, for what is no formula over weights and rows.
type Rule interface {
	// Name is what the rule is called.
	Name() string
	// Info describes the rule. It fails where the rule's formula does not parse.
	Info() (Info, error)
}

// Info describes a rule.
type Info struct {
	Name      string
	Summary   string // one line
	Paper     string
	Elsewhere string // what other frameworks do differently
	Hypers    []formula.Hyper
	Link      bool // does not move weights by gradients, and needs a rule to chain with
	NeedsFunc bool // asks for gradients at points of its own
}

// Formula is a rule that is written in the language of package formula. It is
// parsed when it is first used.
type Formula struct {
	name, text string
	parse      func() (*formula.Program, error)
}

func newFormula(name, text string) *Formula {
	return &Formula{name, text, sync.OnceValues(func() (*formula.Program, error) { return formula.Parse(name, text) })}
}

// Parse makes a rule of a formula, which is then as good as those built in:
// it has the same checks, features and speed. The error, a *formula.Error,
// shows line, column and what was expected.
func Parse(name, text string) (*Formula, error) {
	f := newFormula(name, text)
	_, err := f.Program()
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Name is what the rule is called.
func (f *Formula) Name() string {
	if f == nil || f.name == "" {
		return "a formula without a name"
	}
	return f.name
}

// Text is the formula as it was written.
func (f *Formula) Text() string { return f.text }

// Program is the parsed formula.
func (f *Formula) Program() (*formula.Program, error) {
	if f == nil || f.parse == nil {
		return nil, errors.New("an empty Formula: make one with optim.Parse")
	}
	return f.parse()
}

// Info gives what the comments at the head of the formula say.
func (f *Formula) Info() (Info, error) {
	p, err := f.Program()
	if err != nil {
		return Info{}, err
	}
	info := Info{Name: f.name, Hypers: p.Hypers, Link: isLink(p), NeedsFunc: p.Reads("grad")}
	into := &info.Summary
	for _, line := range strings.Split(strings.TrimSpace(f.text), "\n") {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			break
		}
		comment = strings.TrimSpace(comment)
		if rest, ok := strings.CutPrefix(comment, "Paper:"); ok {
			into, comment = &info.Paper, rest
		} else if rest, ok := strings.CutPrefix(comment, "Elsewhere:"); ok {
			into, comment = &info.Elsewhere, rest
		}
		*into = strings.TrimSpace(*into + " " + strings.TrimSpace(comment))
	}
	return info, nil
}

// isLink reports whether a formula does not move weights by gradients.
func isLink(p *formula.Program) bool {
	return !p.Assigns("w") || !p.Reads("g") && !p.Reads("grad")
}
