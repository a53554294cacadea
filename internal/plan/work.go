package plan

import "math"

// Vector is an array of one of the types in memory; the other is nil.
type Vector struct {
	F32 []float32
	F64 []float64
}

// Len is the number of values.
func (v Vector) Len() int { return max(len(v.F32), len(v.F64)) }

// Type is the type of the values.
func (v Vector) Type() Type {
	if v.F64 != nil {
		return F64
	}
	return F32
}

// Slice is the part from lo to hi.
func (v Vector) Slice(lo, hi int) Vector {
	if v.F64 != nil {
		return Vector{F64: v.F64[lo:hi]}
	}
	return Vector{F32: v.F32[lo:hi]}
}

// At gives a value as float64.
func (v Vector) At(i int) float64 {
	if v.F64 != nil {
		return v.F64[i]
	}
	return float64(v.F32[i])
}

// Set changes a value.
func (v Vector) Set(i int, x float64) {
	if v.F64 != nil {
		v.F64[i] = x
	} else {
		v.F32[i] = float32(x)
	}
}

// Make allocates a vector of zeros.
func Make(t Type, n int) Vector {
	if t == F64 {
		return Vector{F64: make([]float64, n)}
	}
	return Vector{F32: make([]float32, n)}
}

// Copy copies values, converting them where the types differ.
func Copy(dst, src Vector) {
	switch {
	case dst.F64 != nil && src.F64 != nil:
		copy(dst.F64, src.F64)
	case dst.F32 != nil && src.F32 != nil:
		copy(dst.F32, src.F32)
	case dst.F64 != nil:
		for i, x := range src.F32 {
			dst.F64[i] = float64(x)
		}
	default:
		for i, x := range src.F64 {
			dst.F32[i] = float32(x)
		}
	}
}

// Lanes is the number of partial sums of an accumulator: value i of a run goes to lane i mod Lanes.
const Lanes = 16

// Acc is an accumulator.
type Acc [Lanes]float64

// Start empties an accumulator.
func (a *Acc) Start(isMax bool) {
	start := 0.0
	if isMax {
		start = math.Inf(-1)
	}
	for i := range a {
		a[i] = start
	}
}

// Total folds the lanes, halving their number each time.
func (a *Acc) Total(isMax bool) float64 {
	x := *a
	for n := Lanes / 2; n > 0; n /= 2 {
		for i := range n {
			x[i] = Combine(isMax, x[i], x[i+n])
		}
	}
	return x[0]
}

// Combine adds two results of a reduction, or takes the larger, NaN if either is.
func Combine(isMax bool, x, y float64) float64 {
	switch {
	case !isMax:
		return x + y
	case y != y || x < y:
		return y
	}
	return x
}

// Work is a run of vector code over weights that lie one after the other.
type Work struct {
	N       int
	First   int      // the number of the first weight, for Index
	Arrays  []Vector // those of the plan, from the first weight on
	Gather  []int32  // where not nil, weight i of every array but gradients is at Gather[i]
	Table   []float64
	Accs    []Acc
	Scratch *Scratch
}

// Scratch is memory of one worker that backends use as they like.
type Scratch struct {
	F32    []float32
	F64    []float64
	Regs32 [][]float32
	Regs64 [][]float64
}

// Kernel runs the code of a segment. It may be used by several goroutines.
type Kernel interface {
	Run(w *Work)
	// Grow makes scratch memory large enough for Run, so that it allocates none.
	Grow(s *Scratch)
}

// Backend makes kernels.
type Backend interface {
	Name() string
	// Compile gives a kernel for each segment of each phase.
	Compile(p *Plan) [][]Kernel
}
