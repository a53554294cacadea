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

// Lookup finds a rule by its name; a + b chains two. An unknown name is an
// error that offers those that resemble it.
func Lookup(name string) (Rule, error) {
	if strings.Contains(name, "+") {
		var rules []Rule
		for _, part := range strings.Split(name, "+") {
			r, err := Lookup(strings.TrimSpace(part))
			if err != nil {
				return nil, err
			}
			rules = append(rules, r)
		}
		return Chain(rules...), nil
	}
	if r := registry[name]; r != nil {
		return r, nil
	}
	if r := registry[strings.ReplaceAll(strings.ToLower(name), "_", "-")]; r != nil {
		return r, nil
	}
	near := formula.Nearest(name, Names())
	if len(near) == 0 {
		near = Names()
	}
	return nil, fmt.Errorf("unknown optimizer %q: there is %s", name, strings.Join(near, ", "))
}
