package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"io"
	"regexp"
	"strings"
	"testing"
)

// whole is a page with all there is, and with HTML's characters in every text.
func whole() *Page {
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	m.SetGray(1, 2, color.Gray{200})
	return &Page{
		Title: "t<b>&\"", Intro: "i<b>&\"",
		Facts:   []Fact{{"n<b>", "v<b>"}},
		Command: `descent train --set 'a<b>"&'`,
		Sections: []Section{
			{Title: "s<b>", Text: "x<b>", Markup: "<math><mi>w</mi></math>"},
			{Title: "two", Charts: []Chart{{SVG: `<svg width="10" height="10"><path d="M0 0"/></svg>`, Label: `l<b>"`, Caption: "c<b>"}}},
			{Title: "three",
				Table:    &Table{Columns: []Column{{"name<b>", true}, {"n", false}}, Rows: [][]string{{"r<b>", "1"}}},
				Pictures: []Picture{{m, "p<b>\nsecond"}}},
		},
	}
}

func text(t *testing.T, p *Page) string {
	t.Helper()
	var out bytes.Buffer
	n, err := p.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, out.Len(), err)
	}
	return out.String()
}

// TestEscaped has the page read by a parser: no text has become an element.
func TestEscaped(t *testing.T) {
	page := text(t, whole())
	words, elements := map[string]bool{}, map[string]int{}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		switch token := token.(type) {
		case nil:
			t.Fatal(err)
		case xml.CharData:
			words[string(token)] = true
		case xml.StartElement:
			elements[token.Name.Local]++
			for _, a := range token.Attr {
				words[a.Value] = true
			}
		}
	}
	if elements["b"] > 0 || elements["script"] > 0 {
		t.Errorf("a text became an element: %v", elements)
	}
	for _, want := range []string{"t<b>&\"", "i<b>&\"", "n<b>", "v<b>", `descent train --set 'a<b>"&'`, "s<b>", "x<b>", `l<b>"`, "c<b>", "name<b>", "r<b>", "p<b>\nsecond"} {
		if !words[want] {
			t.Errorf("%q is not in the page", want)
		}
	}
	for name, n := range map[string]int{"math": 1, "svg": 1, "table": 1, "img": 1, "nav": 1, "section": 3, "h1": 1} {
		if elements[name] != n {
			t.Errorf("%d elements %s, expected %d", elements[name], name, n)
		}
	}
}

// TestAlone looks for what would make a browser ask a host.
func TestAlone(t *testing.T) {
	page := text(t, whole())
	for _, found := range regexp.MustCompile(`(?:src|href)\s*=\s*"[^"]*"|url\([^)]*\)|@import`).FindAllString(page, -1) {
		if !strings.HasPrefix(found, `src="data:image/png;base64,`) && !strings.HasPrefix(found, `href="#`) {
			t.Errorf("the page asks for %s", found)
		}
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("the template has refused something")
	}
	if page != text(t, whole()) {
		t.Error("the same page has other bytes")
	}
}

// TestEmpty has a page with nothing but a title: no part shows without content.
func TestEmpty(t *testing.T) {
	page := text(t, &Page{Title: "alone", Sections: []Section{{Title: "bare"}}})
	_, body, _ := strings.Cut(page, "<body>")
	for _, element := range []string{"dl", "pre", "nav", "table", "figure", "img", `p class="intro"`} {
		if strings.Contains(body, "<"+element) {
			t.Errorf("an empty page has <%s>", element)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		section Section
		want    string
	}{
		{Section{Title: "x", Table: &Table{Columns: []Column{{"a", true}}, Rows: [][]string{{"1"}, {"1", "2"}}}}, `report: section "x": row 2 of the table has 2 texts for 1 columns`},
		{Section{Pictures: []Picture{{nil, ""}}}, "a picture without an image"},
		{Section{Pictures: []Picture{{image.NewGray(image.Rectangle{}), ""}}}, "report: "},
	} {
		var out bytes.Buffer
		if _, err := (&Page{Sections: []Section{test.section}}).WriteTo(&out); err == nil || !strings.Contains(err.Error(), test.want) || out.Len() > 0 {
			t.Errorf("error %v with %d bytes written, expected %q and none", err, out.Len(), test.want)
		}
	}
	if _, err := whole().WriteTo(noRoom{}); !errors.Is(err, errFull) {
		t.Errorf("the error of a full disk is %v", err)
	}
}

var errFull = errors.New("no room")

type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, errFull }
