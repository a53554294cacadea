package dataset

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxCategories is the number of distinct texts up to which a column is a
// category.
const maxCategories = 50

type cellKind int

const (
	missingCell cellKind = iota
	numberCell
	nonfiniteCell // NaN, Inf, or too large for a float64
	textCell
)

// parseCell says what a cell without space around it is.
func parseCell(s string) (float64, cellKind) {
	if s == "" || s == "?" || strings.EqualFold(s, "na") || strings.EqualFold(s, "n/a") || strings.EqualFold(s, "null") {
		return 0, missingCell
	}
	if strings.ContainsAny(s, "xX_") {
		return 0, textCell // Go's hexadecimal floats
	}
	v, err := strconv.ParseFloat(s, 64)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, nonfiniteCell
	}
	if err != nil {
		return 0, textCell
	}
	return v, numberCell
}

// A sighting counts cells of a sort and remembers the first.
type sighting struct {
	n, line int
	text    string
}

func (s *sighting) add(text string, line int) {
	if s.n == 0 {
		s.line, s.text = line, strings.Clone(text)
	}
	s.n++
}

// A profile is what has been seen of a column.
type profile struct {
	fit       *profile // of the rows that are not held back; itself where all are
	name      string
	limit     int                 // distinct values are followed up to one more
	values    map[string]struct{} // distinct cells that are not missing
	missing   sighting
	text      sighting
	comma     sighting // texts that would be numbers with a point for the comma
	number    int      // cells that are finite numbers
	integer   bool     // all of them are integers
	min, max  float64  // of them
	mean, m2  float64  // of them, m2 being the sum of squared differences from the mean
	nonfinite sighting
}

func newProfile(name string, limit int) *profile {
	p := &profile{name: name, limit: limit, values: make(map[string]struct{}), integer: true}
	p.fit = p
	return p
}

// split is called before rows are seen of which some are held back.
func (p *profile) split() { p.fit = newProfile(p.name, p.limit) }

// see adds a cell of a row that may be held back.
func (p *profile) see(cell string, line int, held bool) {
	p.add(cell, line)
	if p.fit != p && !held {
		p.fit.add(cell, line)
	}
}

func (p *profile) add(cell string, line int) {
	v, kind := parseCell(cell)
	switch kind {
	case missingCell:
		p.missing.add(cell, line)
		return
	case nonfiniteCell:
		p.nonfinite.add(cell, line)
	case textCell:
		p.text.add(cell, line)
		if _, kind := parseCell(strings.Replace(cell, ",", ".", 1)); kind == numberCell {
			p.comma.add(cell, line)
		}
	case numberCell:
		p.addNumber(v)
	}
	if len(p.values) > p.limit {
		return
	}
	if _, seen := p.values[cell]; !seen {
		p.values[strings.Clone(cell)] = struct{}{}
	}
}

// addNumber updates the mean and m2 by Welford's method. The conversion keeps
// the product from being fused with the sum, which would change the bits from
// one processor to another.
func (p *profile) addNumber(v float64) {
	if p.number == 0 {
		p.min, p.max = v, v
	}
	p.number++
	p.min, p.max = min(p.min, v), max(p.max, v)
	p.integer = p.integer && v == math.Trunc(v)
	d := v - p.mean
	p.mean += d / float64(p.number)
	p.m2 += float64(d * (v - p.mean))
}

// std is the standard deviation of the numbers.
func (p *profile) std() float64 { return math.Sqrt(p.m2 / float64(p.number)) }

// isNumber reports whether no cell is a text.
func (p *profile) isNumber() bool { return p.text.n == 0 }

// texts are the distinct values, sorted.
func (p *profile) texts() []string { return slices.Sorted(maps.Keys(p.values)) }

// numbers are the distinct values of a column of numbers, sorted.
func (p *profile) numbers() []float64 {
	all := make([]float64, 0, len(p.values))
	for text := range p.values {
		v, _ := parseCell(text)
		all = append(all, v)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// commas is a note on numbers with decimal commas, or empty.
func (p *profile) commas() string {
	if p.comma.n == 0 {
		return ""
	}
	return fmt.Sprintf("%q (line %d) is no number but a text; write numbers with a decimal point and without commas", p.comma.text, p.comma.line)
}

// column decides what a column of features is. The note says why it is ignored,
// or is empty.
func (p *profile) column(path string) (c Column, note string, err error) {
	c.Name, c.Kind = p.name, Ignored
	switch {
	case len(p.fit.values) == 0:
		return c, "every value is missing, ignored", nil
	case p.isNumber():
		return p.numberColumn(path, c)
	case len(p.values) > maxCategories:
		return c, fmt.Sprintf("more than %d distinct texts such as %q (line %d), ignored", maxCategories, p.text.text, p.text.line), nil
	}
	c.Values = p.fit.texts()
	if p.fit.missing.n > 0 {
		c.Values = append([]string{""}, c.Values...)
	}
	if len(c.Values) == 1 {
		only := c.Values[0]
		c.Values = nil
		return c, fmt.Sprintf("always %q, ignored", only), nil
	}
	c.Kind = Category
	return c, "", nil
}

func (p *profile) numberColumn(path string, c Column) (Column, string, error) {
	if p.nonfinite.n > 0 {
		return c, "", lineError(path, p.nonfinite.line, "column %q: %q is not a finite number", p.name, p.nonfinite.text)
	}
	if p.fit.min == p.fit.max {
		return c, fmt.Sprintf("always %v, ignored", p.fit.min), nil
	}
	c.Kind, c.Mean, c.Std = Number, p.fit.mean, p.fit.std()
	if !isScale(c.Mean, c.Std) {
		return c, "", fmt.Errorf("%s: column %q has values too large or too close to each other to standardise", path, p.name)
	}
	return c, "", nil
}

// lineError is an error at a line of a file, counted from 1.
func lineError(path string, line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", path, line, fmt.Errorf(format, args...))
}
