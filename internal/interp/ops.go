package interp

import (
	"math"

	"github.com/descent-go/descent/internal/half"
	"github.com/descent-go/descent/internal/plan"
)

func fill[T any](d []T, v T) {
	for i := range d {
		d[i] = v
	}
}

func convert[D, S float32 | float64](d []D, a []S) {
	a = a[:len(d)]
	for i := range d {
		d[i] = D(a[i])
	}
}

// round rounds to half precision.
func round(t plan.Type, d, a []float32) {
	a = a[:len(d)]
	if t == plan.F16 {
		for i := range d {
			d[i] = half.ToFloat16(a[i]).Float32()
		}
		return
	}
	for i := range d {
		d[i] = half.ToBFloat16(a[i]).Float32()
	}
}

// arithmetic computes one operation for a block.
func arithmetic[T float32 | float64](op plan.Op, d []T, a, b operand[T]) {
	switch op {
	case linear:
		sumOfProducts(d, a.x, a.s, b.x, b.s)
	case plan.Mov, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor:
		unary(op, d, a.x)
	case plan.Add, plan.Sub, plan.Mul, plan.Div:
		switch {
		case a.x == nil:
			scalarFirst(op, d, a.s, b.x)
		case b.x == nil:
			scalarSecond(op, d, a.x, b.s)
		default:
			binary(op, d, a.x, b.x)
		}
	default:
		compare(op, d, a.x, b.x)
	}
}

func sumOfProducts[T float32 | float64](d, a []T, s T, b []T, u T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = T(a[i]*s) + T(b[i]*u) // the conversions forbid fused multiply-add
	}
}

func binary[T float32 | float64](op plan.Op, d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	switch op {
	case plan.Add:
		for i := range d {
			d[i] = a[i] + b[i]
		}
	case plan.Sub:
		for i := range d {
			d[i] = a[i] - b[i]
		}
	case plan.Mul:
		for i := range d {
			d[i] = a[i] * b[i]
		}
	case plan.Div:
		for i := range d {
			d[i] = a[i] / b[i]
		}
	}
}

func scalarSecond[T float32 | float64](op plan.Op, d, a []T, s T) {
	a = a[:len(d)]
	switch op {
	case plan.Add:
		for i := range d {
			d[i] = a[i] + s
		}
	case plan.Sub:
		for i := range d {
			d[i] = a[i] - s
		}
	case plan.Mul:
		for i := range d {
			d[i] = a[i] * s
		}
	case plan.Div:
		for i := range d {
			d[i] = a[i] / s
		}
	}
}

// scalarFirst has the operations for which the order counts.
func scalarFirst[T float32 | float64](op plan.Op, d []T, s T, b []T) {
	b = b[:len(d)]
	if op == plan.Sub {
		for i := range d {
			d[i] = s - b[i]
		}
		return
	}
	for i := range d {
		d[i] = s / b[i]
	}
}

func unary[T float32 | float64](op plan.Op, d, a []T) {
	a = a[:len(d)]
	switch op {
	case plan.Mov:
		copy(d, a)
	case plan.Sqrt:
		for i := range d {
			d[i] = T(math.Sqrt(float64(a[i])))
		}
	case plan.Abs:
		for i := range d {
			d[i] = T(math.Abs(float64(a[i])))
		}
	case plan.Neg:
		for i := range d {
			d[i] = -a[i]
		}
	case plan.Floor:
		for i := range d {
			d[i] = T(math.Floor(float64(a[i])))
		}
	}
}

func compare[T float32 | float64](op plan.Op, d, a, b []T) {
	a, b = a[:len(d)], b[:len(d)]
	switch op {
	case plan.Lt:
		for i := range d {
			d[i] = truth[T](a[i] < b[i])
		}
	case plan.Le:
		for i := range d {
			d[i] = truth[T](a[i] <= b[i])
		}
	case plan.Eq:
		for i := range d {
			d[i] = truth[T](a[i] == b[i])
		}
	case plan.Ne:
		for i := range d {
			d[i] = truth[T](a[i] != b[i])
		}
	}
}

// truth is 1 or 0, by way of an integer, for which compilers need no branch.
func truth[T float32 | float64](is bool) T {
	n := int32(0)
	if is {
		n = 1
	}
	return T(n)
}

// choose32 and choose64 pick by way of integers, for which compilers need no branch.
func choose32(d, a, b, c []float32) {
	a, b, c = a[:len(d)], b[:len(d)], c[:len(d)]
	for i := range d {
		x := math.Float32bits(c[i])
		if y := math.Float32bits(b[i]); a[i] != 0 {
			x = y
		}
		d[i] = math.Float32frombits(x)
	}
}

func choose64(d, a, b, c []float64) {
	a, b, c = a[:len(d)], b[:len(d)], c[:len(d)]
	for i := range d {
		x := math.Float64bits(c[i])
		if y := math.Float64bits(b[i]); a[i] != 0 {
			x = y
		}
		d[i] = math.Float64frombits(x)
	}
}

// bits computes an operation on the bits of float64 lanes.
func bits(in *instr, d, a, b []float64) {
	a, b = a[:len(d)], b[:len(d)]
	switch in.op {
	case plan.And:
		for i := range d {
			d[i] = math.Float64frombits(math.Float64bits(a[i]) & math.Float64bits(b[i]))
		}
	case plan.Or:
		for i := range d {
			d[i] = math.Float64frombits(math.Float64bits(a[i]) | math.Float64bits(b[i]))
		}
	case plan.Xor:
		for i := range d {
			d[i] = math.Float64frombits(math.Float64bits(a[i]) ^ math.Float64bits(b[i]))
		}
	case plan.Shl:
		for i := range d {
			d[i] = math.Float64frombits(math.Float64bits(a[i]) << (in.imm & 63))
		}
	case plan.Shr:
		for i := range d {
			d[i] = math.Float64frombits(math.Float64bits(a[i]) >> (in.imm & 63))
		}
	case plan.AddI:
		for i := range d {
			d[i] = math.Float64frombits(math.Float64bits(a[i]) + math.Float64bits(b[i]))
		}
	case plan.MulU32:
		for i := range d {
			d[i] = math.Float64frombits(uint64(uint32(math.Float64bits(a[i]))) * uint64(uint32(math.Float64bits(b[i]))))
		}
	}
}

// accumulate adds to lanes by the weight's place in the run: a block starts at lane 0.
func accumulate(op plan.Op, acc *plan.Acc, x []float64) {
	if op == plan.AccMax {
		for i, v := range x {
			acc[i%plan.Lanes] = plan.Combine(true, acc[i%plan.Lanes], v)
		}
		return
	}
	for ; len(x) >= plan.Lanes; x = x[plan.Lanes:] {
		for i, v := range x[:plan.Lanes] {
			acc[i] += v
		}
	}
	for i, v := range x {
		acc[i] += v
	}
}
