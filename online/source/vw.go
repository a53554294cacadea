package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/descent-go/descent/online"
)

// VW reads Vowpal Wabbit's text format, an example a line:
//
//	label importance base 'tag|namespace:weight feature:value feature |another ...
//
// All but the bar and the features may be missing. It gives the features that
// Vowpal Wabbit gives, of malformed lines, too, with two exceptions: numbers
// are read more exactly, and what is infinite is a fault and left out.
type VW struct {
	o     Options
	text  cutter
	own   []byte // Parse's copy of a line
	err   error  // ended reading
	quick bool   // the hash is HashStrings and nobody wants names
	hash  online.Hasher
	plain uint32 // the hash of a namespace without a name

	// Of the line being read:
	x     *online.Example
	b     []byte // has a line feed at end, and padding behind it
	start int
	end   int
	n     int // features so far

	// Of the namespace being read:
	base   []byte // its name
	seed   uint32 // its hash
	weight float32
	anon   uint32 // features without a name so far
}

// NewVW returns a reader of a stream. It may be nil where only Parse is used.
func NewVW(r io.Reader, o Options) *VW {
	v := &VW{o: o, quick: o.Hash == nil && !o.Names, hash: o.hash()}
	if o.Seed != 0 {
		v.plain = online.HashAll(nil, o.Seed)
	}
	v.err = io.EOF
	if r != nil {
		v.err, v.text = nil, newCutter(r, o.maxLine())
	}
	return v
}

// Read makes x the example of the next line. At the end the error is io.EOF.
// After an error every further call returns it again.
func (v *VW) Read(x *online.Example) error {
	if v.err != nil {
		return v.err
	}
	start, end, err := v.text.nextOf(&v.o)
	if err == nil {
		x.Reset()
		x.Line = v.text.n
		err = v.example(x, v.text.b, start, end)
	}
	v.err = err
	return err
}

// Parse makes x the example of one line, whose line end may be missing. The
// line is not kept.
func (v *VW) Parse(line []byte, x *online.Example) error {
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if bytes.IndexByte(line, '\n') >= 0 {
		return errors.New("source: expected one line, found several: give one at a time")
	}
	if max := v.o.maxLine(); len(line) > max {
		return fmt.Errorf("source: expected a line of at most %d bytes, found %d", max, len(line))
	}
	v.own = append(append(v.own[:0], line...), '\n')
	v.own = slices.Grow(v.own, padding)
	x.Reset()
	return v.example(x, v.own[:cap(v.own)], 0, len(line))
}

var byteOrderMark = []byte("\ufeff")

// example reads the line b[start:end] into x, which is empty.
func (v *VW) example(x *online.Example, b []byte, start, end int) error {
	v.x, v.b, v.start, v.end, v.n = x, b, start, end, 0
	if bytes.HasPrefix(b[start:end], byteOrderMark) {
		start += len(byteOrderMark)
	}
	if start == end {
		x.Blank = true
		return nil
	}
	bar := bytes.IndexByte(b[start:end], '|')
	if bar < 0 {
		return v.label(b[start:end], start)
	}
	if err := v.label(b[start:start+bar], start); err != nil {
		return err
	}
	room := (end-start-bar)/2 + 1 // a feature takes two bytes
	x.Hashes = slices.Grow(x.Hashes, room)[:room]
	x.Values = slices.Grow(x.Values, room)[:room]
	err := v.namespaces(start + bar)
	x.Hashes, x.Values = x.Hashes[:v.n], x.Values[:v.n]
	return err
}

// fault reports a fault at a place of the buffer.
func (v *VW) fault(at int, done, format string, args ...any) error {
	return v.o.fault(Fault{Line: v.x.Line, Column: at - v.start + 1, Text: fmt.Sprintf(format, args...), Done: done})
}

// found says what word stands at a place of the line.
func (v *VW) found(at int) string {
	if at == v.end {
		return "the line's end"
	}
	word := v.b[at:v.end]
	if end := bytes.IndexAny(word[1:], " \t|"); end >= 0 {
		word = word[:end+1]
	}
	return fmt.Sprintf("%.40q", word)
}
