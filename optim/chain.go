package optim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/descent-go/descent/formula"
)

// Chain runs rules one after the other as one: links before the rule change
// its gradient, links after it may change its step or the weights. Fused into
// one program they cost no pass of their own. lr belongs to the chain; every
// other hyperparameter and state is link.name, as in adam.beta1, repeated
// links numbered: lookahead2.k. Where only one link has a name, the name alone
// finds it. An error among the rules shows when the chain is used.
func Chain(rules ...Rule) Rule { return &chain{rules} }

type chain struct{ rules []Rule }

// Name is the names of the rules with + between, as Lookup takes them.
func (c *chain) Name() string {
	names := make([]string, len(c.rules))
	for i, r := range c.rules {
		names[i] = nameOf(r)
	}
	return strings.Join(names, "+")
}

func nameOf(r Rule) string {
	if r == nil {
		return "nil"
	}
	return r.Name()
}

// Info has the hyperparameters under their names in the chain. lr is the rule's.
func (c *chain) Info() (Info, error) {
	info := Info{Name: c.Name(), Link: true}
	var summaries []string
	for _, l := range Links(c) {
		if l.Rule == nil {
			return Info{}, errNil
		}
		in, err := l.Rule.Info()
		if err != nil {
			return Info{}, err
		}
		if in.Summary != "" {
			summaries = append(summaries, in.Summary)
		}
		for _, h := range in.Hypers {
			info.add(h, l.Prefix, info.Link && !in.Link)
		}
		info.Link = info.Link && in.Link
		info.NeedsFunc = info.NeedsFunc || in.NeedsFunc
	}
	info.Summary = strings.Join(summaries, " Then: ")
	return info, nil
}

// add adds a link's hyperparameter; of several lr that of the rule stays.
func (info *Info) add(h formula.Hyper, prefix string, isRule bool) {
	if h.Name != "lr" {
		h.Name = prefix + "." + h.Name
	}
	for i := range info.Hypers {
		if info.Hypers[i].Name == h.Name {
			if isRule {
				info.Hypers[i] = h
			}
			return
		}
	}
	info.Hypers = append(info.Hypers, h)
}

// Link is a rule of a chain and the prefix of its names.
type Link struct {
	Prefix string
	Rule   Rule
}

// Links gives the rules of a chain in order, chains in it taken apart. A rule
// that is no chain is one link without a prefix.
func Links(r Rule) []Link {
	c, ok := r.(*chain)
	if !ok {
		return []Link{{"", r}}
	}
	var out []Link
	seen := map[string]int{}
	for _, part := range c.rules {
		for _, l := range Links(part) {
			prefix := nameOf(l.Rule)
			if seen[prefix]++; seen[prefix] > 1 {
				prefix += strconv.Itoa(seen[prefix])
			}
			out = append(out, Link{prefix, l.Rule})
		}
	}
	return out
}

var errNil = errors.New("the chain holds a nil rule")

// Flatten makes one program of links that are all formulas. A Stepper among
// them, or a rule of another kind, is an error.
func Flatten(links []Link) (*formula.Program, error) {
	parts := make([]formula.Link, len(links))
	for i, l := range links {
		if l.Rule == nil {
			return nil, errNil
		}
		f, ok := l.Rule.(*Formula)
		if !ok {
			return nil, fmt.Errorf("%s is no formula: a rule is a *optim.Formula, a chain or an optim.Stepper", l.Rule.Name())
		}
		p, err := f.Program()
		if err != nil {
			return nil, err
		}
		parts[i] = formula.Link{Prefix: l.Prefix, Program: p}
	}
	if len(parts) == 0 {
		return nil, errors.New("an empty chain: give optim.Chain at least a rule")
	}
	return formula.Flatten(parts)
}
