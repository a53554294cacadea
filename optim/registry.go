package optim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/descent-go/descent/formula"
)

var registry = map[string]Rule{}

// rule makes a formula known by its name.
func rule(name, text string) *Formula {
	f := newFormula(name, text)
	registry[name] = f
	return f
}

// Names lists the rules and links by name, sorted.
func Names() []string {
	names := make([]string, 0, len(registry))
	for name := range registry {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Lookup finds a rule by its name, as Names lists it; capitals and _ for - will
// do. Names joined by + are a chain: "clip-norm+adam". An unknown name is an
// error that offers those that resemble it.
func Lookup(name string) (Rule, error) {
	if strings.Contains(name, "+") {
		var rules []Rule
		for part := range strings.SplitSeq(name, "+") {
			r, err := Lookup(part)
			if err != nil {
				return nil, err
			}
			rules = append(rules, r)
		}
		return Chain(rules...), nil
	}
	if r := registry[strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-")]; r != nil {
		return r, nil
	}
	if near := formula.Nearest(name, Names()); len(near) > 0 {
		return nil, fmt.Errorf("unknown optimizer %q; did you mean %s?", name, strings.Join(near, ", "))
	}
	return nil, fmt.Errorf("unknown optimizer %q: there is %s", name, strings.Join(Names(), ", "))
}
