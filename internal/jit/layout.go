//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"math"
	"slices"
	"unsafe"

	"github.com/descent-go/descent/internal/plan"
)

// isa is a set of vector instructions.
type isa struct {
	name  string
	width int  // bytes of a register
	evex  bool // its encoding
	regs  int  // registers
	run   func(code uintptr, frame unsafe.Pointer)
}

var (
	avx2   = isa{"AVX2", 32, false, 16, call}
	avx512 = isa{"AVX-512", 64, true, 32, call}
)

// The frame is the memory that code works with, at rdi: four words, pointers
// to arrays, and then whole vectors.
const (
	frameCount = 0  // weights to run over, a multiple of those of a round
	frameAccs  = 8  // the accumulators
	frameLane  = 16 // which of their bytes the first weight goes to
	frameTable = 24 // the scalars
	frameArray = 32
)

// layout says where in the frame what is.
type layout struct {
	lanes   int    // weights a round of the loop covers
	arrays  []int  // the arrays that the code reads or writes
	stored  []int  // the places in arrays of those it writes
	index   [2]int // the numbers of a round's weights in lanes of each type, 0 where nothing reads them
	scalars []scalar
	slots   int // how long a table they are in
	tail    int // the arrays' ends, copied
	accs    int // the accumulators, copied
	numAccs int
	spills  int // what there were no registers for

	hasIndex bool
}

// scalar is a slot that is broadcast.
type scalar struct {
	value int
	typ   plan.Type
	slot  int
	at    int
}

// newLayout lays out the frame of code.
func newLayout(b *builder, set isa) *layout {
	l := &layout{lanes: set.width / 4}
	var indexed [2]bool
	for _, in := range b.code {
		if !b.isSplit && (in.typ == plan.F64 || in.op == plan.ToF32) {
			l.lanes = set.width / 8
		}
		switch in.op {
		case plan.Load:
			l.addArray(int(in.imm))
		case plan.Store:
			l.stored = append(l.stored, l.addArray(int(in.imm)))
		case plan.AccSum, plan.AccMax:
			l.numAccs = max(l.numAccs, int(in.imm)+1)
		case plan.Index:
			indexed[in.typ] = true
		}
	}
	end := (frameArray + 8*len(l.arrays) + set.width - 1) / set.width * set.width
	for t, is := range indexed {
		if is {
			l.hasIndex, l.index[t] = true, end
			end += l.lanes * 8
		}
	}
	for i, v := range b.values {
		if v.def < 0 && !v.konst && len(v.uses) > 0 {
			l.scalars = append(l.scalars, scalar{i, v.typ, v.slot, end})
			l.slots = max(l.slots, v.slot+1)
			end += set.width
		}
	}
	l.tail = end
	l.accs = end + len(l.arrays)*l.lanes*8
	l.spills = l.accs + l.numAccs*plan.Lanes*8
	return l
}

// addArray gives the place of an array, listing it where it is new.
func (l *layout) addArray(k int) int {
	if i := slices.Index(l.arrays, k); i >= 0 {
		return i
	}
	l.arrays = append(l.arrays, k)
	return len(l.arrays) - 1
}

// pattern is the 64 bits of a number, of float32 twice.
func pattern(t plan.Type, x float64) uint64 {
	if t == plan.F64 {
		return math.Float64bits(x)
	}
	return uint64(math.Float32bits(float32(x))) * two32
}
