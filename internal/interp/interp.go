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
	maxBlock = 1024
	memory   = 32 << 10
)

// unroll is how many weights a loop takes at a time. A number of weights that
// it does not divide is computed with what is left in the registers after them.
const unroll = 4

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
	arrays []plan.Array
	code   []instr
	regs   [2]int      // of each type
	block  int         // how many weights an operation covers; a multiple of plan.Lanes
	filled [2][]filled // of each type
}

// filled is a register that a scalar fills.
type filled struct{ slot, reg int }

// fill gives the register that a scalar fills.
func (k *kernel) fill(t plan.Type, slot int) int {
	for _, s := range k.filled[t] {
		if s.slot == slot {
			return s.reg
		}
	}
	k.regs[t]++
	k.filled[t] = append(k.filled[t], filled{slot, k.regs[t] - 1})
	return k.regs[t] - 1
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

// frame is a block.
type frame struct {
	k    *kernel
	w    *plan.Work
	off  int // its first weight
	n    int // how many it has
	size int // that number rounded up to what loops take
	f32  file[float32]
	f64  file[float64]
}

// file are the registers of a type: each is its part of the memory, or shows a
// part of an array.
type file[T lane] struct {
	regs   [][]T
	memory []T
}

type lane interface{ float32 | float64 }

// Run runs the code over the work, block by block.
func (k *kernel) Run(w *plan.Work) {
	k.Grow(w.Scratch)
	f := frame{k: k, w: w, f32: file[float32]{w.Scratch.Regs32, w.Scratch.F32}, f64: file[float64]{w.Scratch.Regs64, w.Scratch.F64}}
	f.resize(min(k.block, w.N))
	fill(&f, &f.f32, k.filled[plan.F32])
	fill(&f, &f.f64, k.filled[plan.F64])
	for f.off = 0; f.off < w.N; f.off += f.n {
		n := min(k.block, w.N-f.off)
		if n%unroll != 0 && n > plan.Lanes {
			n -= n % plan.Lanes // the rest, which must be copied, comes alone
		}
		f.resize(n)
		for i := range k.code {
			f.run(&k.code[i])
		}
	}
}

func (f *frame) resize(n int) { f.n, f.size = n, (n+unroll-1)/unroll*unroll }

// run runs an operation.
func (f *frame) run(in *instr) {
	switch {
	case in.op == plan.ToF64:
		convert(destination(f, &f.f64, in), f.f32.regs[in.args[0]])
	case in.op == plan.ToF32:
		convert(destination(f, &f.f32, in), f.f64.regs[in.args[0]])
	case in.op == plan.Round:
		a := f.f32.regs[in.args[0]] // which may be the destination
		round(plan.Type(in.imm), destination(f, &f.f32, in), a)
	case in.op == plan.AccSum:
		accumulate(&f.w.Accs[in.imm], f.f64.regs[in.args[0]][:f.n])
	case in.op == plan.AccMax:
		accumulateMax(&f.w.Accs[in.imm], f.f64.regs[in.args[0]][:f.n])
	case in.typ == plan.F32:
		run[float32, uint32](f, &f.f32, in)
	default:
		run[float64, uint64](f, &f.f64, in)
	}
}

// run runs an operation of one type, whose bits are U.
func run[T lane, U uint32 | uint64](f *frame, r *file[T], in *instr) {
	switch in.op {
	case plan.Load:
		load(f, r, in)
		return
	case plan.Store:
		store(f, r, in)
		return
	case dot:
		accumulateProducts(&f.w.Accs[in.imm], r.regs[in.args[0]][:f.n], r.regs[in.args[1]][:f.n])
		return
	}
	var x [4][]T
	for i, o := range in.args[:in.n] {
		x[i] = r.regs[o]
	}
	d := destination(f, r, in)
	switch in.op {
	case plan.Index:
		index(f, bits[U](d))
	case plan.And, plan.Or, plan.Xor, plan.AddI, plan.MulU32:
		bitwise(in.op, bits[U](d), bits[U](x[0]), bits[U](x[1]))
	case plan.Shl, plan.Shr:
		shift(in.op, bits[U](d), bits[U](x[0]), in.imm)
	case plan.Select:
		choose(bits[U](d), x[0], bits[U](x[1]), bits[U](x[2]))
	case pick:
		choosing(bits[U](d), x[0], x[1], bits[U](x[2]), bits[U](x[3]))
	case plan.Lt, plan.Le, plan.Eq, plan.Ne:
		compare(in.op, d, x[0], x[1])
	case plan.Mov, plan.Abs, plan.Neg, plan.Floor:
		unary(in.op, d, x[0])
	default:
		t := f.w.Table
		arithmetic(in.op, d, x, value[T](t, in.coefs[0]), value[T](t, in.coefs[1]), value[T](t, in.coefs[2]))
	}
}
