package source

import "bytes"

// A record is the cells of a line, or of several that a quoted cell joins.
type record struct {
	separator byte
	line      int    // its first
	text      []byte // what cells lie in: the line, or buf where it has quotes
	buf       []byte
	cells     []cell
	from      int // where in buf the cell starts
}

type cell struct {
	from, to int
	quoted   bool
}

func (r *record) reset(line int) {
	r.line, r.buf, r.cells = line, r.buf[:0], r.cells[:0]
}

// cell returns a cell's text, good until the next record.
func (r *record) cell(i int) (text []byte, quoted bool) {
	c := r.cells[i]
	return r.text[c.from:c.to], c.quoted
}

// split appends the cells of a line. It takes and returns whether a quote is
// open, and the column of a wrong quote, counted from 1.
func (r *record) split(line []byte, open bool) (bool, int) {
	if open || bytes.IndexByte(line, '"') >= 0 {
		open, wrong := r.splitQuoted(line, open)
		r.text = r.buf
		return open, wrong
	}
	r.text = line
	from := 0
	for {
		n := bytes.IndexByte(line[from:], r.separator)
		if n < 0 {
			r.cells = append(r.cells, cell{from, len(line), false})
			return false, 0
		}
		r.cells = append(r.cells, cell{from, from + n, false})
		from += n + 1
	}
}

func (r *record) splitQuoted(line []byte, open bool) (bool, int) {
	for i := 0; ; {
		if !open && (i == len(line) || line[i] != '"') {
			bare, _, more := bytes.Cut(line[i:], []byte{r.separator})
			r.from = len(r.buf)
			r.add(bare, false)
			if !more {
				return false, 0
			}
			i += len(bare) + 1
			continue
		}
		if !open {
			open, r.from = true, len(r.buf)
			i++
		}
		part, _, closed := bytes.Cut(line[i:], []byte{'"'})
		i += len(part) + 1
		switch {
		case !closed:
			r.buf = append(append(r.buf, part...), '\n')
			return true, 0
		case i < len(line) && line[i] == '"':
			r.buf = append(append(r.buf, part...), '"')
			i++
		case i == len(line):
			r.add(part, true)
			return false, 0
		case line[i] == r.separator:
			r.add(part, true)
			open = false
			i++
		default:
			return false, i
		}
	}
}

// add ends a cell with its last part.
func (r *record) add(part []byte, quoted bool) {
	r.buf = append(r.buf, part...)
	r.cells = append(r.cells, cell{r.from, len(r.buf), quoted})
}
