package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A csvReader reads the rows of a CSV file: it finds separator and header and
// sees that every row has as many cells.
type csvReader struct {
	path    string
	in      *stream
	csv     *csv.Reader
	names   []string // of the columns
	header  bool     // the names are the file's own
	pending []string // the first row, where it is no header
	line    int      // of the row read last
}

func newCSVReader(src *source) (*csvReader, error) {
	in, err := src.open()
	if err != nil {
		return nil, err
	}
	c := &csvReader{path: src.path, in: in}
	if err := c.start(); err != nil {
		in.Close()
		return nil, err
	}
	return c, nil
}

func (c *csvReader) Close() error { return c.in.Close() }

// start reads the first line.
func (c *csvReader) start() error {
	if err := c.in.checkText(c.path); err != nil {
		return err
	}
	head := string(c.in.head)
	if bom := "\ufeff"; strings.HasPrefix(head, bom) {
		head = head[len(bom):]
		if _, err := c.in.Discard(len(bom)); err != nil {
			return err
		}
	}
	c.csv = csv.NewReader(c.in)
	c.csv.Comma = separator(head)
	c.csv.TrimLeadingSpace = c.csv.Comma != '\t'
	c.csv.FieldsPerRecord = -1
	c.csv.ReuseRecord = true
	first, err := c.read()
	if err == io.EOF {
		return fmt.Errorf("%s: the file has only empty lines", c.path)
	}
	if err != nil {
		return err
	}
	return c.name(slices.Clone(first))
}

// name names the columns after the first row.
func (c *csvReader) name(first []string) error {
	c.names = make([]string, len(first))
	for i := range c.names {
		c.names[i] = "c" + strconv.Itoa(i+1)
	}
	if c.header = isHeader(first); !c.header {
		c.pending = first
		return nil
	}
	at := make(map[string]int)
	for i, cell := range first {
		if cell != "" {
			c.names[i] = cell
		}
		if j, ok := at[c.names[i]]; ok {
			return lineError(c.path, c.line, "columns %d and %d are both named %q", j+1, i+1, c.names[i])
		}
		at[c.names[i]] = i
	}
	return nil
}

// isHeader reports whether a first row is a header: a cell of it is a text, or
// none is a number.
func isHeader(row []string) bool {
	numbers := false
	for _, cell := range row {
		switch _, kind := parseCell(cell); kind {
		case textCell:
			return true
		case numberCell, nonfiniteCell:
			numbers = true
		}
	}
	return !numbers
}

// hasNumber reports whether a cell of a row is a number.
func hasNumber(row []string) bool {
	return slices.ContainsFunc(row, func(cell string) bool {
		_, kind := parseCell(cell)
		return kind == numberCell
	})
}

// next returns the next row, its cells without space around them, or io.EOF.
// The row is valid until the next call.
func (c *csvReader) next() ([]string, error) {
	if row := c.pending; row != nil {
		c.pending = nil
		return row, nil
	}
	row, err := c.read()
	if err == nil && len(row) != len(c.names) {
		return nil, lineError(c.path, c.line, "%d cells, expected %d as in the first line", len(row), len(c.names))
	}
	return row, err
}

func (c *csvReader) read() ([]string, error) {
	row, err := c.csv.Read()
	if err == io.EOF {
		return nil, err
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return nil, fmt.Errorf("%s:%d:%d: %w (a cell with quotes in it is put in quotes and the quotes in it are doubled)", c.path, syntax.Line, syntax.Column, syntax.Err)
	}
	if err != nil {
		return nil, lineError(c.path, c.line+1, "%w", err)
	}
	c.line, _ = c.csv.FieldPos(0)
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			return nil, lineError(c.path, c.line, "cell %d is not UTF-8 text: %q; save the file as UTF-8", i+1, cell)
		}
		row[i] = strings.TrimSpace(cell)
	}
	return row, nil
}

// separator returns the separator that the first line has most of.
func separator(head string) rune {
	line, _, _ := strings.Cut(strings.TrimLeft(head, "\r\n"), "\n")
	var commas, semicolons, tabs int
	quoted := false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == ',':
			commas++
		case r == ';':
			semicolons++
		case r == '\t':
			tabs++
		}
	}
	switch {
	case tabs > commas && tabs > semicolons:
		return '\t'
	case semicolons > commas:
		return ';'
	}
	return ','
}
