package dataset

import (
	"fmt"
	"io"
	"slices"
)

// An encoder turns the cells of one column into features.
type encoder struct {
	Column
	cell    int            // which of a row it encodes
	index   map[string]int // of Values
	missing int
	unseen  sighting
}

func newEncoder(c Column, cell int) *encoder {
	e := &encoder{Column: c, cell: cell, index: make(map[string]int)}
	for i, v := range c.Values {
		e.index[v] = i
	}
	return e
}

// encode writes the features of a cell to x, which is all zeros.
func (e *encoder) encode(cell string, line int, x []float32) error {
	v, kind := parseCell(cell)
	if kind == missingCell {
		e.missing++
		cell = ""
	}
	if e.Kind == Category {
		if i, ok := e.index[cell]; ok {
			x[i] = 1
		} else if kind != missingCell {
			e.unseen.add(cell, line)
		}
		return nil
	}
	switch kind {
	case missingCell:
		return nil // the mean, standardised, is 0
	case numberCell:
		var ok bool
		if x[0], ok = standardise(v, e.Mean, e.Std); !ok {
			return fmt.Errorf("column %q: %s is too far from the mean %.6g", e.Name, cell, e.Mean)
		}
		return nil
	}
	return fmt.Errorf("column %q: %q is not a finite number", e.Name, cell)
}

// notes say what was not as it should be.
func (e *encoder) notes() (notes []string) {
	if e.missing > 0 {
		how := "filled with the mean"
		if _, ok := e.index[""]; ok {
			how = "kept as a category"
		} else if e.Kind == Category {
			how = "encoded as zeros"
		}
		notes = append(notes, fmt.Sprintf("column %q: %d missing, %s", e.Name, e.missing, how))
	}
	if e.unseen.n > 0 {
		notes = append(notes, fmt.Sprintf("column %q: %d not in the schema, such as %q (line %d), encoded as zeros",
			e.Name, e.unseen.n, e.unseen.text, e.unseen.line))
	}
	return notes
}

// A table collects the encoded rows of a CSV file.
type table struct {
	d        *Data
	encoders []*encoder
	target   int // the target's cell, or -1
	label    *labeler
	missing  sighting // of the target
}

// readCSV reads a file as the schema says; rows is the number expected, or 0.
func (s Schema) readCSV(src *source, rows int) (*Data, error) {
	c, err := newCSVReader(src)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	t, err := s.newTable(c)
	if err != nil {
		return nil, err
	}
	d, features := t.d, s.Shape[0]
	if err := checkSize(c.path, rows, features); err != nil {
		return nil, err
	}
	d.Name = src.name()
	d.X = make([]float32, 0, rows*features)
	for {
		row, err := c.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = t.add(row, c.path, c.line)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := t.finish(c.path); err != nil {
		return nil, err
	}
	return d, nil
}

// newTable matches the columns of a file with those of the schema.
func (s Schema) newTable(c *csvReader) (*table, error) {
	names, err := s.namesOf(c)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(names))
	for i, name := range names {
		at[name] = i
	}
	t := &table{d: &Data{Shape: slices.Clone(s.Shape), Schema: s}, target: -1, label: newLabeler(s.Target)}
	var absent []string
	for _, col := range s.Columns {
		i, ok := at[col.Name]
		delete(at, col.Name)
		switch {
		case col.Kind == Predict && ok:
			t.target = i
		case col.features() > 0 && ok:
			t.encoders = append(t.encoders, newEncoder(col, i))
		case col.features() > 0:
			absent = append(absent, col.Name)
		}
	}
	if absent != nil {
		return nil, fmt.Errorf("%s: missing column: %s; the file's columns are: %s", c.path, list(absent), list(names))
	}
	for _, name := range names {
		if _, extra := at[name]; extra {
			t.d.Notes = append(t.d.Notes, fmt.Sprintf("column %q: not in the schema, ignored", name))
		}
	}
	return t, nil
}

// namesOf returns the names of a file's columns. Where there is no header, and
// was none in the schema's file, they are the schema's, with or without the
// target.
func (s Schema) namesOf(c *csvReader) ([]string, error) {
	if c.header {
		return c.names, nil
	}
	if s.Header {
		return nil, fmt.Errorf("%s: no header line; columns are matched by name, so put the names in the first line", c.path)
	}
	var names []string
	for _, col := range s.Columns {
		if col.Kind != Predict || len(c.names) != len(s.Columns)-1 {
			names = append(names, col.Name)
		}
	}
	if len(names) != len(c.names) {
		return nil, fmt.Errorf("%s: %d columns without a header, expected %d, or %d without the target", c.path, len(c.names), len(s.Columns), len(s.Columns)-1)
	}
	return names, nil
}

// add encodes a row.
func (t *table) add(row []string, path string, line int) error {
	d, features := t.d, t.d.Shape[0]
	if err := checkSize(path, d.N+1, features); err != nil {
		return err
	}
	d.X = slices.Grow(d.X, features)[:len(d.X)+features]
	x := d.X[d.N*features:]
	clear(x)
	for _, e := range t.encoders {
		if err := e.encode(row[e.cell], line, x); err != nil {
			return lineError(path, line, "%w", err)
		}
		x = x[e.features():]
	}
	d.N++
	if t.target < 0 {
		return nil
	}
	cell := row[t.target]
	if _, kind := parseCell(cell); kind == missingCell {
		t.missing.add(cell, line)
		return nil
	}
	y, err := t.label.encode(cell)
	if err != nil {
		return lineError(path, line, "%w", err)
	}
	d.Y = append(d.Y, y)
	return nil
}

// finish checks that there are rows, and a target for all of them or for none.
func (t *table) finish(path string) error {
	if t.d.N == 0 {
		return fmt.Errorf("%s: there is a header and no data below it", path)
	}
	if t.d.Y != nil && t.missing.n > 0 {
		return lineError(path, t.missing.line, "target %q is missing, though other lines have it", t.label.Name)
	}
	for _, e := range t.encoders {
		t.d.Notes = append(t.d.Notes, e.notes()...)
	}
	return nil
}
