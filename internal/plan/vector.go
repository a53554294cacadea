package plan

import (
	"slices"

	"github.com/descent-go/descent/internal/half"
)

// Vector is an array of one of the types in memory; the others are nil.
type Vector struct {
	F32  []float32
	F64  []float64
	F16  []half.Float16
	BF16 []half.BFloat16
}

// Len is the number of values.
func (v Vector) Len() int { return len(v.F32) + len(v.F64) + len(v.F16) + len(v.BF16) }

// Type is the type of the values.
func (v Vector) Type() Type {
	switch {
	case v.F64 != nil:
		return F64
	case v.F16 != nil:
		return F16
	case v.BF16 != nil:
		return BF16
	}
	return F32
}

// Slice is the part from lo to hi.
func (v Vector) Slice(lo, hi int) Vector {
	switch v.Type() {
	case F64:
		return Vector{F64: v.F64[lo:hi]}
	case F16:
		return Vector{F16: v.F16[lo:hi]}
	case BF16:
		return Vector{BF16: v.BF16[lo:hi]}
	}
	return Vector{F32: v.F32[lo:hi]}
}

// At gives a value as float64.
func (v Vector) At(i int) float64 {
	switch v.Type() {
	case F64:
		return v.F64[i]
	case F16:
		return float64(v.F16[i].Float32())
	case BF16:
		return float64(v.BF16[i].Float32())
	}
	return float64(v.F32[i])
}

// Set changes a value, rounding it; to half precision by way of float32.
func (v Vector) Set(i int, x float64) {
	switch v.Type() {
	case F64:
		v.F64[i] = x
	case F16:
		v.F16[i] = half.ToFloat16(float32(x))
	case BF16:
		v.BF16[i] = half.ToBFloat16(float32(x))
	default:
		v.F32[i] = float32(x)
	}
}

// NotFinite is the place of the first value that is NaN or infinite, -1 where
// there is none.
func (v Vector) NotFinite() int {
	switch v.Type() {
	case F64:
		return notFinite(v.F64)
	case F16:
		return slices.IndexFunc(v.F16, func(h half.Float16) bool { return h&0x7C00 == 0x7C00 })
	case BF16:
		return slices.IndexFunc(v.BF16, func(h half.BFloat16) bool { return h&0x7F80 == 0x7F80 })
	}
	return notFinite(v.F32)
}

// notFinite looks at eight values at a time.
func notFinite[T float32 | float64](x []T) int {
	i := 0
	for ; i+8 <= len(x); i += 8 {
		y := x[i : i+8 : i+8]
		a, b := (y[0]-y[0])+(y[1]-y[1]), (y[2]-y[2])+(y[3]-y[3])
		c, d := (y[4]-y[4])+(y[5]-y[5]), (y[6]-y[6])+(y[7]-y[7])
		if (a+b)+(c+d) != 0 { // NaN, as an infinity less itself is
			break
		}
	}
	for ; i < len(x); i++ {
		if x[i]-x[i] != 0 {
			return i
		}
	}
	return -1
}

// Clear sets all values to 0.
func (v Vector) Clear() {
	clear(v.F32)
	clear(v.F64)
	clear(v.F16)
	clear(v.BF16)
}

// Make allocates a vector of zeros.
func Make(t Type, n int) Vector {
	switch t {
	case F64:
		return Vector{F64: make([]float64, n)}
	case F16:
		return Vector{F16: make([]half.Float16, n)}
	case BF16:
		return Vector{BF16: make([]half.BFloat16, n)}
	}
	return Vector{F32: make([]float32, n)}
}

// Copy copies values, converting them where the types differ.
func Copy(dst, src Vector) {
	switch src.Type() {
	case F64:
		from64(dst, src.F64)
	case F32:
		from32(dst, src.F32)
	case F16:
		if dst.F16 != nil {
			copy(dst.F16, src.F16)
			return
		}
		fromHalf(dst, src.F16)
	case BF16:
		if dst.BF16 != nil {
			copy(dst.BF16, src.BF16)
			return
		}
		fromHalf(dst, src.BF16)
	}
}

func from64(dst Vector, src []float64) {
	switch dst.Type() {
	case F64:
		copy(dst.F64, src)
	case F16:
		for i, x := range src {
			dst.F16[i] = half.ToFloat16(float32(x))
		}
	case BF16:
		for i, x := range src {
			dst.BF16[i] = half.ToBFloat16(float32(x))
		}
	default:
		for i, x := range src {
			dst.F32[i] = float32(x)
		}
	}
}

func from32(dst Vector, src []float32) {
	switch dst.Type() {
	case F64:
		for i, x := range src {
			dst.F64[i] = float64(x)
		}
	case F16:
		for i, x := range src {
			dst.F16[i] = half.ToFloat16(x)
		}
	case BF16:
		for i, x := range src {
			dst.BF16[i] = half.ToBFloat16(x)
		}
	default:
		copy(dst.F32, src)
	}
}

// fromHalf converts half precision to another type.
func fromHalf[H interface{ Float32() float32 }](dst Vector, src []H) {
	switch dst.Type() {
	case F64:
		for i, x := range src {
			dst.F64[i] = float64(x.Float32())
		}
	case F16:
		for i, x := range src {
			dst.F16[i] = half.ToFloat16(x.Float32())
		}
	case BF16:
		for i, x := range src {
			dst.BF16[i] = half.ToBFloat16(x.Float32())
		}
	default:
		for i, x := range src {
			dst.F32[i] = x.Float32()
		}
	}
}

// RoundTo rounds a number to a type of half precision.
func RoundTo(t Type, x float32) float32 {
	if t == F16 {
		return half.ToFloat16(x).Float32()
	}
	return half.ToBFloat16(x).Float32()
}
