// Package interp runs plans operation by operation over blocks of weights that
// stay in the first-level cache, in portable Go.
//
// Products are rounded before they are added, by conversions or by a trip
// through memory, so that no compiler can fuse two roundings into one.
package interp

import "github.com/descent-go/descent/internal/plan"

// maxBlock is how many weights an operation covers at most, and memory the
// bytes of registers beyond which it covers fewer, so that they stay in the cache.
const (
	maxBlock = 512
	memory   = 32 << 10
)

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

// kernel is the code of a segment.
type kernel struct {
	arrays  []plan.Array
	code    []instr
	regs    [2]int      // of each type
	block   int         // how many weights an operation covers; a multiple of plan.Lanes
	scalars [2][]scalar // that fill a register
}

type scalar struct{ slot, reg int }

// scalar gives the register that a scalar fills.
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
	k.Grow(w.Scratch)
	f := frame{k: k, w: w, f32: w.Scratch.Regs32, f64: w.Scratch.Regs64}
	f.n = min(k.block, w.N)
	for _, c := range k.scalars[plan.F32] {
		fill(f.dst32(c.reg), float32(w.Table[c.slot]))
	}
	for _, c := range k.scalars[plan.F64] {
		fill(f.dst64(c.reg), w.Table[c.slot])
	}
	for f.off = 0; f.off < w.N; f.off += k.block {
		f.n = min(k.block, w.N-f.off)
		for i := range k.code {
			f.run(&k.code[i])
		}
	}
}

// Grow makes the registers.
func (k *kernel) Grow(s *plan.Scratch) {
	grow(&s.F32, k.regs[plan.F32]*k.block)
	grow(&s.F64, k.regs[plan.F64]*k.block)
	grow(&s.Regs32, k.regs[plan.F32])
	grow(&s.Regs64, k.regs[plan.F64])
}

// grow makes a worker's memory large enough.
func grow[T any](s *[]T, n int) {
	if len(*s) < n {
		*s = make([]T, n)
	}
}

func (f *frame) dst32(r int) []float32 {
	d := f.w.Scratch.F32[r*f.k.block:][:f.n]
	f.f32[r] = d
	return d
}

func (f *frame) dst64(r int) []float64 {
	d := f.w.Scratch.F64[r*f.k.block:][:f.n]
	f.f64[r] = d
	return d
}

func (f *frame) run(in *instr) {
	switch in.op {
	case plan.Load:
		f.load(in)
	case plan.Store:
		f.store(in)
	case plan.ToF64:
		convert(f.dst64(in.dst), f.f32[in.args[0]])
	case plan.ToF32:
		convert(f.dst32(in.dst), f.f64[in.args[0]])
	case plan.Round:
		a := f.f32[in.args[0]] // which may be dst
		round(plan.Type(in.imm), f.dst32(in.dst), a)
	case plan.AccSum, plan.AccMax:
		accumulate(in.op, &f.w.Accs[in.imm], f.f64[in.args[0]][:f.n])
	case plan.Index:
		f.index(f.dst64(in.dst))
	case plan.And, plan.Or, plan.Xor, plan.Shl, plan.Shr, plan.AddI, plan.MulU32:
		a := f.f64[in.args[0]]
		b := a // shifts have no second operand
		if in.n == 2 {
			b = f.f64[in.args[1]]
		}
		bits(in, f.dst64(in.dst), a, b)
	case plan.Select:
		if in.typ == plan.F32 {
			a, b, c := f.f32[in.args[0]], f.f32[in.args[1]], f.f32[in.args[2]]
			choose32(f.dst32(in.dst), a, b, c)
		} else {
			a, b, c := f.f64[in.args[0]], f.f64[in.args[1]], f.f64[in.args[2]]
			choose64(f.dst64(in.dst), a, b, c)
		}
	default:
		if in.typ == plan.F32 {
			a, b := operands(f, f.f32, in)
			arithmetic(in.op, f.dst32(in.dst), a, b)
		} else {
			a, b := operands(f, f.f64, in)
			arithmetic(in.op, f.dst64(in.dst), a, b)
		}
	}
}

// operand is a block or, where there is none, a scalar; for linear it is both.
type operand[T float32 | float64] struct {
	x []T
	s T
}

func operands[T float32 | float64](f *frame, regs [][]T, in *instr) (a, b operand[T]) {
	var o [2]operand[T]
	for i, r := range in.args[:in.n] {
		if slot, ok := r.Slot(); ok {
			o[i].s = T(f.w.Table[slot])
		} else {
			o[i].x = regs[r][:f.n]
		}
		if in.op == linear {
			o[i].s = scale[T](f.w.Table, in.factors[i])
		}
	}
	return o[0], o[1]
}

func scale[T float32 | float64](table []float64, c factor) T {
	s := T(1)
	if !c.one {
		s = T(table[c.slot])
	}
	if c.minus {
		s = -s
	}
	return s
}
