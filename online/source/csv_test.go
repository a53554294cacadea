package source

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// The hashes are those of vw 9.11.9 --csv --audit.
func TestCSVAsVowpalWabbit(t *testing.T) {
	text := "_label,_tag,x,ns|y,ns|z,|w\n" +
		"1,tt,2.5,abc,3,4\n" +
		"-1 2 0.5,'q,0,\"a \"\"q\"\" b\",,x y\n" +
		",,,,,\n" +
		"3,,nan,,1e-40,0x10\n"
	got := readAll(t, NewCSV(strings.NewReader(text), Options{Names: true}))
	equal(t, "examples", got,
		`2: 1 1 0 "tt"  | x:170779:2.5 w:236831:4 n| ns^y^abc:27357:1 ns^z:177874:3`,
		`3: -1 2 0.5 "q"  | w^x y:224226:1 n| ns^y^a "q" b:196644:1`,
		`4: NaN 1 0 "" blank`,
		`5: 3 1 0 ""  | x^nan:107011:1 w:236831:16`)
}

// The same, with a byte order mark, line feeds of Windows, columns without a
// name and numbers that only nearly are.
func TestCSVOddities(t *testing.T) {
	text := "\xef\xbb\xbf_label,x,,\r\n1, 2 , 3,4\r\n2,+3,3e-2,.5\r\n3,5.,5,-"
	got := readAll(t, NewCSV(strings.NewReader(text), Options{Names: true}))
	equal(t, "examples", got,
		`2: 1 1 0 ""  | x^ 2 :170781:1 :0:3 :1:4`,
		`3: 2 1 0 ""  | x:170779:3 :0:0.03 :1:0.5`,
		`4: 3 1 0 ""  | x:170779:5 :0:5`)

	text = "_label,x,13,n|14\n7,4,2,a|b:c\n1,3,5,6\n\n0,a\"b\",\"\",\"3\"\n"
	got = readAll(t, NewCSV(strings.NewReader(text), Options{Names: true}))
	equal(t, "examples", got,
		`2: 7 1 0 ""  | x:170779:4 13:13:2 n| n^14^a|b:c:56866:1`,
		`3: 1 1 0 ""  | x:170779:3 13:13:5 n| n^14:121018:6`,
		`5: 0 1 0 ""  | x^a"b":212994:1 13:13:1 n| n^14^3:121021:1`)
}

func TestCSVColumns(t *testing.T) {
	read := func(text string, c Columns) []string {
		return readAll(t, NewCSV(strings.NewReader(text), Options{Columns: c}))
	}
	equal(t, "label by its usual name", read("y,label,1\n5,6,7\n", Columns{}), `2: 6 1 0 ""  |:102934:5:1:7`)
	equal(t, "asked for", read("y,label,n,i\n5,6,7,8\n", Columns{Label: "y", Weight: "n", Tag: "label"}), `2: 5 7 0 "6"  |:159787:8`)
	equal(t, "underscored", read("_weight,_tag,_label\n5,6,7\n,,\n", Columns{}), `2: 7 5 0 "6" blank`, `3: NaN 1 0 "" blank`)
	equal(t, "separated", read("1;2,2;label\n5;6;7\n", Columns{Separator: ';'}), `2: 7 1 0 ""  |:1:5:82974:6`)
	equal(t, "one column", read("1\n5\n6", Columns{}), `2: NaN 1 0 ""  |:1:5`, `3: NaN 1 0 ""  |:1:6`)
	equal(t, "nothing", read("", Columns{}))
	equal(t, "a header", read("a,b", Columns{}))
}

func TestCSVHashes(t *testing.T) {
	var x, y online.Example
	text, same := "_label,x,n|13,n|a\n1,2,3,b\n", "1 | x:2 |n 13:3 a=b\n"
	for _, o := range []Options{{Seed: 7}, {Hash: online.HashAll}, {Hash: online.HashAll, Seed: 7}} {
		o.Names = true
		if err := NewCSV(strings.NewReader(text), o).Read(&x); err != nil {
			t.Fatal(err)
		}
		if err := NewVW(strings.NewReader(same), o).Read(&y); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if x.Hashes[i] != y.Hashes[i] {
				t.Errorf("%s: hash %d, as text %d", x.Names[i], x.Hashes[i], y.Hashes[i])
			}
		}
	}
}

func TestCSVQuotesOverLines(t *testing.T) {
	text := "a,\"b\r\nc\",label\n\"x\n\n,\"\"y\",2,1\n3,\"\",4\n"
	c := NewCSV(strings.NewReader(text), Options{Names: true})
	equal(t, "examples", readAll(t, c),
		"3: 1 1 0 \"\"  | a^x\n\n,\"y:212823:1 b\nc:9970:2",
		"6: 4 1 0 \"\"  | a:92594:3 b\nc:9970:1")
}

func TestCSVFaults(t *testing.T) {
	text := "label,x,_weight\n1,2\n2,2,2,2\n3,\"a\"b,3\n4,inf,4\n5,1e400,5\nno,7,6\n7,8,no\n8,8,inf\n" +
		"9," + strings.Repeat("x", 99) + ",9\n10,10,10\n11,\"x,11\n12,12,12\n"
	o, faults := collect(Options{MaxLine: 90})
	got := readAll(t, NewCSV(strings.NewReader(text), o))
	equal(t, "examples", got,
		`5: 4 4 0 ""`,
		`6: 5 5 0 ""`,
		`7: 0 6 0 ""  |:170779:7`,
		`8: 7 0 0 ""  |:170779:8`,
		`9: 8 0 0 ""  |:170779:8`,
		`11: 10 10 0 ""  |:170779:10`)
	equal(t, "faults", *faults,
		`2:0 expected 3 cells as in the header, found 2: the line is left out`,
		`3:0 expected 3 cells as in the header, found 4: the line is left out`,
		`4:5 a quote in a quoted cell must be doubled, or be followed by a separator: the line is left out`,
		`5:0 column "x": inf is not finite: taken for an empty cell`,
		`6:0 column "x": 1e400 is not finite: taken for an empty cell`,
		`7:0 column "label": expected a finite number as label, found "no": 0 taken`,
		`8:0 column "_weight": expected a finite number as importance, found "no": 0 taken`,
		`9:0 column "_weight": expected a finite number as importance, found "inf": 0 taken`,
		`10:0 expected a line of at most 90 bytes, found a longer one: left out`,
		`12:0 a quote is opened and not closed: all from here on is left out`)

	o.Strict = true
	got, err := readToError(NewCSV(strings.NewReader(text[strings.Index(text, "4,inf")-len("label,x,_weight\n"):]), o))
	if _, ok := err.(*Fault); !ok || len(got) != 0 {
		t.Errorf("strict: %q and %v", got, err)
	}
}

func TestCSVQuoteBeyondTheLimit(t *testing.T) {
	text := "label,x\n1,\"" + strings.Repeat("x\n", 60) + "2,2\n"
	o, faults := collect(Options{MaxLine: 90})
	got := readAll(t, NewCSV(strings.NewReader(text), o))
	if last := got[len(got)-1]; last != `62: 2 1 0 ""  |:170779:2` {
		t.Errorf("last example %q", last)
	}
	if (*faults)[0] != "2:0 a quote is opened and not closed within 90 bytes: left out" {
		t.Errorf("faults %q", *faults)
	}
}

func TestCSVHeaderErrors(t *testing.T) {
	for text, c := range map[string]Columns{
		"a,b|c|d\n1,2":       {},
		"a,\"b\"c\n1,2":      {},
		"label,label\n1,2\n": {},
		"a,b\n1,2\n":         {Label: "c"},
		"a,b,a\n1,2\n":       {Tag: "a"},
	} {
		r := NewCSV(strings.NewReader(text), Options{Columns: c})
		for range 2 {
			var x online.Example
			f, ok := r.Read(&x).(*Fault)
			if !ok || f.Line != 1 || !strings.HasPrefix(f.Text, "the header: ") {
				t.Errorf("%q: %v", text, f)
			}
		}
	}
}

func TestCSVAllocatesNothing(t *testing.T) {
	line := "1,tag,2.5,\"some text\",2026-11-28,another,3e-5\n"
	r := NewCSV(strings.NewReader("_label,_tag,a,b,n|c,n|d,e\n"+strings.Repeat(line, 3000)), Options{})
	wantNoAllocs(t, r)
}

func wantNoAllocs(t *testing.T, r online.Reader) {
	t.Helper()
	var x online.Example
	for range 100 {
		if err := r.Read(&x); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(1000, func() {
		if err := r.Read(&x); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%g allocations for an example", n)
	}
}

// FuzzCSV reads what encoding/csv reads, where that finds no mistake.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"_label,_tag,x,ns|y\n1,tt,2.5,abc\n", "a,b\r\n\"1\n2\",\"\"\"\"\n\n3,4", "\xef\xbb\xbfa,,\n1,inf,0x1p300\n", "label,_weight\n1 2 3,x\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := NewCSV(strings.NewReader(string(text)), Options{Names: true})
		var x online.Example
		for {
			if err := c.Read(&x); err != nil {
				break
			}
			checkExample(t, &x)
		}
		want, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil || strings.Contains(string(text), "\xef\xbb\xbf") {
			return
		}
		c = NewCSV(strings.NewReader(string(text)), Options{})
		for i, row := range want {
			if fault, err := c.next(); fault != nil || err != nil || len(c.record.cells) != len(row) {
				t.Fatalf("record %d: %v, %v, %d cells, want %q", i, fault, err, len(c.record.cells), row)
			}
			for k, want := range row {
				if got, _ := c.record.cell(k); string(got) != want {
					t.Fatalf("record %d, cell %d: %q, want %q", i, k, got, want)
				}
			}
		}
		if _, err := c.next(); err != io.EOF {
			t.Fatalf("after the last record: %v", err)
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	line := "1,tag,2.5,some text,2026-11-28,another,3e-5,17,0.001,9\n"
	text := "_label,_tag,a,b,n|c,n|d,e,f,g,h\n" + strings.Repeat(line, 10000)
	benchmarkReader(b, text, func(r io.Reader) online.Reader { return NewCSV(r, Options{}) })
}

// benchmarkReader reads a text over and over.
func benchmarkReader(b *testing.B, text string, open func(io.Reader) online.Reader) {
	var x online.Example
	b.SetBytes(int64(len(text)))
	features := 0
	for b.Loop() {
		r := open(strings.NewReader(text))
		for r.Read(&x) == nil {
			features += len(x.Hashes)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(features), "ns/feature")
}
