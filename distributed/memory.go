package distributed

import (
	"github.com/descent-go/descent"
	"github.com/descent-go/descent/internal/plan"
)

// memory is a slice of one of the types of values and gradients; the others are nil.
type memory struct {
	f32 []float32
	f64 []float64
	f16 []descent.Float16
	b16 []descent.BFloat16
}

// valueOf is the memory of a parameter's value.
func valueOf(p descent.Param) memory {
	return memory{descent.ValueOf[float32](p), descent.ValueOf[float64](p), descent.ValueOf[descent.Float16](p), descent.ValueOf[descent.BFloat16](p)}
}

// gradOf is the memory of a parameter's gradient; all are nil where it has none.
func gradOf(p descent.Param) memory {
	return memory{descent.GradOf[float32](p), descent.GradOf[float64](p), descent.GradOf[descent.Float16](p), descent.GradOf[descent.BFloat16](p)}
}

func memoryOf[T descent.Float](x []T) memory {
	switch x := any(x).(type) {
	case []float32:
		return memory{f32: x}
	case []float64:
		return memory{f64: x}
	case []descent.Float16:
		return memory{f16: x}
	case []descent.BFloat16:
		return memory{b16: x}
	}
	return memory{}
}

// missing reports whether there is no memory at all.
func (m memory) missing() bool {
	return m.f32 == nil && m.f64 == nil && m.f16 == nil && m.b16 == nil
}

// vector is the same to the engine.
func (m memory) vector() plan.Vector {
	return plan.Vector{F32: m.f32, F64: m.f64, F16: m.f16, BF16: m.b16}
}

func (m memory) len() int { return len(m.f32) + len(m.f64) + len(m.f16) + len(m.b16) }

// typeName is what the type is called.
func (m memory) typeName() string {
	switch {
	case m.f64 != nil:
		return "float64"
	case m.f16 != nil:
		return "float16"
	case m.b16 != nil:
		return "bfloat16"
	}
	return "float32"
}

// width is the bytes of a number.
func (m memory) width() int {
	switch {
	case m.f64 != nil:
		return 8
	case m.f16 != nil, m.b16 != nil:
		return 2
	}
	return 4
}

// bytes is the memory of a run of numbers.
func (m memory) bytes(from, to int) []byte {
	switch {
	case m.f64 != nil:
		return bytesOf(m.f64[from:to])
	case m.f16 != nil:
		return bytesOf(m.f16[from:to])
	case m.b16 != nil:
		return bytesOf(m.b16[from:to])
	}
	return bytesOf(m.f32[from:to])
}

// read sets dst to the numbers from one on; 0 where there is no memory.
func read[T Number](dst []T, m memory, from int) {
	to := from + len(dst)
	switch {
	case m.f32 != nil:
		for i, x := range m.f32[from:to] {
			dst[i] = T(x)
		}
	case m.f64 != nil:
		for i, x := range m.f64[from:to] {
			dst[i] = T(x)
		}
	case m.f16 != nil:
		for i, x := range m.f16[from:to] {
			dst[i] = T(x.Float32())
		}
	case m.b16 != nil:
		for i, x := range m.b16[from:to] {
			dst[i] = T(x.Float32())
		}
	default:
		clear(dst)
	}
}

// write sets the numbers from one on to src, rounded.
func write[T Number](m memory, from int, src []T) {
	for i, x := range src {
		switch k := from + i; {
		case m.f32 != nil:
			m.f32[k] = float32(x)
		case m.f64 != nil:
			m.f64[k] = float64(x)
		case m.f16 != nil:
			m.f16[k] = descent.ToFloat16(float32(x))
		case m.b16 != nil:
			m.b16[k] = descent.ToBFloat16(float32(x))
		}
	}
}
