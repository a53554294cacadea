package dataset

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// openCSV reads a file twice: once to see what the columns are, which takes
// little memory, and once to encode them. Where rows are held back it must know
// how many there are, and reads it once more before.
func openCSV(src *source, o Options, h holder) (*Data, error) {
	var held []bool
	if h != nil {
		rows, err := countCSV(src)
		if err != nil {
			return nil, err
		}
		held = h(rows)
	}
	s, rows, notes, err := inferCSV(src, o, held)
	if err != nil {
		return nil, err
	}
	d, err := s.readCSV(src, rows)
	if err != nil {
		return nil, err
	}
	d.Notes = append(notes, d.Notes...)
	return d, nil
}

// countCSV counts the rows of a file.
func countCSV(src *source) (rows int, err error) {
	c, err := newCSVReader(src)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	return c.profile(nil, nil)
}

// inferCSV finds the schema of a file and the number of its rows. held says
// which of them are held back, nil is none.
func inferCSV(src *source, o Options, held []bool) (s Schema, rows int, notes []string, err error) {
	c, err := newCSVReader(src)
	if err != nil {
		return s, 0, nil, err
	}
	defer c.Close()
	target := slices.Index(c.names, o.Target)
	if target < 0 {
		return s, 0, nil, c.noTarget(o.Target)
	}
	notes = c.notes()
	profiles := make([]*profile, len(c.names))
	for i, name := range c.names {
		profiles[i] = newProfile(name, maxCategories)
	}
	profiles[target] = newProfile(o.Target, maxClasses)
	if held != nil {
		for _, p := range profiles {
			p.split()
		}
	}
	if rows, err = c.profile(profiles, held); err != nil {
		return s, 0, nil, err
	}
	s = Schema{Format: CSV, Header: c.header}
	if s.Target, err = targetOf(c.path, profiles[target], o.Task); err != nil {
		return s, 0, nil, err
	}
	more, err := s.addColumns(c.path, profiles, target)
	return s, rows, append(notes, more...), err
}

// profile fills the profiles of the columns and returns the number of rows.
func (c *csvReader) profile(profiles []*profile, held []bool) (rows int, err error) {
	for ; ; rows++ {
		row, err := c.next()
		if err == io.EOF && rows == 0 {
			return 0, fmt.Errorf("%s: there is a header and no data below it", c.path)
		}
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
		for i, p := range profiles {
			p.see(row[i], c.line, held != nil && held[rows])
		}
	}
}

// addColumns puts the columns into the schema and returns what is to be said of
// them.
func (s *Schema) addColumns(path string, profiles []*profile, target int) (notes []string, err error) {
	features, numbers, categories := 0, 0, 0
	for i, p := range profiles {
		col, note := Column{Name: p.name, Kind: Predict}, ""
		if i != target {
			if col, note, err = p.column(path); err != nil {
				return nil, err
			}
		}
		switch col.Kind {
		case Number:
			numbers++
		case Category:
			categories++
		}
		for _, note := range []string{note, p.commas()} {
			if note != "" {
				notes = append(notes, fmt.Sprintf("column %q: %s", p.name, note))
			}
		}
		features += col.features()
		s.Columns = append(s.Columns, col)
	}
	if features == 0 {
		return nil, fmt.Errorf("%s: no column can be learned from (%s)", path, strings.Join(append(notes, "the target is "+profiles[target].name), "; "))
	}
	s.Shape = []int{features}
	summary := fmt.Sprintf("%d columns: %d numeric, %d categorical, %d ignored and the target; %d features",
		len(profiles), numbers, categories, len(profiles)-1-numbers-categories, features)
	return append([]string{summary, s.Target.note()}, notes...), nil
}

// notes says what is unusual about the first line.
func (c *csvReader) notes() []string {
	switch {
	case !c.header:
		return []string{fmt.Sprintf("no header line, the columns are named c1 to c%d", len(c.names))}
	case hasNumber(c.names):
		return []string{"the first line is taken for the header though it has numbers in it; if it is data, put a header above it"}
	}
	return nil
}

// noTarget is the error for a target that is not given or not a column.
func (c *csvReader) noTarget(target string) error {
	names, hint := slices.Clone(c.names), ""
	for _, note := range c.notes() {
		hint = " (" + note + ")"
	}
	if target == "" {
		return fmt.Errorf("%s: name the column that is the target, one of: %s%s", c.path, list(names), hint)
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(distance(target, a), distance(target, b)) })
	return fmt.Errorf("%s: no column %q to be the target; the columns, nearest first: %s%s", c.path, target, list(names), hint)
}

// distance is the number of letters to insert, remove or replace to get from a
// to b, upper and lower case being the same.
func distance(a, b string) int {
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range s {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range t {
			d := diagonal
			if r != q {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(t)]
}
