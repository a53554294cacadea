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

// term is a namespace of an interaction.
type term struct {
	from, to int  // its features
	again    bool // it is the one before, of which only later features are met
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
		if n := len(slices.Compact(b)); n > 1 && n < len(l) {
			l = sorted
		}
		out = append(out, l)
	}
	return out
}

// of gives the interactions of a set of namespaces, and maybe some of others;
// false: there are too many. They are compiled for all namespaces seen so far,
// as long as these have not too many.
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
	if c.number(now) > maxInteractions {
		return c.compile(spaces), true
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

// spaces is the set of an example's namespaces that wildcards stand for.
func (s *scratch) spaces() (l letters) {
	for _, r := range s.runs {
		if r.name >= ' ' && r.name <= '~' {
			l.add(r.name)
		}
	}
	return l
}

// total is how many features there are with interactions.
func (e *expander) total(s *scratch, list []string) float64 {
	n := s.linear()
	for _, l := range list {
		n += e.products(s, l)
	}
	return n
}

// products is how many features an interaction makes.
func (e *expander) products(s *scratch, l string) float64 {
	out := 1.0
	for i := 0; i < len(l); {
		k := 1
		for !e.permutations && i+k < len(l) && l[i+k] == l[i] {
			k++
		}
		p := s.place[l[i]]
		if p == 0 {
			return 0
		}
		out *= choices(float64(s.runs[p-1].n), k)
		i += k
	}
	return out
}

// interact appends the interactions of all features.
func (e *expander) interact(s *scratch, list []string) {
	for _, l := range list {
		if s.setTerms(l, e.permutations) {
			s.cross(s.terms, s.terms[0].from, 0, 1, "", e.mask)
		}
	}
}

// setTerms looks up an interaction's namespaces; false: one has no features.
func (s *scratch) setTerms(l string, permutations bool) bool {
	s.terms = s.terms[:0]
	for i := range len(l) {
		p := s.place[l[i]]
		if p == 0 {
			return false
		}
		r := &s.runs[p-1]
		if r.from == r.to {
			return false
		}
		s.terms = append(s.terms, term{r.from, r.to, i > 0 && l[i] == l[i-1] && !permutations})
	}
	return true
}

// prime is what interactions multiply hashes by.
const prime = 16777619

// cross appends the products of what has been chosen so far, of a hash, a
// value and a name, with a feature of every term, of the first from a place on.
func (s *scratch) cross(terms []term, from int, half uint32, value float32, name string, mask uint32) {
	if len(terms) == 1 {
		s.times(from, terms[0].to, half, value, name, mask)
		return
	}
	for i := from; i < terms[0].to; i++ {
		next := terms[1].from
		if terms[1].again {
			next = i
		}
		so := name
		if s.named {
			so += s.names[i] + "*"
		}
		s.cross(terms[1:], next, prime*(half^s.at[i]), value*s.value[i], so, mask)
	}
}

// times appends the products with every feature of a range.
func (s *scratch) times(from, to int, half uint32, value float32, name string, mask uint32) {
	n, end := to-from, len(s.at)
	s.at, s.value = slices.Grow(s.at, n)[:end+n], slices.Grow(s.value, n)[:end+n]
	at, values := s.at[end:], s.value[end:]
	for i, a := range s.at[from:to] {
		at[i] = (half ^ a) & mask
	}
	for i, v := range s.value[from:to] {
		values[i] = value * v
	}
	if s.named {
		for _, with := range s.names[from:to] {
			s.names = append(s.names, name+with)
		}
	}
}
