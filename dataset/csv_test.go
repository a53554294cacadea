package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const flats = "size,city,note,price\n10,Rome,a,1.5\n30,Oslo,a,2.5\nNA,Rome,a,3.5\n20,?,a,4.5\n"

func TestCSV(t *testing.T) {
	d := open(t, "flats.csv", flats, Options{Target: "price"})
	std := float32(math.Sqrt(200.0 / 3)) // of 10, 30 and 20
	want := []float32{
		-10 / std, 0, 0, 1, // size, then city: missing, Oslo, Rome
		10 / std, 0, 1, 0,
		0, 0, 0, 1,
		0, 1, 0, 0,
	}
	if d.N != 4 || !slices.Equal(d.Shape, []int{4}) {
		t.Fatalf("%d examples of shape %v", d.N, d.Shape)
	}
	for i := range want {
		if math.Abs(float64(d.X[i]-want[i])) > 1e-6 {
			t.Fatalf("X = %v, want %v", d.X, want)
		}
	}
	for i, price := range []float64{1.5, 2.5, 3.5, 4.5} {
		if got := d.Schema.Target.Value(d.Y[i]); math.Abs(got-price) > 1e-6 {
			t.Errorf("price %d is %v, want %v", i, got, price)
		}
	}
	wantNote(t, d, "4 columns: 1 numeric, 1 categorical, 1 ignored and the target; 4 features")
	wantNote(t, d, `target "price": regression, mean 3, standard deviation 1.11803`)
	wantNote(t, d, `column "note": always "a", ignored`)
	wantNote(t, d, `column "size": 1 missing, filled with the mean`)
	wantNote(t, d, `column "city": 1 missing, kept as a category`)
}

// TestCSVOrder has a feature after the several of a category.
func TestCSVOrder(t *testing.T) {
	d := open(t, "a.csv", "city,y,size\nOslo,0,1\nRome,1,3\n", Options{Target: "y"})
	if want := []float32{1, 0, -1, 0, 1, 1}; !slices.Equal(d.X, want) {
		t.Errorf("X = %v, want %v", d.X, want)
	}
}

func TestParseCell(t *testing.T) {
	for kind, cells := range map[cellKind][]string{
		missingCell:   {"", "?", "NA", "na", "N/A", "null", "NULL"},
		numberCell:    {"0", "-1.5", "+2", "1e-3", ".5", "1e-999"},
		nonfiniteCell: {"NaN", "nan", "Inf", "-inf", "infinity", "1e999"},
		textCell:      {"none", "-", "1,5", "1_000", "0x1p-2", "12a", "1 2", "true"},
	} {
		for _, cell := range cells {
			if _, got := parseCell(cell); got != kind {
				t.Errorf("%q is of kind %d, want %d", cell, got, kind)
			}
		}
	}
}

// TestCSVForms reads one table written in different ways.
func TestCSVForms(t *testing.T) {
	want := open(t, "flats.csv", flats, Options{Target: "price"})
	for name, c := range map[string]struct{ file, text string }{
		"CRLF":       {"a.csv", strings.ReplaceAll(flats, "\n", "\r\n")},
		"BOM":        {"a.csv", "\ufeff" + flats},
		"semicolons": {"a.csv", strings.ReplaceAll(flats, ",", ";")},
		"tabs":       {"a.tsv", strings.ReplaceAll(flats, ",", "\t")},
		"empty cell": {"a.csv", strings.ReplaceAll(flats, "NA", "")},
		"tabs empty": {"a.tsv", strings.NewReplacer(",", "\t", "NA", "").Replace(flats)},
		"null":       {"a.csv", strings.NewReplacer("NA", "NULL", "?", "n/a").Replace(flats)},
		"spaces":     {"a.csv", strings.ReplaceAll(flats, ",", " , ")},
		"quotes":     {"a.csv", strings.ReplaceAll(strings.ReplaceAll(flats, "Rome", `"Rome"`), ",", ", ")},
		"no newline": {"a.csv", strings.TrimSuffix(flats, "\n")},
		"empty line": {"a.csv", "\n" + strings.ReplaceAll(flats, "\n", "\n\n")},
		"no ending":  {"flats", flats},
		"gzip":       {"a.csv.gz", pack(t, flats)},
		"gzip named": {"a.csv", pack(t, flats)},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, c.file, c.text, Options{Target: "price"})
			wantSame(t, d, want)
			if !reflect.DeepEqual(d.Schema, want.Schema) {
				t.Errorf("schema %+v, want %+v", d.Schema, want.Schema)
			}
		})
	}
}

func TestCSVNoHeader(t *testing.T) {
	d := open(t, "a.csv", "1,0.5,8\n0,,9\n1,2.5,8\n0,3.5,9\n", Options{Target: "c1"})
	wantNote(t, d, "no header line, the columns are named c1 to c3")
	if d.N != 4 || d.Features() != 2 || !d.Classification() {
		t.Errorf("%d examples of %d features, %s", d.N, d.Features(), d.Schema.Target.Task)
	}
	s := reread(t, d.Schema)
	for _, text := range []string{"1,2.5,8\n", "2.5,8\n"} { // the target may be left out, wherever it is
		one, err := s.Open(write(t, "b.csv", text))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one.X, d.X[4:6]) {
			t.Errorf("%q: X = %v, want %v", text, one.X, d.X[4:6])
		}
	}
	_, err := s.Open(write(t, "b.csv", "1\n"))
	wantError(t, err, "1 columns without a header, expected 3, or 2 without the target")

	const hint = "the first line is taken for the header though it has numbers in it; if it is data, put a header above it"
	const iris = "5.1,1.4,setosa\n7,4.7,versicolor\n5,1,setosa\n"
	wantNote(t, open(t, "a.csv", iris, Options{Target: "setosa"}), hint)
	_, err = Open(write(t, "a.csv", iris), Options{Target: "species"})
	wantError(t, err, hint)
}

func TestCSVTarget(t *testing.T) {
	numbers := func(n, period int) (s string) {
		for i := range n {
			s += fmt.Sprint(i%period, " ")
		}
		return s
	}
	for _, c := range []struct {
		name, values string // of the target, one a row
		task         Task   // asked for
		want         Task
		classes      string
	}{
		{"texts", "b a b", "", Classification, "a b"},
		{"truths", "true false true", "", Classification, "false true"},
		{"zero and one", "1 0", "", Classification, "0 1"},
		{"integers", "10 9 10 9.0 10.0", "", Classification, "9 10"},
		{"each but once", "10 9 8", "", Regression, ""},
		{"twenty", numbers(40, 20), "", Classification, strings.TrimSpace(numbers(20, 20))},
		{"more than twenty", numbers(42, 21), "", Regression, ""},
		{"fractions", "0.5 1.5 0.5 1.5", "", Regression, ""},
		{"asked for regression", "1 0 1 0", Regression, Regression, ""},
		{"asked for classification", "0.5 1.5 0.25", Classification, Classification, "0.25 0.5 1.5"},
		{"mixed", "1 x 1", "", Classification, "1 x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "x,y\n"
			for i, v := range strings.Fields(c.values) {
				text += fmt.Sprintf("%d,%s\n", i, v)
			}
			d := open(t, "a.csv", text, Options{Target: "y", Task: c.task})
			if got := strings.Join(d.Classes(), " "); d.Schema.Target.Task != c.want || got != c.classes {
				t.Errorf("%s with classes %q, want %s with %q", d.Schema.Target.Task, got, c.want, c.classes)
			}
			if !d.Classification() {
				return
			}
			for i, v := range strings.Fields(c.values) {
				if got := d.Classes()[int(d.Y[i])]; got != v && got+".0" != v {
					t.Errorf("example %d is of class %q, want %q", i, got, v)
				}
			}
		})
	}
}

func TestCSVManyTexts(t *testing.T) {
	text, odd := "x,id,y\n", "x,y\n"
	for i := range 51 {
		text += fmt.Sprintf("%d,n%d,%d\n", i, i, i%2)
		odd += fmt.Sprintf("%d,%d\n", i, i)
	}
	d := open(t, "a.csv", text, Options{Target: "y"})
	wantNote(t, d, `column "id": more than 50 distinct texts such as "n0" (line 2), ignored`)
	_, err := Open(write(t, "a.csv", odd+"3,4o\n"), Options{Target: "y"})
	wantError(t, err, `a.csv:53: target "y": "4o" is not a number`)
	for i := range 1000 {
		odd += fmt.Sprintf("%d,a%d\n", i, i)
	}
	_, err = Open(write(t, "a.csv", odd), Options{Target: "y", Task: Classification})
	wantError(t, err, "more than 1000 classes")
}

func TestCSVErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "the file is empty"},
		{"\n\r\n", "only empty lines"},
		{"x,y\n", "a header and no data"},
		{"x,y\n1,2\n3,4,5\n", "a.csv:3: 3 cells, expected 2 as in the first line"},
		{"x,y\n1,2\n\n3\n", "a.csv:4: 1 cells, expected 2"},
		{"x,x,y\n1,2,3\n", `a.csv:1: columns 1 and 2 are both named "x"`},
		{"x1,yy,z\n1,2,3\n", `no column "y" to be the target; the columns, nearest first: yy, z, x1`},
		{"x,y\n1,2\nNaN,3\n", `a.csv:3: column "x": "NaN" is not a finite number`},
		{"x,y\n1,2\n-inf,3\n", `a.csv:3: column "x": "-inf" is not a finite number`},
		{"x,y\n1,2\n1e999,3\n", `a.csv:3: column "x": "1e999" is not a finite number`},
		{"x,y\n1,2\n2,\n", `a.csv:3: target "y" is missing`},
		{"x,y\n1,2\n2,Inf\n", `a.csv:3: target "y": "Inf" is not a finite number`},
		{"x,y\n1,2\n2,2.0\n", "the same value in every example"},
		{"x,y\n1,a\n2,a\n", "the same value in every example"},
		{"x,y\n1,2\n1,3\n", `no column can be learned from`},
		{"x,y\n1e300,2\n-1e300,3\n", `column "x" has values too large`},
		{"x,y\n1,2e300\n2,-2e300\n", `target "y" has values too large`},
		{"x,y\n1,2\n\"1,2\n", `a.csv:3:`},
		{"x,y\n1,2\na\"b,2\n", `a.csv:3:2: bare " in non-quoted-field (`},
		{"x,y\n1,2\nK\xf6ln,2\n", `a.csv:3: cell 1 is not UTF-8 text: "K\xf6ln"`},
		{"x,\x00y\n", "binary data"},
		{pack(t, "x,y\n1,2\n3,4\n")[:20], "gzip data is damaged or cut off"},
		{"\x1f\x8bjunk", "gzip data is damaged or cut off"},
	} {
		_, err := Open(write(t, "a.csv", c.text), Options{Target: "y"})
		wantError(t, err, c.want)
	}
}

func TestOpenErrors(t *testing.T) {
	path := write(t, "a.csv", flats)
	_, err := Open(path, Options{})
	wantError(t, err, "name the column that is the target, one of: size, city, note, price")
	_, err = Open(path, Options{Target: "prise"})
	wantError(t, err, "nearest first: price, size, ")
	_, err = Open(path, Options{Target: "price", Format: "xls"})
	wantError(t, err, `format "xls" is none of csv, libsvm and idx`)
	_, err = Open(path, Options{Target: "price", Task: "guess"})
	wantError(t, err, `task "guess" is neither`)
	_, err = Open(path, Options{Target: "city", Task: Regression})
	wantError(t, err, `a.csv:5: target "city" is missing`)
	_, err = Open(path, Options{Target: "note", Task: Regression})
	wantError(t, err, "the same value in every example")
	_, err = Open(write(t, "a.csv", "x,y\n1,a\n2,b\n"), Options{Target: "y", Task: Regression})
	wantError(t, err, `a.csv:2: target "y": "a" is not a number`)
	_, err = Open(t.TempDir(), Options{})
	wantError(t, err, "is a directory")
	if _, err = Open("absent.csv", Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v for a file that is not there", err)
	}
}
