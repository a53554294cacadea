package interp

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

func fill[T any](d []T, v T) {
	for i := range d {
		d[i] = v
	}
}

// arithmetic computes one operation for a block.
func arithmetic[T float32 | float64](op plan.Op, d, a, b, c []T) {
	n := len(d)
	a = a[:n]
	switch op {
	case plan.Mov, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor:
		unary(op, d, a)
		return
	case plan.Select:
		b, c = b[:n], c[:n]
		for i := range d {
			if a[i] != 0 {
				d[i] = b[i]
			} else {
				d[i] = c[i]
			}
		}
		return
	}
	b = b[:n]
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
	default:
		compare(op, d, a, b)
	}
}

func unary[T float32 | float64](op plan.Op, d, a []T) {
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
	for i := range d {
		var is bool
		switch op {
		case plan.Lt:
			is = a[i] < b[i]
		case plan.Le:
			is = a[i] <= b[i]
		case plan.Eq:
			is = a[i] == b[i]
		default:
			is = a[i] != b[i]
		}
		d[i] = 0
		if is {
			d[i] = 1
		}
	}
}

// bits computes an operation on the bits of float64 lanes.
func bits(in *plan.Instr, f *frame) {
	a := f.f64[in.A][:f.n]
	b := a // shifts have no second operand
	if in.Op != plan.Shl && in.Op != plan.Shr {
		b = f.f64[in.B][:f.n]
	}
	d := f.dst64(in.Dst)
	for i := range d {
		d[i] = plan.Apply(in.Op, int(in.Imm), a[i], b[i], 0)
	}
}
