package source

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// pairs prints the label and the features of an example.
func pairs(x *online.Example) string {
	s := fmt.Sprint(x.Label)
	for i := range x.Hashes {
		s += fmt.Sprintf(" %d:%v", x.Hashes[i], x.Values[i])
	}
	return s
}

func TestLibSVM(t *testing.T) {
	text := "\ufeff+1 1:0.5 3:-2 4294967295:3.9656971e-02 7:0 8:1\n" +
		"# a comment\n\n \t \n" +
		"-1 qid:3 2:1e-3\t4:1 # 5:1\r\n" +
		"2:7 3:1\n" +
		"  1.5   \n" +
		"3 12345678:1 0:2"
	want := []string{"1 1:0.5 3:-2 4294967295:0.039656963 8:1", "-1 2:0.0009999999 4:1", "NaN 2:7 3:1", "1.5", "3 12345678:1 0:2"}
	lines := []int{1, 5, 6, 7, 8}
	for _, names := range []bool{false, true} {
		o := Options{Names: names, Report: func(f Fault) { t.Error(f) }}
		got, err := examplesOf(NewLibSVM(strings.NewReader(text), o))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d examples, %v", len(got), err)
		}
		for i, x := range got {
			if pairs(x) != want[i] || x.Line != lines[i] {
				t.Errorf("line %d: %s, want line %d: %s", x.Line, pairs(x), lines[i], want[i])
			}
			checkExample(t, x)
		}
		if names && strings.Join(got[4].Names, " ") != "12345678 0" {
			t.Errorf("names %q", got[4].Names)
		}
	}
}

func TestLibSVMFaults(t *testing.T) {
	for _, c := range []struct {
		line   string
		column int
		text   string
		want   string
	}{
		{"1,2 1:1", 1, `label, found "1,2": no label read`, "NaN 1:1"},
		{"inf 1:1", 1, "no label read", "NaN 1:1"},
		{"1 a:1 2:2", 3, `found "a:1": left out`, "1 2:2"},
		{"1 4294967296:1 2:2", 3, "from 0 to 4294967295", "1 2:2"},
		{"1 -1:1 2:2", 3, "left out", "1 2:2"},
		{"1 1:1 5 2:2", 7, "index:value", "1 1:1 2:2"},
		{"1 1:x 2:2", 5, `value of 1, found "x": left out`, "1 2:2"},
		{"1 1:nan 2:2", 5, "finite", "1 2:2"},
		{"1 1: 2:2", 5, "finite", "1 2:2"},
		{"1 1:1:1 2:2", 5, "finite", "1 2:2"},
	} {
		var got []Fault
		all, err := examplesOf(NewLibSVM(strings.NewReader("1\n"+c.line), Options{Report: func(f Fault) { got = append(got, f) }}))
		if err != nil || len(all) != 2 || pairs(all[1]) != c.want {
			t.Fatalf("%q: %d examples, %v", c.line, len(all), err)
		}
		if len(got) != 1 || got[0].Line != 2 || got[0].Column != c.column || !strings.Contains(got[0].Error(), c.text) {
			t.Errorf("%q: %+v, want column %d and %q", c.line, got, c.column, c.text)
		}
		if all, err := examplesOf(NewLibSVM(strings.NewReader("1\n"+c.line), Options{Strict: true})); err == nil || len(all) != 1 {
			t.Errorf("%q: strict reading gives %d examples", c.line, len(all))
		}
	}
}

// FuzzLibSVM: the quick paths read as the slow ones do.
func FuzzLibSVM(f *testing.F) {
	for _, s := range []string{"+1 1:0.5 3:3.9656971e-02 7:0 # x\n", "1,2 qid:3 a:1 1:nan 2:+1\r\n\n3:1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		quick, err := examplesOf(NewLibSVM(bytes.NewReader(b), Options{}))
		if err != nil {
			t.Fatal(err)
		}
		slow, err := examplesOf(NewLibSVM(bytes.NewReader(b), Options{Names: true}))
		if err != nil {
			t.Fatal(err)
		}
		sameExamples(t, quick, slow)
		for _, x := range quick {
			checkExample(t, x)
		}
	})
}
