// Package interp runs plans operation by operation over blocks of weights that
// stay in the first-level cache, in portable Go.
//
// Every operation writes its result to memory before the next one reads it, so
// that no compiler can fuse two roundings into one.
package interp

import (
	"math"

	"github.com/descent-go/descent/internal/plan"
)

// block is how many weights an operation covers; a multiple of plan.Lanes.
const block = 512

// Backend is the portable backend.
type Backend struct{}

// Name is what users see.
func (Backend) Name() string { return "portable Go" }

// Compile makes the kernels of a plan.
func (Backend) Compile(p *plan.Plan) [][]plan.Kernel {
	out := make([][]plan.Kernel, len(p.Phases))
	for i, ph := range p.Phases {
		for j := range ph.Segments {
			out[i] = append(out[i], newKernel(p, &ph.Segments[j]))
		}
	}
	return out
}

// kernel is a segment's code with every scalar it reads as one more register.
type kernel struct {
	arrays  []plan.Array
	code    []plan.Instr
	regs    [2]int
	scalars [2][]scalar
}

type scalar struct{ slot, reg int }

func newKernel(p *plan.Plan, s *plan.Segment) *kernel {
	k := &kernel{arrays: p.Arrays, regs: s.Regs}
	for _, in := range s.Code {
		source := in.Type
		switch in.Op {
		case plan.ToF64:
			source = plan.F32
		case plan.ToF32:
			source = plan.F64
		}
		for _, o := range operands(&in) {
			if slot, ok := o.Slot(); ok {
				*o = plan.Operand(k.scalar(source, slot))
			}
		}
		k.code = append(k.code, in)
	}
	return k
}

// operands are those of an instruction that it reads.
func operands(in *plan.Instr) []*plan.Operand {
	switch in.Op {
	case plan.Load, plan.Index:
		return nil
	case plan.Mov, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor, plan.Shl, plan.Shr, plan.ToF64, plan.ToF32, plan.Store, plan.AccSum, plan.AccMax:
		return []*plan.Operand{&in.A}
	case plan.Select:
		return []*plan.Operand{&in.A, &in.B, &in.C}
	}
	return []*plan.Operand{&in.A, &in.B}
}

func (k *kernel) scalar(t plan.Type, slot int) int {
	for _, s := range k.scalars[t] {
		if s.slot == slot {
			return s.reg
		}
	}
	k.regs[t]++
	k.scalars[t] = append(k.scalars[t], scalar{slot, k.regs[t] - 1})
	return k.regs[t] - 1
}

// frame is a block's registers: a register is the scratch memory of its
// number, or shows an array that was loaded.
type frame struct {
	k   *kernel
	w   *plan.Work
	n   int // weights in this block
	off int // the first of them
	f32 [][]float32
	f64 [][]float64
}

// Run runs the code over the work, block by block.
func (k *kernel) Run(w *plan.Work) {
	s := w.Scratch
	grow(&s.F32, k.regs[plan.F32]*block)
	grow(&s.F64, k.regs[plan.F64]*block)
	grow(&s.Regs32, k.regs[plan.F32])
	grow(&s.Regs64, k.regs[plan.F64])
	f := frame{k: k, w: w, f32: s.Regs32, f64: s.Regs64}
	f.n = min(block, w.N)
	for _, c := range k.scalars[plan.F32] {
		fill(f.dst32(int32(c.reg)), float32(w.Table[c.slot]))
	}
	for _, c := range k.scalars[plan.F64] {
		fill(f.dst64(int32(c.reg)), w.Table[c.slot])
	}
	for f.off = 0; f.off < w.N; f.off += block {
		f.n = min(block, w.N-f.off)
		for i := range k.code {
			f.run(&k.code[i])
		}
	}
}

// grow makes a worker's memory large enough.
func grow[T any](s *[]T, n int) {
	if len(*s) < n {
		*s = make([]T, n)
	}
}

func (f *frame) dst32(r int32) []float32 {
	d := f.w.Scratch.F32[int(r)*block:][:f.n]
	f.f32[r] = d
	return d
}

func (f *frame) dst64(r int32) []float64 {
	d := f.w.Scratch.F64[int(r)*block:][:f.n]
	f.f64[r] = d
	return d
}

func (f *frame) run(in *plan.Instr) {
	switch in.Op {
	case plan.Load:
		f.load(in)
	case plan.Store:
		f.store(in)
	case plan.ToF64:
		src := f.f32[in.A][:f.n]
		for i, d := 0, f.dst64(in.Dst); i < len(d); i++ {
			d[i] = float64(src[i])
		}
	case plan.ToF32:
		src := f.f64[in.A][:f.n]
		for i, d := 0, f.dst32(in.Dst); i < len(d); i++ {
			d[i] = float32(src[i])
		}
	case plan.Index:
		for i, d := 0, f.dst64(in.Dst); i < len(d); i++ {
			d[i] = math.Float64frombits(f.index(i))
		}
	case plan.AccSum, plan.AccMax:
		f.accumulate(in)
	case plan.And, plan.Or, plan.Xor, plan.Shl, plan.Shr, plan.AddI, plan.MulU32:
		bits(in, f)
	default:
		if in.Type == plan.F32 {
			a, b, c := operandsOf(f.f32, in, f.n)
			arithmetic(in.Op, f.dst32(in.Dst), a, b, c)
		} else {
			a, b, c := operandsOf(f.f64, in, f.n)
			arithmetic(in.Op, f.dst64(in.Dst), a, b, c)
		}
	}
}

func (f *frame) index(i int) uint64 {
	if f.w.Gather != nil {
		return uint64(f.w.Gather[f.off+i])
	}
	return uint64(f.w.First + f.off + i)
}

// operandsOf gives the values of up to three operands; those an operation has not are register 0's.
func operandsOf[T float32 | float64](regs [][]T, in *plan.Instr, n int) (a, b, c []T) {
	a = regs[in.A][:n]
	switch in.Op {
	case plan.Mov, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor:
		return a, nil, nil
	case plan.Select:
		return a, regs[in.B][:n], regs[in.C][:n]
	}
	return a, regs[in.B][:n], nil
}

// accumulate adds to lanes by the weight's place in the run: a block starts at lane 0.
func (f *frame) accumulate(in *plan.Instr) {
	acc, x := &f.w.Accs[in.Imm], f.f64[in.A][:f.n]
	if in.Op == plan.AccSum {
		for i, v := range x {
			acc[i%plan.Lanes] += v
		}
		return
	}
	for i, v := range x {
		acc[i%plan.Lanes] = plan.Combine(true, acc[i%plan.Lanes], v)
	}
}
