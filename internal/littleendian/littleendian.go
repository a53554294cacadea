// Package littleendian shows numbers as the bytes that files and messages have,
// which are little endian.
package littleendian

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// Native reports whether that is the machine's own order.
var Native = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Number is a number of two, four or eight bytes.
type Number interface {
	~uint16 | ~float32 | ~float64
}

// Bytes are those of numbers in little endian: their own memory where that is the
// machine's order, else a copy.
func Bytes[T Number](x []T) []byte {
	b := Memory(x)
	if !Native {
		b = slices.Clone(b)
		Swap(b, int(unsafe.Sizeof(*new(T))))
	}
	return b
}

// Memory shows numbers as the bytes that they are in memory.
func Memory[T Number](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), uintptr(len(x))*unsafe.Sizeof(*new(T)))
}

// Swap turns numbers of so many bytes from one order to the other.
func Swap(b []byte, width int) {
	for number := range slices.Chunk(b, width) {
		slices.Reverse(number)
	}
}
