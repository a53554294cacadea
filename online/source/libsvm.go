package source

import (
	"bytes"
	"io"
	"slices"
	"strconv"

	"github.com/descent-go/descent/online"
)

// LibSVM reads LibSVM's text format, an example a line:
//
//	label qid:query index:value index:value ... # comment
//
// An index, from 0 to 4294967295, is the feature's hash as it is, in the
// namespace without a name; no hash function and no seed has a part in it.
// Features of value 0 and query ids are left out, as are empty lines. A line
// without a label is an example without one. What is no pair of an index and a
// finite number is a fault and left out, and so is a label that is no finite
// number, several of them with commas included.
type LibSVM struct{ v VW }

// NewLibSVM returns a reader of a stream.
func NewLibSVM(r io.Reader, o Options) *LibSVM {
	l := &LibSVM{v: *NewVW(r, o)}
	l.v.quick, l.v.seed, l.v.weight = !o.Names, 0, 1
	return l
}

// Read makes x the example of the next line. At the end the error is io.EOF.
// After an error every further call returns it again.
func (l *LibSVM) Read(x *online.Example) error {
	v := &l.v
	for v.err == nil {
		var start, end int
		if start, end, v.err = v.text.nextOf(&v.o); v.err != nil {
			break
		}
		x.Reset()
		x.Line = v.text.n
		if full := v.begin(x, start, end); full {
			v.err = l.example()
			return v.err
		}
	}
	return v.err
}

// begin makes the line without its comment that of the reader. It reports
// whether anything is in it.
func (v *VW) begin(x *online.Example, start, end int) bool {
	b := v.text.b
	if n := bytes.IndexByte(b[start:end], '#'); n >= 0 {
		end = start + n
		b[end] = '\n'
	}
	v.x, v.b, v.start, v.end, v.n = x, b, start, end, 0
	return len(bytes.TrimSpace(bytes.TrimPrefix(b[start:end], byteOrderMark))) > 0
}

// example reads the line.
func (l *LibSVM) example() error {
	v, x := &l.v, l.v.x
	p := v.start
	if bytes.HasPrefix(v.b[p:v.end], byteOrderMark) {
		p += len(byteOrderMark)
	}
	word, p := v.field(p)
	room := (v.end-v.start)/2 + 1
	x.Hashes = slices.Grow(x.Hashes, room)[:room]
	x.Values = slices.Grow(x.Values, room)[:room]
	var err error
	if bytes.IndexByte(word, ':') >= 0 {
		p -= len(word)
	} else {
		err = l.label(word, p-len(word))
	}
	for err == nil && p < v.end {
		p, err = l.next(p)
	}
	x.Hashes, x.Values = x.Hashes[:v.n], x.Values[:v.n]
	if v.n > 0 {
		x.Groups = append(x.Groups, online.Group{Name: ' ', To: v.n})
	}
	return err
}

// next reads a pair or, where it can, many.
func (l *LibSVM) next(p int) (int, error) {
	v := &l.v
	if v.quick {
		p = v.numbers(p)
	}
	word, p := v.field(p)
	if len(word) == 0 || bytes.HasPrefix(word, []byte("qid:")) {
		return p, nil
	}
	name, number, pair := bytes.Cut(word, []byte{':'})
	index, err := strconv.ParseUint(string(name), 10, 32)
	if err != nil || !pair {
		return p, v.fault(p-len(word), "left out", "expected index:value with an index from 0 to 4294967295, found %.40q", word)
	}
	f, n := parseFloat(number)
	if n == 0 || n < len(number) || f-f != 0 {
		return p, v.fault(p-len(number), "left out", "expected a finite number as the value of %d, found %.40q", index, number)
	}
	if f != 0 {
		v.x.Hashes[v.n], v.x.Values[v.n] = uint32(index), f
		v.n++
		if v.o.Names {
			v.x.Names = append(v.x.Names, string(name))
		}
	}
	return p, nil
}

// label reads a label.
func (l *LibSVM) label(word []byte, at int) error {
	f, n := parseFloat(word)
	if n < len(word) || f-f != 0 {
		return l.v.fault(at, "no label read", "expected a finite number as label, found %.40q", word)
	}
	l.v.x.Label = f
	return nil
}

// field returns the next word, before which there may be blanks, and where it
// ends.
func (v *VW) field(p int) ([]byte, int) {
	for p < v.end && isBlank(v.b[p]) {
		p++
	}
	from := p
	for p < v.end && !isBlank(v.b[p]) {
		p++
	}
	return v.b[from:p], p
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
