package online

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Features says what becomes of an example's features before they are learned.
// The zero value adds the constant and nothing else. A namespace is written as
// the first byte of its name, the one without a name as a space.
type Features struct {
	// NoConstant leaves out the feature that is 1 in every example.
	NoConstant bool
	// Interactions multiply the features of namespaces: "ab" makes one of every
	// feature of a and every feature of b, "abc" of three. A ":" stands for
	// every namespace, so "::" makes all pairs. In any one interaction a feature
	// also meets itself.
	Interactions []string
	// Permutations makes of "aa" all ordered pairs, not only one of each two.
	Permutations bool
	// KeepDuplicates keeps interactions of the same namespaces, such as "ab" and "ba".
	KeepDuplicates bool
	// Ignore has the namespaces to leave out.
	Ignore string
	// IgnoreLinear has the namespaces that only interact.
	IgnoreLinear string
	// Keep, where it is not empty, has the only namespaces not to leave out,
	// whatever Ignore says.
	Keep string
	// Ngrams adds features for each run of 2 and more features in a row, up to
	// so many: "3", or "f3" for namespace f alone. Later ones count.
	Ngrams []string
	// Skips lets n-grams leave out up to so many features between, written as
	// Ngrams.
	Skips []string
	// Limits is how many features a namespace may have, those of the smallest
	// hashes: "100", or "f100" for namespace f alone.
	Limits []string
}

const (
	constant      = 11650396 // the hash of the constant feature
	constantSpace = 128      // its namespace

	maxFeatures     = 100_000_000 // of an example
	maxGrams        = 1000        // kinds of n-grams of a namespace
	maxInteractions = 1 << 20     // of an example's namespaces
	maxKept         = 1 << 16     // of all namespaces seen
)

// letters is a set of namespaces.
type letters [4]uint64

func (l *letters) add(b byte)      { l[b>>6] |= 1 << (b & 63) }
func (l *letters) has(b byte) bool { return l[b>>6]>>(b&63)&1 != 0 }

// lettersOf is the set of a string's bytes.
func lettersOf(s string) (l letters) {
	for i := range len(s) {
		l.add(s[i])
	}
	return l
}

// expander makes of examples what a learner sees. It is safe for concurrent
// use with different examples.
type expander struct {
	multiplier, mask uint32
	noConstant       bool
	permutations     bool
	plain            bool    // there is only the constant to add
	drop             letters // namespaces to leave out
	mute             letters // namespaces that only interact
	grams            [256][]gram
	limits           *[256]int // nil: none
	crossings
}

// newExpander compiles features; hashes are multiplied by the number of
// classes before interactions are made.
func newExpander(f Features, multiplier, mask uint32) (*expander, error) {
	e := &expander{multiplier: multiplier, mask: mask, noConstant: f.NoConstant, permutations: f.Permutations}
	e.drop, e.mute = lettersOf(f.Ignore), lettersOf(f.IgnoreLinear)
	if f.Keep != "" {
		e.drop = lettersOf(f.Keep)
		for i := range e.drop {
			e.drop[i] = ^e.drop[i]
		}
	}
	if err := e.setGrams(f); err != nil {
		return nil, err
	}
	if len(f.Limits) > 0 {
		e.limits = new([256]int)
		if err := perSpace("limit", f.Limits, maxFeatures, e.limits); err != nil {
			return nil, err
		}
	}
	if err := e.setInteractions(f); err != nil {
		return nil, err
	}
	e.plain = e.drop == letters{} && e.mute == letters{} && len(f.Ngrams)+len(f.Limits)+len(f.Interactions) == 0
	return e, nil
}

// setGrams compiles n-grams.
func (e *expander) setGrams(f Features) error {
	if len(f.Skips) > 0 && len(f.Ngrams) == 0 {
		return errors.New("online: skips without n-grams: say how long these are")
	}
	var ngrams, skips [256]int
	if err := perSpace("n-gram", f.Ngrams, 0, &ngrams); err != nil {
		return err
	}
	if err := perSpace("skip", f.Skips, 0, &skips); err != nil {
		return err
	}
	type kind struct{ n, skips int }
	done := map[kind][]gram{}
	for i, n := range ngrams {
		k := kind{n, skips[i]}
		if _, have := done[k]; !have {
			done[k] = gramsOf(n, skips[i])
		}
		if e.grams[i] = done[k]; len(e.grams[i]) > maxGrams {
			return fmt.Errorf("online: n-grams of %d features with %d skips: more than %d kinds", n, skips[i], maxGrams)
		}
	}
	return nil
}

// perSpace reads words such as "3", for all namespaces, and "f3".
func perSpace(what string, words []string, unless int, to *[256]int) error {
	for i := range to {
		to[i] = unless
	}
	for _, w := range words {
		all := len(w) > 0 && w[0] >= '0' && w[0] <= '9'
		digits := w
		if !all && len(w) > 0 {
			digits = w[1:]
		}
		n, err := strconv.ParseUint(strings.TrimPrefix(digits, ":"), 10, 31)
		if err != nil {
			return fmt.Errorf("online: %s %q: expected a number, as in \"3\", or a namespace's first letter and a number, as in \"f3\"", what, w)
		}
		if !all {
			to[w[0]] = int(n)
			continue
		}
		for i := range to {
			to[i] = int(n)
		}
	}
	return nil
}

// expand gives the weights of the features that a learner sees of an example,
// and their values, in the example's memory. Where these were more than 10^8 it
// makes neither n-grams nor interactions; fits says so.
func (e *expander) expand(x *Example) (at []uint32, value []float32) {
	if e.plain && x.ordered() {
		x.unseen = 0
		return e.copy(x)
	}
	s := x.own()
	s.at, s.value = x.at[:0], s.made[:0]
	e.build(x, s)
	x.unseen = s.muted
	at, value, s.made = s.at, s.value, s.value
	s.at, s.value = nil, nil
	return at, value
}

// names are the names of the features that expand makes, one after the other.
// It allocates.
func (e *expander) names(x *Example) []string {
	s := &scratch{named: true}
	e.build(x, s)
	return s.names
}

// fits says that an example has more features than expand makes.
func (e *expander) fits(x *Example) error {
	if !e.plain && e.size(x) > maxFeatures {
		return fmt.Errorf("online: n-grams and interactions make more than %d features of this example: leave out some", maxFeatures)
	}
	return nil
}

// copy is expand where there is only the constant to add.
func (e *expander) copy(x *Example) (at []uint32, value []float32) {
	n := len(x.Hashes)
	at = slices.Grow(x.at[:0], n+1)[:n]
	for i, h := range x.Hashes {
		at[i] = h * e.multiplier & e.mask
	}
	if e.noConstant {
		return at, x.Values
	}
	s := x.own()
	s.made = append(append(s.made[:0], x.Values...), 1) // not behind x.Values: what is there may be another's
	return append(at, e.place(constant)), s.made
}

// own is the example's memory for what is made of it.
func (x *Example) own() *scratch {
	if x.scratch == nil {
		x.scratch = new(scratch)
	}
	return x.scratch
}

// place is the weight of a hash.
func (e *expander) place(hash uint32) uint32 { return hash * e.multiplier & e.mask }

// ordered reports whether the example's features lie as the learner is to see
// them: no namespace in two places.
func (x *Example) ordered() bool {
	var seen letters
	end := 0
	for i, g := range x.Groups {
		if g.From != end || g.To < g.From {
			return false
		}
		end = g.To
		again := i > 0 && x.Groups[i-1].Name == g.Name
		if seen.has(g.Name) && !again || g.Name == constantSpace {
			return false
		}
		seen.add(g.Name)
	}
	return end == len(x.Hashes) && end == len(x.Values)
}
