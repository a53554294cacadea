// Package report writes self-contained HTML pages: one file with a title, facts,
// charts, tables and pictures, that reads well on a screen wide or narrow, light
// or dark, and on paper. A page has no script and asks no host for anything, and
// the same [Page] gives the same bytes.
package report

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"io"
)

// Page is a page in the making. All texts are plain: what they have of HTML's
// characters is escaped.
type Page struct {
	Title string
	// Intro says in a sentence or two what came out; "" is none.
	Intro string
	// Facts stand in a list below it.
	Facts []Fact
	// Command is the command line that makes the page again; "" is none.
	Command string
	// Sections follow in order; the page begins with links to them where there are
	// more than two.
	Sections []Section
}

// Fact is a name with what it is, as in "learning rate", "0.001".
type Fact struct{ Name, Value string }

// Section is a part of a page. What is not set does not show.
type Section struct {
	Title string
	Text  string
	// Markup is HTML or MathML that is taken as it is, as of a formula.
	Markup template.HTML
	// Charts stand beside each other where there is room. Widths of 5 inches or so
	// give two a row, and words that can still be read on a phone.
	Charts []Chart
	Table  *Table
	// Pictures stand in rows.
	Pictures []Picture
}

// Chart is a drawing on a white card.
type Chart struct {
	// SVG is an element svg, as chart.SVG makes it, taken as it is.
	SVG template.HTML
	// Label says what the chart shows, for those who cannot see it; "" where the
	// element says it itself, as of a plot with a title.
	Label string
	// Caption stands below; "" is none.
	Caption string
}

// Table is a table with a line of names.
type Table struct {
	Columns []Column
	// Rows have a text for each column.
	Rows [][]string
}

// Column is a column of a table: of texts, or of numbers, which are set to the right.
type Column struct {
	Name string
	Text bool
}

// Picture is a small picture with what is said of it. Its pixels show when it is
// drawn larger than it is.
type Picture struct {
	Image image.Image
	// Caption has a line for each of its lines.
	Caption string
}

//go:embed page.html
var pageText string

//go:embed style.css
var style string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) },
	"uri":   uri,
}).Parse(pageText))

// uri is a picture as part of the page.
func uri(m image.Image) (template.URL, error) {
	if m == nil {
		return "", fmt.Errorf("a picture without an image")
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())), nil
}

// WriteTo writes the page. Nothing is written where the page cannot be made: of a
// row that has not a text for each column, and of a picture that is nil or empty.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	if err := p.check(); err != nil {
		return 0, err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, p); err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	return out.WriteTo(w)
}

func (p *Page) check() error {
	for _, s := range p.Sections {
		if s.Table == nil {
			continue
		}
		for i, row := range s.Table.Rows {
			if len(row) != len(s.Table.Columns) {
				return fmt.Errorf("report: section %q: row %d of the table has %d texts for %d columns", s.Title, i+1, len(row), len(s.Table.Columns))
			}
		}
	}
	return nil
}
