package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	blockSize = 256 << 10 // read at once: fits the processor's second cache
	padding   = 32        // bytes behind a line that may be loaded, whatever they are
)

var errCut = errors.New("line too long")

// A cutter cuts a stream into lines, in the buffer they were read into.
type cutter struct {
	r        io.Reader
	b        []byte // with padding behind what is read
	from, to int    // what is read and not yet given out
	n        int    // lines given out
	max      int    // longest line
	err      error  // of r
}

func newCutter(r io.Reader, max int) cutter {
	return cutter{r: r, b: make([]byte, blockSize+padding), max: max}
}

// next returns where the next line lies in b. At b[end] is a line feed, also
// where the line had a carriage return. A line that is too long is left out
// with errCut. At the end the error is io.EOF.
func (l *cutter) next() (start, end int, err error) {
	seen := 0
	for {
		if i := bytes.IndexByte(l.b[l.from+seen:l.to], '\n'); i >= 0 {
			start, end = l.from, l.from+seen+i
			l.from = end + 1
			return l.give(start, end)
		}
		seen = l.to - l.from
		switch {
		case seen > l.max:
			l.n++
			return 0, 0, l.skip()
		case l.err == io.EOF && seen > 0:
			start, end = l.from, l.to
			l.from = l.to
			return l.give(start, end)
		case l.err == io.EOF:
			return 0, 0, io.EOF
		case l.err != nil:
			return 0, 0, fmt.Errorf("source: after line %d: %w", l.n, l.err)
		}
		l.fill()
	}
}

// give ends a line.
func (l *cutter) give(start, end int) (int, int, error) {
	l.n++
	if end-start > l.max {
		return 0, 0, errCut
	}
	if end > start && l.b[end-1] == '\r' {
		end--
	}
	l.b[end] = '\n'
	return start, end, nil
}

// nextOf is next without the lines that are too long, which it reports.
func (l *cutter) nextOf(o *Options) (start, end int, err error) {
	for {
		start, end, err = l.next()
		if err != errCut {
			return start, end, err
		}
		if err := o.fault(l.long()); err != nil {
			return 0, 0, err
		}
	}
}

// long is the fault of the line that was left out last.
func (l *cutter) long() Fault {
	return Fault{Line: l.n, Text: fmt.Sprintf("expected a line of at most %d bytes, found a longer one", l.max), Done: "left out"}
}

// skip drops what is read up to the line's end.
func (l *cutter) skip() error {
	for l.err == nil {
		l.from = l.to
		l.fill()
		if i := bytes.IndexByte(l.b[l.from:l.to], '\n'); i >= 0 {
			l.from += i + 1
			return errCut
		}
	}
	l.from = l.to
	return errCut
}

// fill reads on. What is not given out yet moves to the front.
func (l *cutter) fill() {
	if l.from > 0 {
		l.to = copy(l.b, l.b[l.from:l.to])
		l.from = 0
	}
	if l.to == len(l.b)-padding {
		l.b = slices.Grow(l.b, min(len(l.b), l.max))
		l.b = l.b[:cap(l.b)]
	}
	for range 100 {
		n, err := l.r.Read(l.b[l.to : len(l.b)-padding])
		l.to += n
		if l.err = err; n > 0 || err != nil {
			return
		}
	}
	l.err = io.ErrNoProgress
}

// line is next for those who want a slice, good until the next call.
func (l *cutter) line() ([]byte, error) {
	start, end, err := l.next()
	if err != nil {
		return nil, err
	}
	return bytes.TrimPrefix(l.b[start:end], byteOrderMark), nil
}
