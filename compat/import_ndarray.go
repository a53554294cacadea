package compat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/nlpodyssey/gopickle/types"

	"github.com/descent-go/descent"
)

// ndarray reads an NDArray of MXNet's, a row-sparse one of at most so many numbers.
func (o *pickleObject) ndarray(most int) (array, error) {
	handle, ok := o.get("handle")
	if !ok {
		return array{}, fmt.Errorf("expected an NDArray, found an object of class %s", o.class.name)
	}
	data, ok := handle.([]byte)
	if bytes, isArray := handle.(*types.ByteArray); isArray {
		data, ok = *bytes, true
	}
	if !ok {
		return array{}, errors.New("an NDArray without data")
	}
	return readNDArray(data, most)
}

// ndarrayReader reads MXNet's binary form of an array, little-endian. The first
// mistake is kept.
type ndarrayReader struct {
	data []byte
	most int // numbers that a row-sparse array may have
	err  error
}

// The numbers with which arrays begin, and how they are stored.
const (
	ndarrayV2 = 0xf993fac9
	ndarrayV3 = 0xf993faca // as mxnet.numpy has them: scalars too

	ndarrayDense = 0
	ndarrayRows  = 1
)

// readNDArray reads an array of floating point numbers, dense or row-sparse; the
// latter has at most so many.
func readNDArray(data []byte, most int) (array, error) {
	r := &ndarrayReader{data: data, most: most}
	version := r.number(4)
	if r.err == nil && version != ndarrayV2 && version != ndarrayV3 {
		return array{}, fmt.Errorf("an NDArray of an unknown version, 0x%x", version)
	}
	storage := r.number(4)
	var stored []int
	switch {
	case storage == ndarrayRows:
		stored = r.shape()
	case storage != ndarrayDense:
		r.fail("an NDArray that is neither dense nor row-sparse")
	}
	shape := r.shape()
	if r.err == nil && version == ndarrayV2 && len(shape) == 0 {
		return array{}, errors.New("an empty NDArray")
	}
	r.number(8) // the device
	kind := r.number(4)
	if storage == ndarrayRows {
		return r.rows(stored, shape, kind)
	}
	values := r.values(shape, kind)
	return array{shape, values}, r.done()
}

// rows reads a row-sparse array.
func (r *ndarrayReader) rows(stored, shape []int, kind uint64) (array, error) {
	const int64Kind = 6
	if r.number(4) != int64Kind {
		r.fail("a row-sparse NDArray whose rows have no numbers")
	}
	rows := r.shape()
	values := r.values(stored, kind)
	if r.err != nil {
		return array{}, r.err
	}
	if len(rows) != 1 || len(shape) == 0 || len(stored) != len(shape) || stored[0] != rows[0] {
		return array{}, errors.New("a row-sparse NDArray whose shapes differ")
	}
	size := weights(shape[1:])
	if weights(shape) > r.most {
		return array{}, fmt.Errorf("a row-sparse NDArray of shape %v is larger than any state of the optimizer", shape)
	}
	if size != weights(stored[1:]) {
		return array{}, errors.New("a row-sparse NDArray whose shapes differ")
	}
	out := array{shape, make([]float64, weights(shape))}
	for i := range rows[0] {
		row := r.number(8)
		if row >= uint64(shape[0]) {
			r.fail("a row-sparse NDArray whose row %d is beyond its %d", row, shape[0])
			break
		}
		copy(out.values[int(row)*size:], values[i*size:(i+1)*size])
	}
	return out, r.done()
}

// done gives the first mistake.
func (r *ndarrayReader) done() error {
	if r.err == nil && len(r.data) > 0 {
		r.fail("an NDArray with %d bytes too many", len(r.data))
	}
	return r.err
}

func (r *ndarrayReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// bytes takes so many bytes, none where there are fewer.
func (r *ndarrayReader) bytes(n int) []byte {
	if n > len(r.data) {
		r.fail("an NDArray that is cut off")
	}
	if r.err != nil {
		return nil
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *ndarrayReader) number(size int) uint64 {
	var wide [8]byte
	copy(wide[:], r.bytes(size))
	return binary.LittleEndian.Uint64(wide[:])
}

// shape reads a shape, whose product is a number of elements that there may be.
func (r *ndarrayReader) shape() []int {
	const dimensions = 32
	n := r.number(4)
	if n > dimensions {
		r.fail("an NDArray of %d dimensions", int32(n))
		return nil
	}
	shape, total := make([]int, n), uint64(1)
	for i := range shape {
		size := r.number(8)
		over, product := bits.Mul64(total, max(size, 1))
		if over > 0 || product > math.MaxInt/8 {
			r.fail("an NDArray of shape %v and more", shape[:i])
			return nil
		}
		total = product
		shape[i] = int(size)
	}
	return shape
}

// values reads the numbers of an array.
func (r *ndarrayReader) values(shape []int, kind uint64) []float64 {
	kinds := []struct {
		size  int
		value func([]byte) float64
	}{
		{4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }},
		{8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }},
		{2, func(b []byte) float64 { return float64(descent.Float16(binary.LittleEndian.Uint16(b)).Float32()) }},
	}
	if kind >= uint64(len(kinds)) {
		r.fail("an NDArray whose numbers are no float32, float64 or float16")
		return nil
	}
	size := kinds[kind].size
	data := r.bytes(weights(shape) * size)
	out := make([]float64, len(data)/size)
	for i := range out {
		out[i] = kinds[kind].value(data[i*size:])
	}
	return out
}
