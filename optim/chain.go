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
// links numbered: lookahead2.k. An error among the rules shows when the chain
// is used.
func Chain(rules ...Rule) Rule { return &chain{rules} }

type chain struct{ rules []Rule }

func (c *chain) Name() string {
	names := make([]string, len(c.rules))
	for i, r := range c.rules {
		names[i] = r.Name()
	}
	return strings.Join(names, "+")
}

func (c *chain) Info() (Info, error) {
	info := Info{Name: c.Name(), Link: true}
	var summaries []string
	for _, l := range Links(c) {
		in, err := l.Rule.Info()
		if err != nil {
			return Info{}, err
		}
		info.Link = info.Link && in.Link
		summaries = append(summaries, in.Summary)
		for _, h := range in.Hypers {
			if h.Name != "lr" {
				h.Name = l.Prefix + "." + h.Name
			}
			info.Hypers = append(info.Hypers, h)
		}
	}
	info.Summary = strings.Join(summaries, " Then: ")
	return info, nil
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
			prefix := l.Rule.Name()
			if seen[prefix]++; seen[prefix] > 1 {
				prefix += strconv.Itoa(seen[prefix])
			}
			out = append(out, Link{prefix, l.Rule})
		}
	}
	return out
}

// Flatten makes one program of links that are all formulas.
func Flatten(links []Link) (*formula.Program, error) {
	parts := make([]formula.Link, len(links))
	for i, l := range links {
		f, ok := l.Rule.(*Formula)
		if !ok {
			return nil, fmt.Errorf("%s is no formula", l.Rule.Name())
		}
		p, err := f.Program()
		if err != nil {
			return nil, err
		}
		parts[i] = formula.Link{Prefix: l.Prefix, Program: p}
	}
	if len(parts) == 0 {
		return nil, errors.New("an empty chain")
	}
	return formula.Flatten(parts)
}
