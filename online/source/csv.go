package source

import (
	"fmt"
	"io"

	"github.com/descent-go/descent/online"
)

// Columns say what the columns of a CSV file are. The zero value is right for
// commas and for the names that CSV looks for.
type Columns struct {
	Label     string // of the label; "": see CSV
	Weight    string // of the importance; "": _weight where there is one
	Tag       string // of the tag; "": _tag where there is one
	Separator byte   // of cells; 0: a comma, in a file whose name ends in .tsv a tab
}

// CSV reads cells separated by commas, after a header that names the columns.
// Cells may be quoted as RFC 4180 has it and then go over several lines. It
// hashes as Vowpal Wabbit's --csv does.
//
// The label is the column _label, else label, else target, else y; it may hold
// importance and base too, as in Vowpal Wabbit's text. A file without one of
// them has no labels. Every other column is a feature, named ns|name where it
// belongs to namespace ns. A cell that is a number is the feature's value; any
// other, and any in quotes, makes the feature name^cell with the value 1; one
// without a character makes none, nor does a 0. Names and cells are taken with the spaces
// around them. An example without any cell is blank, a line without any
// character is skipped.
//
// A line with too few or too many cells or a wrong quote is a fault and left
// out; a value that is not finite is one and counts as an empty cell; so is an
// importance that is no number and counts as 0. A header that cannot be
// understood ends reading.
type CSV struct {
	o       Options
	hash    online.Hasher
	in      cutter
	record  record
	header  *header // nil until it is read
	headErr error   // which stays
}

// NewCSV returns a reader of CSV, for [FormatCSV].
func NewCSV(r io.Reader, o Options) *CSV {
	c := &CSV{o: o, hash: o.hash(), in: newCutter(r, o.maxLine())}
	c.record.separator = o.Columns.Separator
	if c.record.separator == 0 {
		c.record.separator = ','
	}
	return c
}

// Read makes x the next example. At the end it returns io.EOF.
func (c *CSV) Read(x *online.Example) error {
	if c.header == nil && c.headErr == nil {
		c.header, c.headErr = c.readHeader()
	}
	if c.headErr != nil {
		return c.headErr
	}
	for {
		f, err := c.next()
		if err != nil {
			return err
		}
		if n := len(c.record.cells); f == nil && n != len(c.header.titles) {
			f = &Fault{Line: c.record.line, Text: fmt.Sprintf("expected %d cells as in the header, found %d", len(c.header.titles), n), Done: "the line is left out"}
		}
		if f == nil {
			return c.fill(x)
		}
		if err := c.o.fault(*f); err != nil {
			return err
		}
	}
}

// next reads a record: a line that is not empty, or several that a quoted cell
// joins.
func (c *CSV) next() (*Fault, error) {
	r := &c.record
	open := false
	for {
		text, err := c.in.line()
		if !open {
			r.reset(c.in.n)
		}
		switch {
		case err == io.EOF && open:
			return &Fault{Line: r.line, Text: "a quote is opened and not closed", Done: "all from here on is left out"}, nil
		case err == errCut:
			f := c.in.long()
			return &f, nil
		case err != nil:
			return nil, err
		}
		if len(text) == 0 && !open {
			continue
		}
		var column int
		if open, column = r.split(text, open); column > 0 {
			return &Fault{Line: c.in.n, Column: column, Text: "a quote in a quoted cell must be doubled, or be followed by a separator", Done: "the line is left out"}, nil
		}
		if !open {
			return nil, nil
		}
		if len(r.buf) > c.in.max {
			return &Fault{Line: r.line, Text: fmt.Sprintf("a quote is opened and not closed within %d bytes", c.in.max), Done: "left out"}, nil
		}
	}
}

// fill makes an example of the record.
func (c *CSV) fill(x *online.Example) error {
	x.Reset()
	x.Line = c.record.line
	if err := c.fillLabel(x); err != nil {
		return err
	}
	x.Blank = true
	for _, s := range c.header.spaces {
		from, anonymous := len(x.Hashes), uint32(0)
		for i := range s.columns {
			col := &s.columns[i]
			text, quoted := c.record.cell(col.cell)
			if len(text) == 0 && !quoted {
				continue
			}
			x.Blank = false
			v, number := cellNumber(text)
			switch {
			case quoted || !number:
				c.add(x, c.hash(text, col.hash), 1, col, text)
			case infinite(v):
				if err := c.cellFault(col.cell, "taken for an empty cell", fmt.Sprintf("%s is not finite", text)); err != nil {
					return err
				}
			case col.name == "":
				c.add(x, col.hash+anonymous, v, col, nil)
				anonymous++
			default:
				c.add(x, col.hash, v, col, nil)
			}
		}
		endGroup(x, s.group, from)
	}
	return nil
}

// add appends a feature; text is the cell's where that is part of the name.
func (c *CSV) add(x *online.Example, hash uint32, v float32, col *column, text []byte) {
	if v == 0 {
		return
	}
	x.Hashes, x.Values = append(x.Hashes, hash), append(x.Values, v)
	if !c.o.Names {
		return
	}
	name := col.audit
	if len(text) > 0 {
		name += "^" + string(text)
	}
	x.Names = append(x.Names, name)
}

// endGroup makes a group of the features from the given one on.
func endGroup(x *online.Example, name byte, from int) {
	if to := len(x.Hashes); to > from {
		x.Groups = append(x.Groups, online.Group{Name: name, From: from, To: to})
	}
}
