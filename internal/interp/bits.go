package interp

import (
	"unsafe"

	"github.com/descent-go/descent/internal/plan"
)

// bits shows numbers as their bits. U is as wide as T.
func bits[U uint32 | uint64, T lane](x []T) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

// bitwise computes an operation on bits.
func bitwise[U uint32 | uint64](op plan.Op, d, a, b []U) {
	a, b = a[:len(d)], b[:len(d)]
	switch op {
	case plan.And:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = a[i] & b[i]
			d[i+1] = a[i+1] & b[i+1]
			d[i+2] = a[i+2] & b[i+2]
			d[i+3] = a[i+3] & b[i+3]
		}
	case plan.Or:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = a[i] | b[i]
			d[i+1] = a[i+1] | b[i+1]
			d[i+2] = a[i+2] | b[i+2]
			d[i+3] = a[i+3] | b[i+3]
		}
	case plan.Xor:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = a[i] ^ b[i]
			d[i+1] = a[i+1] ^ b[i+1]
			d[i+2] = a[i+2] ^ b[i+2]
			d[i+3] = a[i+3] ^ b[i+3]
		}
	case plan.AddI:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = a[i] + b[i]
			d[i+1] = a[i+1] + b[i+1]
			d[i+2] = a[i+2] + b[i+2]
			d[i+3] = a[i+3] + b[i+3]
		}
	case plan.MulU32:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = U(uint32(a[i])) * U(uint32(b[i]))
			d[i+1] = U(uint32(a[i+1])) * U(uint32(b[i+1]))
			d[i+2] = U(uint32(a[i+2])) * U(uint32(b[i+2]))
			d[i+3] = U(uint32(a[i+3])) * U(uint32(b[i+3]))
		}
	}
}

func shift[U uint32 | uint64](op plan.Op, d, a []U, n int32) {
	a = a[:len(d)]
	by := uint(n) & 63
	if op == plan.Shl {
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = a[i] << by
			d[i+1] = a[i+1] << by
			d[i+2] = a[i+2] << by
			d[i+3] = a[i+3] << by
		}
		return
	}
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = a[i] >> by
		d[i+1] = a[i+1] >> by
		d[i+2] = a[i+2] >> by
		d[i+3] = a[i+3] >> by
	}
}

func compare[T lane](op plan.Op, d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	switch op {
	case plan.Lt:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = truth[T](a[i] < b[i])
			d[i+1] = truth[T](a[i+1] < b[i+1])
			d[i+2] = truth[T](a[i+2] < b[i+2])
			d[i+3] = truth[T](a[i+3] < b[i+3])
		}
	case plan.Le:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = truth[T](a[i] <= b[i])
			d[i+1] = truth[T](a[i+1] <= b[i+1])
			d[i+2] = truth[T](a[i+2] <= b[i+2])
			d[i+3] = truth[T](a[i+3] <= b[i+3])
		}
	case plan.Eq:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = truth[T](a[i] == b[i])
			d[i+1] = truth[T](a[i+1] == b[i+1])
			d[i+2] = truth[T](a[i+2] == b[i+2])
			d[i+3] = truth[T](a[i+3] == b[i+3])
		}
	case plan.Ne:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = truth[T](a[i] != b[i])
			d[i+1] = truth[T](a[i+1] != b[i+1])
			d[i+2] = truth[T](a[i+2] != b[i+2])
			d[i+3] = truth[T](a[i+3] != b[i+3])
		}
	}
}

// truth is 1 or 0, by way of an integer, for which compilers need no branch.
func truth[T lane](is bool) T {
	n := int32(0)
	if is {
		n = 1
	}
	return T(n)
}

// choose picks b where a is not 0, else c: by way of integers, for which
// compilers need no branch.
func choose[T lane, U uint32 | uint64](d []U, a []T, b, c []U) {
	a, b, c = a[:len(d)], b[:len(d)], c[:len(d)]
	for i := range d {
		x := c[i]
		if y := b[i]; a[i] != 0 {
			x = y
		}
		d[i] = x
	}
}

// choosing picks where a is less than b.
func choosing[T lane, U uint32 | uint64](d []U, a, b []T, c, e []U) {
	a, b, c, e = a[:len(d)], b[:len(d)], c[:len(d)], e[:len(d)]
	for i := range d {
		x := e[i]
		if y := c[i]; a[i] < b[i] {
			x = y
		}
		d[i] = x
	}
}
