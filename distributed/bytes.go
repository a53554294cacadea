package distributed

import "unsafe"

// Data is what is moved as the bytes that it is.
type Data interface {
	~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32 | ~int64 | ~uint64 | ~float32 | ~float64
}

// bytesOf is the memory of numbers, as exchanges move it.
func bytesOf[T Data](x []T) []byte {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*sizeOf[T]())
}

// numbersIn shows memory, which must be aligned, as numbers.
func numbersIn[T Data](data []byte) []T {
	if len(data) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), len(data)/sizeOf[T]())
}

// sizeOf is how many bytes a T takes.
func sizeOf[T any]() int { return int(unsafe.Sizeof(*new(T))) }

// grow gives memory of n bytes aligned for any number, the old where it suffices.
func grow(old []byte, n int) []byte {
	if cap(old) >= n {
		return old[:n]
	}
	return bytesOf(make([]uint64, (n+7)/8))[:n]
}
