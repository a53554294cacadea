package dataset

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// streets is a table of 20 rows; the cells of row i are those that row gives.
func streets(row func(i int) string) string {
	var b strings.Builder
	b.WriteString("size,city,price\n")
	for i := range 20 {
		b.WriteString(row(i) + "\n")
	}
	return b.String()
}

// TestOpenSplitFitsTrainOnly changes the examples that are held back: the schema
// stays, and so does what is learned from.
func TestOpenSplitFitsTrainOnly(t *testing.T) {
	held := heldBack(20, 0.25, 3)
	usual := func(i int) string { return fmt.Sprintf("%d,%c,%d.5", i*i, 'A'+i%3, 10*i) }
	other := func(i int) string {
		if held[i] {
			return fmt.Sprintf("%d,Bern,%d.5", 100000+i, 5000*i)
		}
		return usual(i)
	}
	var trains, tests []*Data
	for _, row := range []func(int) string{usual, other} {
		train, test, err := OpenSplit(write(t, "a.csv", streets(row)), Options{Target: "price"}, 0.25, 3)
		if err != nil {
			t.Fatal(err)
		}
		if train.N != 15 || test.N != 5 {
			t.Fatalf("%d examples and %d", train.N, test.N)
		}
		trains, tests = append(trains, train), append(tests, test)
	}
	wantSame(t, trains[0], trains[1])
	if a, b := trains[0].Schema, trains[1].Schema; !reflect.DeepEqual(a, b) {
		t.Errorf("the schema depends on what is held back:\n%+v\n%+v", a, b)
	}
	mean := 0.0
	for i := range 20 {
		if !held[i] {
			mean += (10*float64(i) + 0.5) / 15
		}
	}
	if got := trains[0].Schema.Target.Mean; got < mean-1e-9 || got > mean+1e-9 {
		t.Errorf("the mean of the target is %v, want %v", got, mean)
	}
	for i := range tests[1].N {
		if x := tests[1].X[4*i : 4*i+4]; x[0] < 100 || x[1]+x[2]+x[3] != 0 {
			t.Errorf("example %d held back is %v", i, x)
		}
	}
}

// TestOpenSplitDecidesFromAll has a class, and a text among numbers, that only
// an example held back has.
func TestOpenSplitDecidesFromAll(t *testing.T) {
	held := heldBack(20, 0.05, 3)
	text := streets(func(i int) string {
		if held[i] {
			return "big,A,rare"
		}
		return fmt.Sprintf("%d,A,%s", i%4, []string{"cheap", "dear"}[i%2])
	})
	train, test, err := OpenSplit(write(t, "a.csv", text), Options{Target: "price"}, 0.05, 3)
	if err != nil {
		t.Fatal(err)
	}
	if classes := strings.Join(train.Classes(), " "); classes != "cheap dear rare" || test.Y[0] != 2 {
		t.Errorf("classes %s, held back %v", classes, test.Y)
	}
	if c := train.Schema.Columns[0]; c.Kind != Category || strings.Join(c.Values, " ") != "0 1 2 3" {
		t.Errorf("the column is %+v", c)
	}
}

// TestOpenSplitTargets has the targets of the other formats scaled without the
// last example, which is far off and held back.
func TestOpenSplitTargets(t *testing.T) {
	seed := uint64(0)
	for !heldBack(3, 0.3, seed)[2] {
		seed++
	}
	labels := write(t, "y", idx(idxFloat, []uint32{3}, []float32{1.5, 2.5, 1000}))
	for path, target := range map[string]string{
		write(t, "a.svm", "1.5 1:1\n2.5 1:2\n1000 1:3\n"): "",
		write(t, "a.idx", tinyImages):                     labels,
	} {
		train, _, err := OpenSplit(path, Options{Target: target, Task: Regression}, 0.3, seed)
		if err != nil {
			t.Fatal(err)
		}
		if m := train.Schema.Target.Mean; m != 2 {
			t.Errorf("%s: the mean is %v, want 2", path, m)
		}
	}
}

func TestOpenSplitErrors(t *testing.T) {
	path := write(t, "a.csv", "x,y\n1,2\n2,3\n")
	for _, held := range []float64{0, 1} {
		_, _, err := OpenSplit(path, Options{Target: "y"}, held, 1)
		wantError(t, err, "between 0 and 1")
	}
	_, _, err := OpenSplit(write(t, "a.csv", "x,y\n1\n"), Options{Target: "y"}, 0.5, 1)
	wantError(t, err, "a.csv:2: 1 cells")
	_, _, err = OpenSplit("absent.csv", Options{Target: "y"}, 0.5, 1)
	wantError(t, err, "absent.csv")
}

func TestDecimalCommas(t *testing.T) {
	d := open(t, "a.csv", "a;b;y\n1,5;1;0\n2,5;2;1\n", Options{Target: "y"})
	wantNote(t, d, `column "a": "1,5" (line 2) is no number but a text; write numbers with a decimal point and without commas`)
	d = open(t, "a.csv", "a;y\n1;0,5\n2;1,5\n", Options{Target: "y"})
	wantNote(t, d, `column "y": "0,5" (line 2) is no number but a text; write numbers with a decimal point and without commas`)
	_, err := Open(write(t, "a.csv", "a;y\n1;0,5\n2;1,5\n"), Options{Target: "y", Task: Regression})
	wantError(t, err, `a.csv:2: target "y": "0,5" (line 2) is no number but a text; write`)
}
