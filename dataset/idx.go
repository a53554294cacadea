package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// The element types of IDX files that are read.
const (
	idxByte   = 0x08
	idxFloat  = 0x0d
	idxDouble = 0x0e
)

// An array is the content of an IDX file.
type array struct {
	dims   []int
	kind   byte // of element
	size   int  // of an element, in bytes
	values []byte
}

// readArray reads an IDX file.
func readArray(src *source) (*array, error) {
	in, err := src.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	a, err := parseArray(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.path, err)
	}
	return a, nil
}

func parseArray(r io.Reader) (*array, error) {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, cutOff("magic number", err)
	}
	a := &array{kind: magic[2]}
	switch a.kind {
	case idxByte:
		a.size = 1
	case idxFloat:
		a.size = 4
	case idxDouble:
		a.size = 8
	}
	if magic[0] != 0 || magic[1] != 0 || magic[3] == 0 {
		return nil, fmt.Errorf("not an IDX file: it starts with the bytes % x, expected 00 00, a type and a number of dimensions", magic)
	}
	if a.size == 0 {
		return nil, fmt.Errorf("IDX elements of type 0x%02x; those read are unsigned byte (0x08), float (0x0d) and double (0x0e)", a.kind)
	}
	dims := make([]byte, 4*int(magic[3]))
	if _, err := io.ReadFull(r, dims); err != nil {
		return nil, cutOff("dimensions", err)
	}
	n := 1
	for ; len(dims) > 0; dims = dims[4:] {
		d := int64(binary.BigEndian.Uint32(dims))
		if d == 0 {
			return nil, errors.New("an IDX dimension is 0, the file has no examples")
		}
		if d > maxValues/int64(n) {
			return nil, errors.New("the IDX dimensions make more than 2 GiB of values")
		}
		n *= int(d)
		a.dims = append(a.dims, int(d))
	}
	return a, a.read(r, int64(n)*int64(a.size))
}

// read reads the elements, so many bytes. Memory grows with what is there, not
// with what the header promises.
func (a *array) read(r io.Reader, size int64) (err error) {
	a.values, err = io.ReadAll(io.LimitReader(r, size+1))
	if err != nil {
		return err
	}
	if n := int64(len(a.values)); n < size {
		return fmt.Errorf("the file is cut off: its dimensions %v need %d bytes of values, there are %d", a.dims, size, n)
	} else if n > size {
		return fmt.Errorf("the file is longer than its dimensions %v say", a.dims)
	}
	return nil
}

func cutOff(where string, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file is cut off in its %s", where)
	}
	return err
}

// at returns element i.
func (a *array) at(i int) float64 {
	switch a.kind {
	case idxFloat:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(a.values[4*i:])))
	case idxDouble:
		return math.Float64frombits(binary.BigEndian.Uint64(a.values[8*i:]))
	}
	return float64(a.values[i])
}

// floats returns the elements, bytes scaled to [0, 1].
func (a *array) floats() ([]float32, error) {
	x := make([]float32, product(a.dims))
	if a.kind == idxByte {
		var scaled [256]float32
		for i := range scaled {
			scaled[i] = float32(i) / 255
		}
		for i, b := range a.values {
			x[i] = scaled[b]
		}
		return x, nil
	}
	for i := range x {
		x[i] = float32(a.at(i))
		if math.IsNaN(float64(x[i])) || math.IsInf(float64(x[i]), 0) {
			return nil, fmt.Errorf("example %d has the value %v, which is not a finite number (of single precision)", i/product(a.dims[1:])+1, a.at(i))
		}
	}
	return x, nil
}

// exampleShape is the shape of one example; a plane image gets its channel.
func (a *array) exampleShape() []int {
	if len(a.dims) == 3 {
		return []int{1, a.dims[1], a.dims[2]}
	}
	return slices.Clone(a.dims[1:])
}
