package source

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/descent-go/descent/online"
)

// The hashes are those of vw 9.11.9 --json --audit.
func TestJSONAsVowpalWabbit(t *testing.T) {
	text := `{"_label":1,"a":1,"b":"x y|z:w","n1":{"f":2.5,"g":true,"h":false,"i":"str","arr":[1,0,2,null,{"q":1}]},"_text":" hello  wo|rld",` +
		`"_ign":{"a":1},"_tag":"tt","z":null,"13":5,"n1":{"x":1},"e":"","esc":"a\u00e9\n","arr2":[0.5,2],"arr2":[1]}` + "\n" +
		`{"a":{"b":{"c":1}},"c":1}` + "\r\n\n" +
		`{"_label":{"Label":-1,"Weight":2.5,"initial":0.25},"x":-1}` + "\n" +
		` { "_label_Weight":3,"_label_Label":4, "x" :12345678901 } ` + "\n" +
		`{}`
	got := readAll(t, NewJSON(strings.NewReader(text), Options{Names: true}))
	equal(t, "examples", got,
		`1: 1 1 0 "tt"  | a:92594:1 bx_y_z_w:15783:1 n| n1^f:258926:2.5 n1^g:154252:1 n1^istr:90131:1 a| arr^[0]:19604:1 arr^[2]:19606:2 a| arr^q:146259:1`+
			`  | hello:260679:1 wo_rld:70774:1 13:13:5 n| n1^x:50526:1  | e:17255:1 escaé`+"\n"+`:24735:1 a| arr2^[0]:34482:0.5 arr2^[1]:34483:2 a| arr2^[0]:34482:1`,
		`2: NaN 1 0 "" b| b^c:37234:1  | c:185951:1`,
		`4: -1 2.5 0.25 ""  | x:170779:-1`,
		`5: 4 3 0 ""  | x:170779:1.2345679e+10`,
		`6: NaN 1 0 ""`)
}

func TestJSONLabels(t *testing.T) {
	for text, want := range map[string]string{
		`{"_label":"2"}`: `2 1 0 ""`,
		`{"_label":"2 3 0.5","_tag":null,"_text":null}`: `2 3 0.5 ""`,
		`{"_label":null,"_TAG":"a b"}`:                  `NaN 1 0 "a b"`,
		`{"_label_weight":2,"_label":{"label":"nan"}}`:  `NaN 1 0 ""`,
		`{"_label":{"Weight":2,"Label":null}}`:          `NaN 2 0 ""`,
		`{"n":{"_label":-1e-3}}`:                        `-0.001 1 0 ""`,
	} {
		var x online.Example
		if err := NewJSON(nil, Options{}).Parse([]byte(text), &x); err != nil || show(&x) != "1: "+want {
			t.Errorf("%s: %s and %v, want %s", text, show(&x), err, want)
		}
	}
}

// As in Vowpal Wabbit's text a label that is no number counts as 0.
func TestJSONWordsAsLabel(t *testing.T) {
	text := `{"_label":"one","x":1}` + "\n" + `{"_label":"2","x":1}`
	o, faults := collect(Options{})
	equal(t, "examples", readAll(t, NewJSON(strings.NewReader(text), o)), `1: 0 1 0 ""  |:170779:1`, `2: 2 1 0 ""  |:170779:1`)
	want := `1:16 expected a finite number as label, found "one": 0 taken`
	equal(t, "faults", *faults, want)
	o.Strict = true
	got, err := readToError(NewJSON(strings.NewReader(text), o))
	if _, ok := err.(*Fault); !ok || len(got) != 0 {
		t.Errorf("strict: %q, %v", got, err)
	}
	equal(t, "faults", *faults, want, strings.TrimSuffix(want, ": 0 taken"))
	var x online.Example
	if f, ok := NewJSON(nil, o).Parse([]byte(text[:22]), &x).(*Fault); !ok || f.Column != 16 {
		t.Errorf("strict: %v", f)
	}
}

var wrongJSON = []struct{ text, fault string }{
	{``, "1:1 expected an object, found nothing"},
	{`[1,2]`, "1:1 expected an object, {\"key\": value}, found ["},
	{`1`, "1:1 expected an object, {\"key\": value}, found number"},
	{`{"x":1} {"y":2}`, "1:8 expected nothing behind the object"},
	{`{"x":1,}`, "1:7 "},
	{`{"x":NaN}`, "1:6 "},
	{`{"x":1`, "1:7 unexpected EOF"},
	{"{\"a\":1,\n \"x\":1e39}", "2:10 1e39 is more than a number of 32 bits holds"},
	{`{"x":-1e999}`, "1:12 -1e999 is more than a number of 32 bits holds"},
	{`{"x":[1,[2]]}`, "1:8 expected numbers and objects in an array, found ["},
	{`{"x":["a"]}`, "1:7 expected numbers and objects in an array, found string"},
	{`{"_label":true}`, "1:10 expected a number, a text or an object as _label, found true"},
	{`{"_label":{"Cost":1}}`, "1:18 part \"Cost\" of a label is not supported: expected Label, Weight or Initial"},
	{`{"_label_Weight":"NaN"}`, "1:23 expected a number, found \"NaN\""},
	{`{"_label_Weight":[]}`, "1:17 expected a number, found ["},
	{`{"_labelIndex":1}`, "1:15 \"_labelIndex\" is not supported: expected _label, or a key for examples of one label"},
	{`{"_multi":[]}`, "1:10 \"_multi\" is not supported: expected _label, or a key for examples of one label"},
	{`{"_text":1}`, "1:9 expected a text as _text, found number"},
	{`{"_tag":{}}`, "1:8 expected a text as _tag, found {"},
	{`{"_x":[1,}`, "1:9 "},
	{"{\"x\":\x00}", "1:6 "},
	{strings.Repeat(`{"a":`, 20000), "1:"},
}

func TestJSONFaults(t *testing.T) {
	j := NewJSON(nil, Options{})
	var x online.Example
	for _, c := range wrongJSON {
		f, ok := j.Parse([]byte(c.text), &x).(*Fault)
		if !ok {
			t.Errorf("%.40q: no fault", c.text)
			continue
		}
		o, faults := collect(Options{})
		_ = o.fault(*f)
		if !strings.HasPrefix((*faults)[0], c.fault) {
			t.Errorf("%.40q: got\n\t%s\nwant\n\t%s", c.text, (*faults)[0], c.fault)
		}
		if err := j.Parse([]byte(`{"n":{"a":2}}`), &x); err != nil || show(&x) != `1: NaN 1 0 "" n|:55346:2` {
			t.Fatalf("%.40q: then %s and %v", c.text, show(&x), err)
		}
	}
	if _, ok := NewJSON(nil, Options{MaxLine: 9}).Parse([]byte(`{"abcd":1}`), &x).(*Fault); !ok {
		t.Error("a text over the limit is read")
	}
}

func TestJSONLinesLeftOut(t *testing.T) {
	text := "\xef\xbb\xbf{\"_label\":1}\n{\"x\":}\n\n \t\n{\"x\":\"" + strings.Repeat("x", 99) + "\"}\n\x00\xff\x01\n{\"_label\":2}"
	o, faults := collect(Options{MaxLine: 90})
	equal(t, "examples", readAll(t, NewJSON(strings.NewReader(text), o)), `1: 1 1 0 ""`, `7: 2 1 0 ""`)
	if len(*faults) != 3 || !strings.HasPrefix((*faults)[0], "2:6 ") || !strings.HasSuffix((*faults)[0], ": the line is left out") ||
		!strings.HasPrefix((*faults)[1], "5:0 ") || !strings.HasPrefix((*faults)[2], "6:1 ") {
		t.Errorf("faults %q", *faults)
	}
	o.Strict = true
	j := NewJSON(strings.NewReader(text), o)
	for range 2 {
		if _, err := readToError(j); err.(*Fault).Line != 2 {
			t.Errorf("strict: %v", err)
		}
	}
}

func TestJSONAllocatesNothing(t *testing.T) {
	line := `{"_label":1,"_tag":"t","a":2.5,"b":"some te\u0078t","n":{"c":true,"d":[1,2,{"e":0.1}]},"_text":"some words","_x":{"y":[1]}}` + "\n"
	wantNoAllocs(t, NewJSON(strings.NewReader(strings.Repeat(line, 3000)), Options{}))
}

// The same examples in each of the formats.
func TestFormatsAgree(t *testing.T) {
	vw := "1 2 0.5 't|n a:2.5 b:-3e-2 15\n-1 |n a:7 15:2\n|\n"
	want := readAll(t, NewVW(strings.NewReader(vw), Options{Names: true}))
	js := `{"_label":"1 2 0.5","_tag":"t","n":{"a":2.5,"b":-3e-2,"15":true}}` + "\n" + `{"_label":-1,"n":{"a":7,"15":2}}` + "\n{}\n"
	equal(t, "json", readAll(t, NewJSON(strings.NewReader(js), Options{Names: true})), want...)
	cells := "_label,_tag,n|a,n|b,n|15\n1 2 0.5,t,2.5,-3e-2,1\n-1,,7,,2\n,,0,0,0\n"
	got := readAll(t, NewCSV(strings.NewReader(cells), Options{Names: true}))
	for i := range got {
		got[i] = strings.Replace(got[i], string(rune('2'+i)), string(rune('1'+i)), 1)
	}
	equal(t, "csv", got, want...)
}

// FuzzJSON reads only what is JSON.
func FuzzJSON(f *testing.F) {
	for _, c := range wrongJSON {
		f.Add([]byte(c.text[:min(len(c.text), 100)]))
	}
	f.Add([]byte(`{"_label":"1 2 0.5","a":1,"b":"x y","n1":{"f":2.5,"g":true,"arr":[1,0,2,null,{"q":1}]},"_text":"hello wo|rld","_ign":{"a":1},"_tag":"\ud800"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var x online.Example
		err := NewJSON(nil, Options{Names: true}).Parse(text, &x)
		fault, ok := err.(*Fault)
		switch {
		case err == nil:
			checkExample(t, &x)
			if !json.Valid(text) {
				t.Fatalf("%q is no JSON", text)
			}
		case !ok || fault.Line < 1 || fault.Column < 1:
			t.Fatalf("%q: %v", text, err)
		}
		r := NewJSON(strings.NewReader(string(text)), Options{})
		for err = r.Read(&x); err == nil; err = r.Read(&x) {
			checkExample(t, &x)
		}
		if err != io.EOF {
			t.Fatal(err)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	line := `{"_label":1,"features":{"13":3.9656971e-02,"24":3.4781646e-02,"69":4.6296168e-02,"85":6.1853945e-02,"site":"some text","new":true}}` + "\n"
	benchmarkReader(b, strings.Repeat(line, 10000), func(r io.Reader) online.Reader { return NewJSON(r, Options{}) })
}
