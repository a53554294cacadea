package online

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// scratch is what is being made of an example.
type scratch struct {
	at    []uint32
	value []float32
	made  []float32 // memory for values between calls
	names []string
	named bool
	muted int // features that only interact

	runs  []run
	place [256]uint16 // of a namespace's run, from 1; 0: none
	terms []term
	sort  []feature
}

// run is a namespace of the example.
type run struct {
	name        byte
	first, last int // groups between which its features are
	n           int // how many features it has, n-grams among them
	from, to    int // where they are
}

// feature is one that is being sorted.
type feature struct {
	key, at uint32
	value   float32
	name    string
}

// build makes all that the learner sees.
func (e *expander) build(x *Example, s *scratch) {
	base := len(s.at)
	e.gather(x, s)
	list, ok := e.of(s.spaces())
	over := !ok || !e.few(s) && e.total(s, list) > maxFeatures
	for i := range s.runs {
		e.fill(x, s, &s.runs[i], over)
	}
	for i, h := range s.at[base:] {
		s.at[base+i] = e.place(h)
	}
	if !over {
		e.interact(s, list)
	}
	e.silence(s)
}

// few reports that there cannot be too many features, in less time than it
// takes to count them.
func (e *expander) few(s *scratch) bool {
	n := s.linear()
	bound := n
	for _, l := range e.given {
		bound += math.Pow(n, float64(len(l)))
	}
	return bound <= maxFeatures
}

// gather lists the namespaces in order of appearance.
func (e *expander) gather(x *Example, s *scratch) {
	for _, r := range s.runs {
		s.place[r.name] = 0
	}
	s.runs = s.runs[:0]
	for i, g := range x.Groups {
		from, to := x.span(g)
		if from == to || e.drop.has(g.Name) {
			continue
		}
		r := s.run(g.Name, i)
		r.last = i + 1
		r.n += to - from
	}
	for i := range s.runs {
		s.runs[i].n = e.grown(&s.runs[i])
	}
	if !e.noConstant {
		s.run(constantSpace, len(x.Groups)).n++
	}
	if e.limits != nil {
		for i := range s.runs {
			s.runs[i].n = min(s.runs[i].n, e.limits[s.runs[i].name])
		}
	}
}

// span is where the features of a group are, as far as they are there.
func (x *Example) span(g Group) (from, to int) {
	n := min(len(x.Hashes), len(x.Values))
	from = min(max(g.From, 0), n)
	return from, min(max(g.To, from), n)
}

// run finds the run of a namespace, or begins one.
func (s *scratch) run(name byte, group int) *run {
	if p := s.place[name]; p > 0 {
		return &s.runs[p-1]
	}
	s.runs = append(s.runs, run{name: name, first: group, last: group})
	s.place[name] = uint16(len(s.runs))
	return &s.runs[len(s.runs)-1]
}

// fill appends a namespace's features.
func (e *expander) fill(x *Example, s *scratch, r *run, over bool) {
	r.from = len(s.at)
	for _, g := range x.Groups[r.first:r.last] {
		if g.Name != r.name {
			continue
		}
		from, to := x.span(g)
		end := len(s.at)
		s.at = append(s.at, x.Hashes[from:to]...)
		for i, h := range s.at[end:] {
			s.at[end+i] = h & e.mask
		}
		s.value = append(s.value, x.Values[from:to]...)
		if s.named {
			s.appendNames(x, from, to)
		}
	}
	if !over {
		s.appendGrams(e.grams[r.name], r)
	}
	if r.name == constantSpace && !e.noConstant {
		s.add(constant, 1, "Constant")
	}
	if e.limits != nil {
		s.limit(r, e.limits[r.name], e.mask)
	}
	r.to = len(s.at)
}

// add appends a feature.
func (s *scratch) add(at uint32, value float32, name string) {
	s.at, s.value = append(s.at, at), append(s.value, value)
	if s.named {
		s.names = append(s.names, name)
	}
}

// appendNames appends names, as far as there are any.
func (s *scratch) appendNames(x *Example, from, to int) {
	for i := from; i < to; i++ {
		name := ""
		if i < len(x.Names) {
			name = x.Names[i]
		}
		s.names = append(s.names, name)
	}
}

// limit leaves a namespace so many features, those of the smallest hashes, of
// which each counts once.
func (s *scratch) limit(r *run, most int, mask uint32) {
	if len(s.at)-r.from <= most {
		return
	}
	s.sort = s.sort[:0]
	for i := r.from; i < len(s.at); i++ {
		f := feature{key: s.at[i] & mask, at: s.at[i], value: s.value[i]}
		if s.named {
			f.name = s.names[i]
		}
		s.sort = append(s.sort, f)
	}
	slices.SortStableFunc(s.sort, func(a, b feature) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
	})
	s.sort = slices.CompactFunc(s.sort, func(a, b feature) bool { return a.at == b.at })
	s.at, s.value = s.at[:r.from], s.value[:r.from]
	if s.named {
		s.names = s.names[:r.from]
	}
	for _, f := range s.sort[:min(most, len(s.sort))] {
		s.add(f.at, f.value, f.name)
	}
}

// silence takes out the features that only interact.
func (e *expander) silence(s *scratch) {
	s.muted = 0
	for i := len(s.runs) - 1; i >= 0; i-- {
		r := s.runs[i]
		if !e.mute.has(r.name) {
			continue
		}
		s.muted += r.to - r.from
		s.at, s.value = slices.Delete(s.at, r.from, r.to), slices.Delete(s.value, r.from, r.to)
		if s.named {
			s.names = slices.Delete(s.names, r.from, r.to)
		}
	}
}

// size is how many features expand would make of an example, those that only
// interact among them, and at most the largest int32. It makes none. Limits of
// namespaces may make them fewer.
func (e *expander) size(x *Example) int {
	s := x.own()
	e.gather(x, s)
	list, ok := e.of(s.spaces())
	if !ok {
		return math.MaxInt32
	}
	return int(min(e.total(s, list), math.MaxInt32))
}

// linear is how many features there are before interactions.
func (s *scratch) linear() float64 {
	n := 0.0
	for _, r := range s.runs {
		n += float64(r.n)
	}
	return n
}

// bare is a feature's name without its namespace's.
func bare(name string, space byte) string {
	if space != ' ' {
		if _, rest, found := strings.Cut(name, "^"); found {
			return rest
		}
	}
	return name
}
