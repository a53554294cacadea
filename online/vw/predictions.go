package vw

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
)

// output is a file of predictions.
type output struct {
	name string
	w    *bufio.Writer
	file io.Closer // nil: standard output
	line []byte
	err  error
}

// standard reports whether a name is that of standard output.
func standard(name string) bool { return name == "-" || name == "stdout" || name == "/dev/stdout" }

// newOutput creates the file; a name of "" is none.
func newOutput(name string, stdout io.Writer) (*output, error) {
	switch {
	case name == "":
		return nil, nil
	case standard(name):
		return &output{name: "standard output", w: bufio.NewWriterSize(stdout, 1<<16)}, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &output{name: name, w: bufio.NewWriterSize(f, 1<<16), file: f}, nil
}

// number writes a line with a number.
func (o *output) number(v float32, tag []byte) {
	if o == nil {
		return
	}
	o.line = appendNumber(o.line[:0], v)
	o.end(tag)
}

// appendNumber writes as Vowpal Wabbit does: six decimals, and none where the
// number is whole.
func appendNumber(b []byte, v float32) []byte {
	x := float64(v)
	if x-x == 0 && math.Floor(x) != x {
		return strconv.AppendFloat(b, x, 'f', 6, 64)
	}
	return appendFloat(b, x, 'f', 0)
}

// appendFloat is strconv's with the words of C for what is not finite.
func appendFloat(b []byte, x float64, format byte, precision int) []byte {
	switch {
	case x != x:
		return append(b, "nan"...)
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, x, format, precision, 64)
}

// classes writes a line with a number for each class.
func (o *output) classes(before string, first int, scores []float32, tag []byte) {
	if o == nil {
		return
	}
	o.line = o.line[:0]
	for i, s := range scores {
		if i > 0 {
			before = " "
		}
		o.line = append(o.line, before...)
		o.line = strconv.AppendInt(o.line, int64(first+i), 10)
		o.line = append(o.line, ':')
		o.line = appendFloat(o.line, float64(s), 'g', 6)
	}
	o.end(tag)
}

// end ends the line.
func (o *output) end(tag []byte) {
	if len(tag) > 0 {
		o.line = append(append(o.line, ' '), tag...)
	}
	o.line = append(o.line, '\n')
	if _, err := o.w.Write(o.line); err != nil && o.err == nil {
		o.err = err
	}
}

// flush writes what is held back.
func (o *output) flush() error {
	if o == nil {
		return nil
	}
	if err := o.w.Flush(); err != nil && o.err == nil {
		o.err = err
	}
	return o.fail(o.err)
}

func (o *output) close() error {
	if o == nil {
		return nil
	}
	err := o.flush()
	if o.file != nil {
		err = errors.Join(err, o.fail(o.file.Close()))
	}
	return err
}

// fail says which file an error is of.
func (o *output) fail(err error) error {
	var path *os.PathError
	if err == nil || errors.As(err, &path) {
		return err
	}
	return fmt.Errorf("%s: %w", o.name, err)
}
