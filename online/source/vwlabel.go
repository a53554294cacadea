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
	if tab := bytes.IndexByte(b, '\t'); tab >= 0 {
		b, at = b[tab+1:], at+tab+1
	}
	words := bytes.TrimRight(b, " ")
	last := bytes.LastIndexByte(words, ' ') + 1
	if len(words) > 0 && (len(words) == len(b) || words[last] == '\'') {
		v.x.Tag = append(v.x.Tag, bytes.TrimPrefix(words[last:], []byte("'"))...)
		words = words[:last]
	}
	if fault := parseLabel(words, v.x); fault != "" {
		return v.fault(at, "%s", fault)
	}
	return nil
}

// parseLabel reads a label, an importance and a base, the last ones or all of
// which may be missing. The fault is "" where there is none. A word that is no
// number counts as 0, as in Vowpal Wabbit; infinite ones do, too, but a label
// that is infinite is none.
func parseLabel(words []byte, x *online.Example) (fault string) {
	into := [...]*float32{&x.Label, &x.Weight, &x.Base}
	names := [...]string{"label", "importance", "base"}
	if n := countWords(words); n > len(into) {
		return fmt.Sprintf("%d words before the features, expected at most label, importance and base: no label read", n)
	}
	for i := range into {
		word, rest := cutWord(words)
		if words = rest; len(word) == 0 {
			return fault
		}
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
			fault = fmt.Sprintf("expected a finite number as %s, found %.40q: %s", names[i], word, taken)
		}
	}
	return fault
}

// cutWord returns the first word of a text, of which blanks are what is between
// words, and what is behind it.
func cutWord(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " ")
	if end := bytes.IndexByte(b, ' '); end >= 0 {
		return b[:end], b[end:]
	}
	return b, nil
}

func countWords(b []byte) (n int) {
	for {
		word, rest := cutWord(b)
		if len(word) == 0 {
			return n
		}
		b = rest
		n++
	}
}
