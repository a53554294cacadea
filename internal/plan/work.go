package plan

import "math"

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
	if !isMax {
		return a.sum()
	}
	x := *a
	for n := Lanes / 2; n > 0; n /= 2 {
		for i := range n {
			x[i] = Combine(true, x[i], x[i+n])
		}
	}
	return x[0]
}

// sum adds the lanes up; small tensors' steps feel how long that takes.
func (a *Acc) sum() float64 {
	var x [Lanes / 2]float64
	for i := range x {
		x[i] = a[i] + a[len(x)+i]
	}
	return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
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
	Salt    uint32   // added to the numbers that Index gives as 32 bits
	Arrays  []Vector // those of the plan, from the first weight on
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

// Batcher is a kernel that can be bound to the memory of several parameters,
// for which it then runs faster than one by one.
type Batcher interface {
	// Bind gives nil where the arrays' types are not the same for all.
	Bind(parts []Part) Bound
}

// Part is a parameter that a kernel is bound to: all of its N weights.
type Part struct {
	Arrays []Vector
	N      int
	Salt   uint32
}

// Bound is a kernel bound to the arrays of several parameters.
type Bound interface {
	// Run runs over the weights of parameters from up to to, with the work's
	// table, accumulators and scratch memory.
	Run(w *Work, from, to int)
	// Set changes the i-th parameter's arrays, or reports that their types are others.
	Set(i int, arrays []Vector) bool
}

// Backend makes kernels.
type Backend interface {
	Name() string
	// Compile gives a kernel for each segment of each phase.
	Compile(p *Plan) [][]Kernel
}
