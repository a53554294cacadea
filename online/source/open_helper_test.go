package source

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// show writes an example on a line: label, importance, base, tag, and for each
// group its name and features as Vowpal Wabbit's --audit has them, with a hash
// of 18 bits.
func show(x *online.Example) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %g %g %g %q", x.Line, x.Label, x.Weight, x.Base, x.Tag)
	if x.Blank {
		b.WriteString(" blank")
	}
	for _, g := range x.Groups {
		fmt.Fprintf(&b, " %c|", g.Name)
		for i := g.From; i < g.To; i++ {
			if len(x.Names) > 0 {
				fmt.Fprintf(&b, " %s", x.Names[i])
			}
			fmt.Fprintf(&b, ":%d:%g", x.Hashes[i]&(1<<18-1), x.Values[i])
		}
	}
	return b.String()
}

// readAll shows all examples of a reader.
func readAll(t *testing.T, r online.Reader) []string {
	t.Helper()
	all, err := readToError(r)
	if err != io.EOF {
		t.Fatal(err)
	}
	return all
}

func readToError(r online.Reader) (all []string, err error) {
	var x online.Example
	for {
		if err := r.Read(&x); err != nil {
			return all, err
		}
		all = append(all, show(&x))
	}
}

// collect makes Options that gather faults.
func collect(o Options) (Options, *[]string) {
	faults := new([]string)
	o.Report = func(f Fault) {
		*faults = append(*faults, fmt.Sprintf("%d:%d %s", f.Line, f.Column, strings.TrimSuffix(f.Text+": "+f.Done, ": ")))
	}
	return o, faults
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: got\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// checkExample fails where the parts of an example do not fit.
func checkExample(t *testing.T, x *online.Example) {
	t.Helper()
	if len(x.Values) != len(x.Hashes) || len(x.Names) != 0 && len(x.Names) != len(x.Hashes) {
		t.Fatalf("%d hashes, %d values, %d names", len(x.Hashes), len(x.Values), len(x.Names))
	}
	at := 0
	for _, g := range x.Groups {
		if g.From != at || g.To <= g.From {
			t.Fatalf("groups %v of %d features", x.Groups, len(x.Hashes))
		}
		at = g.To
	}
	if at != len(x.Hashes) {
		t.Fatalf("groups %v of %d features", x.Groups, len(x.Hashes))
	}
	for _, v := range x.Values {
		if v-v != 0 || v == 0 {
			t.Fatalf("value %g", v)
		}
	}
	if x.Label-x.Label != 0 && x.Label == x.Label || x.Weight-x.Weight != 0 || x.Base-x.Base != 0 {
		t.Fatalf("label %g, importance %g, base %g", x.Label, x.Weight, x.Base)
	}
}
