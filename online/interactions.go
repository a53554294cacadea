package online

import "slices"

// term is a namespace of an interaction.
type term struct {
	from, to int  // its features
	again    bool // it is the one before, of which only later features are met
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
