package interp

import (
	"math"

	"github.com/descent-go/descent/internal/half"
	"github.com/descent-go/descent/internal/plan"
)

// The loops are unrolled: Go's compiler does not, nor does it check bounds in them.

// arithmetic computes a form. The conversions forbid fused multiply-add.
func arithmetic[T lane](op plan.Op, d []T, x [4][]T, r, s, t T) {
	switch op {
	case linear:
		sum(d, x[0], x[1], r, s)
	case sum3:
		sumOfThree(d, x[0], x[1], x[2], r, s, t)
	case product:
		sumOfProduct(d, x[0], x[1], x[2], r, s)
	case quotient:
		sumOfQuotient(d, x[0], x[1], x[2], r, s, t)
	case affine:
		scale(d, x[0], r, s)
	case times:
		multiply(d, x[0], x[1], r, s)
	case ratio:
		divide(d, x[0], x[1], r)
	case root:
		squareRoot(d, x[0], r, s, t)
	}
}

func sum[T lane](d, a, b []T, r, s T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(a[i]*r) + T(b[i]*s)
		d[i+1] = T(a[i+1]*r) + T(b[i+1]*s)
		d[i+2] = T(a[i+2]*r) + T(b[i+2]*s)
		d[i+3] = T(a[i+3]*r) + T(b[i+3]*s)
	}
}

func sumOfThree[T lane](d, a, b, c []T, r, s, t T) {
	a, b, c = a[:len(d)], b[:len(d)], c[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(a[i]*r) + T(b[i]*s) + T(c[i]*t)
		d[i+1] = T(a[i+1]*r) + T(b[i+1]*s) + T(c[i+1]*t)
		d[i+2] = T(a[i+2]*r) + T(b[i+2]*s) + T(c[i+2]*t)
		d[i+3] = T(a[i+3]*r) + T(b[i+3]*s) + T(c[i+3]*t)
	}
}

func sumOfProduct[T lane](d, a, b, c []T, r, s T) {
	a, b, c = a[:len(d)], b[:len(d)], c[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(a[i]*r) + T(T(b[i]*c[i])*s)
		d[i+1] = T(a[i+1]*r) + T(T(b[i+1]*c[i+1])*s)
		d[i+2] = T(a[i+2]*r) + T(T(b[i+2]*c[i+2])*s)
		d[i+3] = T(a[i+3]*r) + T(T(b[i+3]*c[i+3])*s)
	}
}

func sumOfQuotient[T lane](d, a, b, c []T, r, s, t T) {
	a, b, c = a[:len(d)], b[:len(d)], c[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(a[i]*r) + T(T(b[i]*s)/c[i]*t)
		d[i+1] = T(a[i+1]*r) + T(T(b[i+1]*s)/c[i+1]*t)
		d[i+2] = T(a[i+2]*r) + T(T(b[i+2]*s)/c[i+2]*t)
		d[i+3] = T(a[i+3]*r) + T(T(b[i+3]*s)/c[i+3]*t)
	}
}

func scale[T lane](d, a []T, r, s T) {
	a = a[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(a[i]*r) + s
		d[i+1] = T(a[i+1]*r) + s
		d[i+2] = T(a[i+2]*r) + s
		d[i+3] = T(a[i+3]*r) + s
	}
}

func multiply[T lane](d, a, b []T, r, s T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(T(a[i]*b[i])*r) + s
		d[i+1] = T(T(a[i+1]*b[i+1])*r) + s
		d[i+2] = T(T(a[i+2]*b[i+2])*r) + s
		d[i+3] = T(T(a[i+3]*b[i+3])*r) + s
	}
}

func divide[T lane](d, a, b []T, r T) {
	a, b = a[:len(d)], b[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(a[i]*r) / b[i]
		d[i+1] = T(a[i+1]*r) / b[i+1]
		d[i+2] = T(a[i+2]*r) / b[i+2]
		d[i+3] = T(a[i+3]*r) / b[i+3]
	}
}

func squareRoot[T lane](d, a []T, r, s, t T) {
	a = a[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = T(math.Sqrt(float64(T(a[i]*r)+s))) + t
		d[i+1] = T(math.Sqrt(float64(T(a[i+1]*r)+s))) + t
		d[i+2] = T(math.Sqrt(float64(T(a[i+2]*r)+s))) + t
		d[i+3] = T(math.Sqrt(float64(T(a[i+3]*r)+s))) + t
	}
}

func convert[D, S lane](d []D, a []S) {
	a = a[:len(d)]
	for i := 0; i < len(d)-3; i += unroll {
		d[i] = D(a[i])
		d[i+1] = D(a[i+1])
		d[i+2] = D(a[i+2])
		d[i+3] = D(a[i+3])
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

func unary[T lane](op plan.Op, d, a []T) {
	a = a[:len(d)]
	switch op {
	case plan.Mov:
		copy(d, a)
	case plan.Abs:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = T(math.Abs(float64(a[i])))
			d[i+1] = T(math.Abs(float64(a[i+1])))
			d[i+2] = T(math.Abs(float64(a[i+2])))
			d[i+3] = T(math.Abs(float64(a[i+3])))
		}
	case plan.Neg:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = -a[i]
			d[i+1] = -a[i+1]
			d[i+2] = -a[i+2]
			d[i+3] = -a[i+3]
		}
	case plan.Floor:
		for i := 0; i < len(d)-3; i += unroll {
			d[i] = T(math.Floor(float64(a[i])))
			d[i+1] = T(math.Floor(float64(a[i+1])))
			d[i+2] = T(math.Floor(float64(a[i+2])))
			d[i+3] = T(math.Floor(float64(a[i+3])))
		}
	}
}
