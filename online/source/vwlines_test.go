package source

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/descent-go/descent/online"
)

// However the stream is cut, the examples are the same.
func TestPieces(t *testing.T) {
	s := contents(t, "testdata/odd.vw") + "1 |" + strings.Repeat(" 13:3.9656971e-02", blockSize/10) + "\n1 | last"
	want := readVW(t, s, Options{})
	for _, r := range []io.Reader{iotest.OneByteReader(strings.NewReader(s)), iotest.HalfReader(strings.NewReader(s)), iotest.DataErrReader(strings.NewReader(s))} {
		got, err := examplesOf(NewVW(r, Options{}))
		if err != nil {
			t.Fatal(err)
		}
		sameExamples(t, got, want)
	}
}

func sameExamples(t *testing.T, got, want []*online.Example) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d examples, want %d", len(got), len(want))
	}
	for i := range got {
		if a, b := bitsOf(got[i]), bitsOf(want[i]); a != b {
			t.Fatalf("line %d\ngot  %.2000s\nwant %.2000s", want[i].Line, a, b)
		}
	}
}

// bitsOf prints all of an example, values to the bit, but for the names.
func bitsOf(x *online.Example) string {
	return fmt.Sprintf("%x %x %x %q %v %d %v %x %v", x.Label, x.Weight, x.Base, x.Tag, x.Blank, x.Line, x.Hashes, x.Values, x.Groups)
}

func TestErrorOfTheStream(t *testing.T) {
	broken := errors.New("broken")
	v := NewVW(io.MultiReader(strings.NewReader("1 | a\n2 | b"), iotest.ErrReader(broken)), Options{})
	all, err := examplesOf(v)
	if len(all) != 1 || !errors.Is(err, broken) || !strings.Contains(err.Error(), "after line 1") {
		t.Errorf("%d examples, %v", len(all), err)
	}
	if _, err := examplesOf(NewVW(stuck{}, Options{})); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestLongLines(t *testing.T) {
	long := "1 | " + strings.Repeat("x", 3*blockSize) + "\n"
	s := "1 | a\n" + long + "1 | " + strings.Repeat("b", 100) + "\n" + "2 | c\n" + long
	var lines []int
	got := readVW(t, s, Options{MaxLine: 50, Report: func(f Fault) { lines = append(lines, f.Line) }})
	if len(got) != 2 || got[1].Line != 4 || !slices.Equal(lines, []int{2, 3, 5}) {
		t.Errorf("%d examples, faults in lines %v", len(got), lines)
	}
	if n := len(readVW(t, s, Options{})); n != 5 {
		t.Errorf("%d examples without a limit", n)
	}
	v := NewVW(strings.NewReader(s), Options{MaxLine: 50})
	if _, err := examplesOf(v); err != nil || cap(v.text.b) > 2*blockSize {
		t.Errorf("%v, a buffer of %d bytes for lines of 50", err, cap(v.text.b))
	}
}

// again is a text without end.
type again struct {
	text []byte
	at   int
}

func (a *again) Read(b []byte) (n int, err error) {
	for n < len(b) {
		c := copy(b[n:], a.text[a.at:])
		n, a.at = n+c, (a.at+c)%len(a.text)
	}
	return n, nil
}
