package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// testdata/odd.vw has lines that are hard to read, odd.golden (by odd.py) is
// what Vowpal Wabbit 9.11.9 (the package vowpalwabbit) makes of them: label,
// importance, base and tag, then namespace, hash of 29 bits and value of every
// feature. It adds up digits in float32, so values are compared to 4e-7.

// goldenLine prints an example the way odd.golden has them.
func goldenLine(x *online.Example) string {
	label, tag := "none", "-"
	if x.Label == x.Label {
		label = fmt.Sprintf("%.9g", x.Label)
	}
	if len(x.Tag) > 0 {
		tag = string(x.Tag)
	}
	s := fmt.Sprintf("%s %.9g %.9g %s", label, x.Weight, x.Base, tag)
	for _, g := range ordered(x) {
		for i := g.From; i < g.To; i++ {
			s += fmt.Sprintf(" %d:%d:%.9g", g.Name, x.Hashes[i]&(1<<29-1), x.Values[i])
		}
	}
	return s
}

// ordered returns the groups as Vowpal Wabbit keeps them: those of one name
// together.
func ordered(x *online.Example) []online.Group {
	groups := slices.Clone(x.Groups)
	slices.SortStableFunc(groups, func(a, b online.Group) int { return firstOf(x, a.Name) - firstOf(x, b.Name) })
	return groups
}

func firstOf(x *online.Example, name byte) int {
	return slices.IndexFunc(x.Groups, func(g online.Group) bool { return g.Name == name })
}

// copyOf returns an example that does not share the reader's memory.
func copyOf(x *online.Example) *online.Example {
	return &online.Example{
		Label: x.Label, Weight: x.Weight, Base: x.Base, Tag: slices.Clone(x.Tag), Blank: x.Blank, Line: x.Line,
		Hashes: slices.Clone(x.Hashes), Values: slices.Clone(x.Values), Groups: slices.Clone(x.Groups), Names: slices.Clone(x.Names),
	}
}

// examplesOf returns all examples, and the error when it is not io.EOF.
func examplesOf(r online.Reader) (all []*online.Example, err error) {
	var x online.Example
	for {
		switch err := r.Read(&x); {
		case err == io.EOF:
			return all, nil
		case err != nil:
			return all, err
		}
		all = append(all, copyOf(&x))
	}
}

func readVW(t *testing.T, s string, o Options) []*online.Example {
	t.Helper()
	all, err := examplesOf(NewVW(strings.NewReader(s), o))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func contents(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAsVowpalWabbit(t *testing.T) {
	lines := strings.Split(contents(t, "testdata/odd.vw"), "\n")
	want := strings.Split(strings.TrimSpace(contents(t, "testdata/odd.golden")), "\n")
	for _, o := range []Options{{}, {Hash: online.HashStrings}, {Names: true}} {
		got := readVW(t, contents(t, "testdata/odd.vw"), o)
		if len(got) != len(want) {
			t.Fatalf("%d examples, want %d", len(got), len(want))
		}
		for i := range got {
			checkExample(t, got[i])
			if !alike(goldenLine(got[i]), want[i]) {
				t.Errorf("line %d %q\ngot  %s\nwant %s", i+1, lines[i], goldenLine(got[i]), want[i])
			}
		}
	}
}

// alike reports whether two printed examples are the same, but for rounding.
func alike(a, b string) bool {
	as, bs := strings.Fields(a), strings.Fields(b)
	return slices.EqualFunc(as, bs, func(a, b string) bool {
		i, j := strings.LastIndexByte(a, ':')+1, strings.LastIndexByte(b, ':')+1
		var x, y float64
		if _, err := fmt.Sscan(a[i:]+" "+b[j:], &x, &y); err != nil {
			return a == b
		}
		return a[:i] == b[:j] && math.Abs(x-y) <= 4e-7*math.Abs(y)
	})
}

func TestBlankLines(t *testing.T) {
	got := readVW(t, "1 | a\n\n\r\n\ufeff\n | \n", Options{})
	want := []bool{false, true, true, true, false}
	for i, x := range got {
		if x.Blank != want[i] || x.Line != i+1 {
			t.Errorf("line %d: blank is %v, number %d", i+1, x.Blank, x.Line)
		}
	}
}

func TestNames(t *testing.T) {
	x := readVW(t, "1 |f a:2 b:red :3 :red |x:2 a 13:1 |:5 | a :1 a:red zero:0", Options{Names: true})[0]
	want := []string{"f^a", "f^b^red", "f^", "f^^red", "x^a", "x^13"}
	if !slices.Equal(x.Names, want) {
		t.Errorf("%q, want %q", x.Names, want)
	}
	x = readVW(t, "1 | a :1 a:red zero:0", Options{Names: true})[0]
	if want := []string{"a", "", "a^red"}; !slices.Equal(x.Names, want) {
		t.Errorf("%q, want %q", x.Names, want)
	}
}

func TestSeedAndHash(t *testing.T) {
	// vw --hash_seed 7 --hash all -b 29 --audit
	x := readVW(t, "1 |f a 13 | a", Options{Seed: 7, Hash: online.HashAll})[0]
	var got []uint32
	for _, h := range x.Hashes {
		got = append(got, h&(1<<29-1))
	}
	if want := []uint32{526509234, 324389598, 96633147}; !slices.Equal(got, want) {
		t.Errorf("%d, want %d", got, want)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		line   string
		column int
		text   string
	}{
		{"x | a", 1, `finite number as label, found "x": 0 taken`},
		{"id\tx | a", 4, "label"},
		{"1 x | a", 1, "importance"},
		{"1 2 inf | a", 1, "base"},
		{"-inf | a", 1, "no label read"},
		{"1 2 3 4 | a", 1, "4 words"},
		{"1 |f a:1x b", 9, `expected a blank, | or the line's end, found "x"`},
		{"1 |f a:nan b", 8, `value, found "nan": feature left out`},
		{"1 |f a:1e39 b", 8, "feature left out"},
		{"1 |f:1e38 a:1e38", 13, "feature left out"},
		{"1 |f:x a", 6, `weight, found "x": 0 taken`},
		{"1 |f:inf a", 6, `weight, found "inf": 1 taken`},
		{"1 |f:3e38 13:9.9656971e-00 14:1", 14, "feature left out"},
		{"1 |:x", 4, "the rest of the line left out"},
	} {
		var got []Fault
		o := Options{Report: func(f Fault) { got = append(got, f) }}
		if n := len(readVW(t, "1 | a\n"+c.line+"\n1 | a\n", o)); n != 3 {
			t.Errorf("%q: %d examples", c.line, n)
		}
		if len(got) == 0 || got[0].Line != 2 || got[0].Column != c.column || !strings.Contains(got[0].Error(), c.text) {
			t.Errorf("%q: %+v, want column %d and %q", c.line, got, c.column, c.text)
		}
		var x online.Example
		v := NewVW(strings.NewReader("1 | a\n"+c.line+"\n1 | a\n"), Options{Strict: true})
		if err := v.Read(&x); err != nil {
			t.Error(err)
		}
		for range 2 {
			var f *Fault
			if err := v.Read(&x); !errors.As(err, &f) || f.Line != 2 {
				t.Errorf("%q: strict reading gives %v", c.line, err)
			}
		}
	}
}

func TestNoFaults(t *testing.T) {
	o := Options{Report: func(f Fault) { t.Error(&f) }}
	readVW(t, "\n \n1 2 .5 'tag|f:2 a: 5 b c:red :1 | |g \t\n1 |f a\rb\n1 |f:2\nno\n", o)
}

func TestInfiniteLabelIsNone(t *testing.T) {
	if x := readVW(t, "inf 2 | a", Options{})[0]; x.Label == x.Label || x.Weight != 2 {
		t.Errorf("label %v, importance %v", x.Label, x.Weight)
	}
}

func TestParse(t *testing.T) {
	v := NewVW(nil, Options{MaxLine: 1000})
	for i, line := range bytes.Split([]byte(contents(t, "testdata/odd.vw")), []byte("\n")) {
		var x online.Example
		if err := v.Parse(line, &x); err != nil {
			t.Fatal(err)
		}
		want := readVW(t, string(line)+"\n", Options{})[0]
		if want.Line = 0; bitsOf(&x) != bitsOf(want) {
			t.Errorf("line %d: %s, want %s", i+1, bitsOf(&x), bitsOf(want))
		}
	}
	var x online.Example
	if err := v.Parse([]byte("1 | a\n2 | b\n"), &x); err == nil {
		t.Error("two lines are no error")
	}
	if err := v.Parse(make([]byte, 1001), &x); err == nil {
		t.Error("a line that is too long is no error")
	}
}

func TestNoAllocation(t *testing.T) {
	line := "1 2 .5 'tag|f a b:2 c:red :1 13:3.9656971e-02 14:-0.25 15:+1 16:1e+05 17:0x10 18:1e-5|g:2 x\n\n"
	r := &again{text: []byte(line)}
	v, x := NewVW(r, Options{Report: func(f Fault) { t.Error(f) }}), &online.Example{}
	n := testing.AllocsPerRun(100, func() {
		for range 1000 {
			if err := v.Read(x); err != nil {
				t.Fatal(err)
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations for 1000 examples", n)
	}
}
