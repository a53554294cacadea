package online

import "slices"

// gram is a kind of n-gram: how far each feature is after the first.
type gram []int

// gramsOf lists the kinds of n-grams of 2 to n features with up to so many
// left out between, in Vowpal Wabbit's order; a few more than maxGrams where
// there are more.
func gramsOf(n, skips int) []gram {
	var out []gram
	for more := 1; more < n && len(out) <= maxGrams; more++ {
		out = addGrams(out, gram{0}, more, skips, 0)
	}
	return out
}

// addGrams appends the kinds that begin as so, have so many features more, and
// leave out some number of features more, skipped of them before the next.
func addGrams(out []gram, so gram, more, skips, skipped int) []gram {
	if len(out) > maxGrams {
		return out
	}
	if more == 0 {
		return append(out, slices.Clone(so))
	}
	out = addGrams(out, append(so, so[len(so)-1]+1+skipped), more-1, skips, 0)
	if skips > 0 {
		out = addGrams(out, so, more, skips-1, skipped+1)
	}
	return out
}

// grown is how many features a namespace has with its n-grams.
func (e *expander) grown(r *run) int {
	n := r.n
	for _, g := range e.grams[r.name] {
		n += max(r.n-g[len(g)-1], 0)
	}
	return n
}

// quadratic is what n-grams multiply hashes by.
const quadratic = 27942141

// appendGrams appends n-grams to a namespace.
func (s *scratch) appendGrams(grams []gram, r *run) {
	end := len(s.at)
	for _, g := range grams {
		for i := r.from; i+g[len(g)-1] < end; i++ {
			at, name := s.at[i], ""
			for _, j := range g[1:] {
				at = at*quadratic + s.at[i+j]
			}
			if s.named {
				name = s.names[i]
				for _, j := range g[1:] {
					name += "^" + bare(s.names[i+j], r.name)
				}
			}
			s.add(at, 1, name)
		}
	}
}
