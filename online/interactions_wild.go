package online

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// crossings are interactions of namespaces.
type crossings struct {
	given []string
	wild  bool // one of them has a ":"
	keep  bool // duplicates

	mu  sync.Mutex
	all atomic.Pointer[compiled]
}

// compiled are the interactions of a set of namespaces.
type compiled struct {
	spaces letters
	list   []string
}

// setInteractions compiles interactions.
func (e *expander) setInteractions(f Features) error {
	for _, list := range f.Interactions {
		if len(list) < 2 {
			return fmt.Errorf("online: interaction %q: expected the first letters of two or more namespaces, as in \"ab\"", list)
		}
		e.wild = e.wild || strings.Contains(list, ":")
	}
	e.keep = f.KeepDuplicates
	e.given = tidy(slices.Clone(f.Interactions), e.keep)
	e.all.Store(&compiled{})
	return nil
}

// tidy sorts interactions, drops those of the same namespaces, and puts
// namespaces that come up again beside each other.
func tidy(list []string, keep bool) []string {
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	seen, out := map[string]bool{}, list[:0]
	for _, l := range list {
		b := []byte(l)
		slices.Sort(b)
		sorted := string(b)
		if seen[sorted] && !keep {
			continue
		}
		seen[sorted] = true
		if len(slices.Compact(b)) < len(l) {
			l = sorted
		}
		out = append(out, l)
	}
	return out
}

// of gives the interactions of a set of namespaces, and maybe some of others;
// false: there are too many. They are compiled for all namespaces seen so far
// or, where these have many, for those asked for.
func (c *crossings) of(spaces letters) ([]string, bool) {
	if !c.wild {
		return c.given, true
	}
	all := c.all.Load()
	if union(all.spaces, spaces) == all.spaces {
		return all.list, true
	}
	if c.number(spaces) > maxInteractions {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := union(c.all.Load().spaces, spaces)
	if c.number(now) > maxKept {
		now = spaces
	}
	all = &compiled{now, c.compile(now)}
	c.all.Store(all)
	return all.list, true
}

func union(a, b letters) letters {
	for i := range a {
		a[i] |= b[i]
	}
	return a
}

// number is how many interactions a set of namespaces has, those that tidy
// drops among them.
func (c *crossings) number(spaces letters) float64 {
	total, n := 0.0, float64(len(spaces.list()))
	for _, l := range c.given {
		wild := strings.Count(l, ":")
		if c.keep {
			total += math.Pow(n, float64(wild))
		} else {
			total += choices(n, wild)
		}
	}
	return total
}

// choices is in how many ways k of n can be chosen, some several times.
func choices(n float64, k int) float64 {
	out := 1.0
	for i := range k {
		out *= (n + float64(i)) / float64(i+1)
	}
	return math.Round(out)
}

// list has the letters that stand for themselves: printable ones.
func (l *letters) list() []byte {
	var out []byte
	for b := byte(' '); b <= '~'; b++ {
		if l.has(b) {
			out = append(out, b)
		}
	}
	return out
}

// compile replaces wildcards.
func (c *crossings) compile(spaces letters) []string {
	var out []string
	names := spaces.list()
	for _, l := range c.given {
		out = c.replace(out, []byte(l), 0, strings.Count(l, ":"), names)
	}
	return tidy(out, c.keep)
}

// replace appends an interaction with all that its wildcards from a place on
// may be. Of the same choice in other orders there is one: of two wildcards
// the rising one, else the falling one.
func (c *crossings) replace(out []string, l []byte, from, wild int, names []byte) []string {
	for from < len(l) && l[from] != ':' {
		from++
	}
	if from == len(l) {
		return append(out, string(l))
	}
	for i, b := range names {
		l[from] = b
		rest := names
		if !c.keep && wild == 2 {
			rest = names[i:]
		} else if !c.keep {
			rest = names[:i+1]
		}
		out = c.replace(out, l, from+1, wild, rest)
	}
	l[from] = ':'
	return out
}
