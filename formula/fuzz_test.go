package formula_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
)

// FuzzParse: no text makes Parse panic, its errors point into the text, and
// what parses survives printing and can be set, run and chained.
func FuzzParse(f *testing.F) {
	for _, m := range mistakes {
		f.Add(m.text)
	}
	for _, text := range append([]string{adam, nag}, odd...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		p, err := formula.Parse("fuzz", text)
		if err != nil {
			e := err.(*formula.Error)
			if lines := strings.Count(text, "\n") + 1; e.Pos.Line < 1 || e.Pos.Line > lines || e.Pos.Col < 1 {
				t.Fatalf("%v: line %d of %d", err, e.Pos.Line, lines)
			}
			return
		}
		roundTrip(t, p)
		p.LaTeX()
		wellFormed(t, p.MathML())
		run(p, 2)
		if flat, err := formula.Flatten([]formula.Link{{Prefix: "a", Program: p}, {Program: p}, {Prefix: "b", Program: p}}); err == nil {
			run(flat, 1)
		}
	})
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text)
		}
	}
}
