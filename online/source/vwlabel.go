package source

import (
	"bytes"
	"fmt"
	"math"

	"github.com/descent-go/descent/online"
)

// label reads what stands before the first bar: label, importance, base and
// tag. What a tab ends is left out.
func (v *VW) label(b []byte, at int) error {
	if f, n := plain(v.b, at); n > 0 && n == len(b)-1 && b[n] == ' ' {
		v.x.Label = f
		return nil
	}
	if tab := bytes.IndexByte(b, '\t'); tab >= 0 {
		b, at = b[tab+1:], at+tab+1
	}
	words := bytes.TrimRight(b, " ")
	last := bytes.LastIndexByte(words, ' ') + 1
	if len(words) > 0 && (len(words) == len(b) || words[last] == '\'') {
		v.x.Tag = append(v.x.Tag, bytes.TrimPrefix(words[last:], []byte("'"))...)
		words = words[:last]
	}
	if fault, done := parseLabel(words, v.x); fault != "" {
		return v.fault(at, done, "%s", fault)
	}
	return nil
}

// parseLabel reads a label, an importance and a base, the last ones or all of
// which may be missing. The fault is "" where there is none. A word that is no
// number counts as 0, as in Vowpal Wabbit; infinite ones do, too, but a label
// that is infinite is none.
func parseLabel(words []byte, x *online.Example) (fault, done string) {
	var found [3][]byte
	n := cutWords(words, found[:])
	if n > len(found) {
		return fmt.Sprintf("%d words before the features, expected at most label, importance and base", n), "no label read"
	}
	into := [...]*float32{&x.Label, &x.Weight, &x.Base}
	for i, word := range found[:n] {
		f, n := parseFloat(word)
		if n > 0 && f-f == 0 {
			*into[i] = f
			continue
		}
		taken := "0 taken"
		if *into[i] = 0; math.IsInf(float64(f), 0) && i == 0 {
			x.Label, taken = float32(math.NaN()), "no label read"
		}
		if fault == "" {
			part := [...]string{"label", "importance", "base"}[i]
			fault, done = fmt.Sprintf("expected a finite number as %s, found %.40q", part, word), taken
		}
	}
	return fault, done
}

// cutWords puts the words of a text, between which blanks stand, into a slice,
// as many as it has room for. It returns how many there are.
func cutWords(b []byte, into [][]byte) (n int) {
	for i := 0; i < len(b); {
		from := i
		for i < len(b) && b[i] != ' ' {
			i++
		}
		if i > from {
			if n < len(into) {
				into[n] = b[from:i]
			}
			n++
		}
		i++
	}
	return n
}
