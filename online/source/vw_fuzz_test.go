package source

import (
	"bytes"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// FuzzVW: whatever the bytes, the quick paths read them as the slow ones do,
// features are finite and not 0, and groups cut them.
func FuzzVW(f *testing.F) {
	for _, s := range []string{
		"1 |f a:1 b:2.5 13:3.9656971e-02 14:-0.25 c\n", "-1 2 0.25 'tag|f a |g:2 a:3 b :4 :red x:y\r\n\n",
		"1 |f a:+1 b:0x10 c:1e+05 d:nan e:1e39 f:1x\n|:", "\ufeff1 |f:inf 12345678:1\ra",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		quick, faults := readFuzz(t, b, Options{})
		slow, same := readFuzz(t, b, Options{Hash: online.HashStrings})
		sameExamples(t, quick, slow)
		if strings.Join(faults, "\n") != strings.Join(same, "\n") {
			t.Fatalf("faults %q and %q", faults, same)
		}
		named, _ := readFuzz(t, b, Options{Names: true})
		sameExamples(t, named, quick)
		for i, x := range named {
			if len(x.Names) != len(x.Hashes) {
				t.Fatalf("%d names of %d features", len(x.Names), len(x.Hashes))
			}
			checkExample(t, quick[i])
		}
		parseLines(t, b, quick)
	})
}

func readFuzz(t *testing.T, b []byte, o Options) (all []*online.Example, faults []string) {
	o.Report = func(f Fault) { faults = append(faults, f.Error()) }
	all, err := examplesOf(NewVW(bytes.NewReader(b), o))
	if err != nil {
		t.Fatal(err)
	}
	return all, faults
}

// parseLines compares Parse with what Read has read.
func parseLines(t *testing.T, b []byte, want []*online.Example) {
	v := NewVW(nil, Options{})
	for i, line := range bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n")) {
		var x online.Example
		if err := v.Parse(line, &x); err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 {
			return
		}
		if x.Line = want[i].Line; bitsOf(&x) != bitsOf(want[i]) {
			t.Fatalf("line %q\nParse %s\nRead  %s", line, bitsOf(&x), bitsOf(want[i]))
		}
	}
}

// FuzzFloat: the quick paths read a number as parseFloat does or not at all.
func FuzzFloat(f *testing.F) {
	for _, s := range []string{"3.9656971e-02", "-0.25", "1e-5", "123456789.123456789", "1e39", "0x1p3", "1.", ".5", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s, _, _ = strings.Cut(s, "\n")
		want, n := parseFloat([]byte(s))
		if n < 0 || n > len(s) {
			t.Fatalf("%q: %d bytes", s, n)
		}
		if got, m := plain(padded(s), 0); m > 0 && (m != n || got != want) {
			t.Fatalf("%q: plain has %v, %d bytes, want %v, %d", s, got, m, want, n)
		}
		if got, m := exponential(s); m > 0 && (n != 13 && s[n] != ' ' || got != want) {
			t.Fatalf("%q: exponentials has %v, want %v", s, got, want)
		}
	})
}
