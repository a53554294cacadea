package source

import (
	"fmt"
	"strings"

	"github.com/descent-go/descent/online"
)

// A header says what the cells of a line are.
type header struct {
	titles             []string       // of all cells
	spaces             []space        // the columns that are features
	place              map[string]int // of a namespace in spaces
	label, weight, tag int            // cells, -1 where there is none
}

// A space is the columns of one namespace.
type space struct {
	group   byte
	columns []column
}

// A column makes features of a cell.
type column struct {
	cell  int
	name  string
	hash  uint32 // of the name in its namespace
	audit string // the name as Vowpal Wabbit's --audit prints it
}

// The names that a label's column may have without being asked for.
var labelNames = []string{"_label", "label", "target", "y"}

func (c *CSV) readHeader() (*header, error) {
	f, err := c.next()
	if f != nil {
		f.Text = "the header: " + f.Text
		return nil, f
	}
	if err != nil {
		return nil, err // io.EOF: an empty stream
	}
	var titles []string
	for i := range c.record.cells {
		text, _ := c.record.cell(i)
		titles = append(titles, string(text))
	}
	h, err := newHeader(titles, c.o)
	if err != nil {
		return nil, &Fault{Line: c.record.line, Text: "the header: " + err.Error()}
	}
	return h, nil
}

func newHeader(titles []string, o Options) (*header, error) {
	h := &header{titles: titles, place: map[string]int{}}
	var err error
	if h.label, err = find(titles, o.Columns.Label, labelNames); err != nil {
		return nil, err
	}
	if h.weight, err = find(titles, o.Columns.Weight, []string{"_weight"}); err != nil {
		return nil, err
	}
	if h.tag, err = find(titles, o.Columns.Tag, []string{"_tag"}); err != nil {
		return nil, err
	}
	for i, title := range titles {
		if i == h.label || i == h.weight || i == h.tag {
			continue
		}
		name, in := title, ""
		if before, after, bar := strings.Cut(title, "|"); bar {
			name, in = after, before
		}
		if strings.Contains(name, "|") {
			return nil, fmt.Errorf("column %q: expected a name, or a namespace, a bar and a name", title)
		}
		h.add(i, in, name, o)
	}
	return h, nil
}

// add appends the column of a cell to its namespace.
func (h *header) add(cell int, in, name string, o Options) {
	at, have := h.place[in]
	if !have {
		at = len(h.spaces)
		h.place[in] = at
		h.spaces = append(h.spaces, space{group: groupOf(in)})
	}
	col := column{cell: cell, name: name, hash: spaceHash(in, o), audit: name}
	if in != "" {
		col.audit = in + "^" + name
	}
	if name != "" {
		col.hash = o.hash()([]byte(name), col.hash)
	}
	h.spaces[at].columns = append(h.spaces[at].columns, col)
}

func groupOf(space string) byte {
	if space == "" {
		return ' '
	}
	return space[0]
}

// spaceHash is a namespace's: for that without a name 0, or hashed from the
// seed where there is one.
func spaceHash(space string, o Options) uint32 {
	switch {
	case space != "":
		return o.hash()([]byte(space), o.Seed)
	case o.Seed != 0:
		return online.HashAll(nil, o.Seed)
	}
	return 0
}

// find returns the column that was asked for, else the first of the usual
// names that is there, else -1.
func find(titles []string, asked string, usual []string) (int, error) {
	if asked != "" {
		usual = []string{asked}
	}
	for _, name := range usual {
		at := -1
		for i, title := range titles {
			if title == name && at >= 0 {
				return 0, fmt.Errorf("the columns %d and %d are both named %q", at+1, i+1, name)
			}
			if title == name {
				at = i
			}
		}
		if at >= 0 {
			return at, nil
		}
	}
	if asked != "" {
		return 0, fmt.Errorf("no column %q; there are %s", asked, strings.Join(titles, ", "))
	}
	return -1, nil
}
