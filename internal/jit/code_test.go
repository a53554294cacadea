//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"math/rand"
	"testing"

	"github.com/descent-go/descent/internal/plan"
)

// ops are those that make values of each type from others.
var ops = [2][]plan.Op{
	plan.F32: {plan.Mov, plan.Add, plan.Sub, plan.Mul, plan.Div, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor, plan.Lt, plan.Le, plan.Eq, plan.Ne, plan.Select, plan.ToF32, plan.Round, plan.And, plan.Or, plan.Xor, plan.Shl, plan.Shr, plan.AddI, plan.MulU32, plan.Index},
	plan.F64: {plan.Mov, plan.Add, plan.Sub, plan.Mul, plan.Div, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor, plan.Lt, plan.Le, plan.Eq, plan.Ne, plan.Select, plan.ToF64, plan.And, plan.Or, plan.Xor, plan.Shl, plan.Shr, plan.AddI, plan.MulU32},
}

// randomCode makes a plan of random operations on many registers, unlike any
// that a formula gives.
func randomCode(r *rand.Rand, t plan.Type, arrays, regs, length int) *plan.Plan {
	const slots = 6
	p := &plan.Plan{Type: t, Slots: slots, Accs: regs, Phases: make([]plan.Phase, 1)}
	p.Inputs = []plan.Input{{Kind: plan.Const, Slot: 0, Value: 0.75}, {Kind: plan.Const, Slot: 1, Value: -3}}
	s := plan.Segment{Regs: [2]int{regs + 1, regs + 1}}
	emit := func(in plan.Instr) { s.Code = append(s.Code, in) }
	types := []plan.Type{plan.F64}
	if t == plan.F32 {
		types = append(types, plan.F32)
	}
	for k := range arrays {
		p.Arrays = append(p.Arrays, plan.Array{Kind: plan.State, Index: k})
	}
	for i := range regs {
		emit(plan.Instr{Op: plan.Load, Type: t, Dst: int32(i), Imm: int32(i % arrays)})
		if t == plan.F32 {
			emit(plan.Instr{Op: plan.ToF64, Type: plan.F64, Dst: int32(i), A: plan.Operand(i)})
		}
	}
	for range length {
		typ := types[r.Intn(len(types))]
		in := plan.Instr{Op: ops[typ][r.Intn(len(ops[typ]))], Type: typ, Dst: int32(r.Intn(regs)), Imm: int32(1 + r.Intn(40))}
		in.A, in.B, in.C = plan.Operand(r.Intn(regs)), plan.Operand(r.Intn(regs)), plan.Operand(r.Intn(regs))
		if scalar := plan.Operand(^r.Intn(slots)); r.Intn(3) == 0 { // what reads scalars alone is a scalar
			*[]*plan.Operand{&in.A, &in.B, &in.C}[r.Intn(3)] = scalar
		}
		switch {
		case t == plan.F64 && in.Op == plan.ToF64:
			in = plan.Instr{Op: plan.Index, Type: plan.F64, Dst: in.Dst}
		case typ == plan.F32 && (in.Op == plan.Shl || in.Op == plan.Shr):
			in.Imm = int32(1 + r.Intn(31))
		case in.Op == plan.Round:
			in.Imm = int32(plan.F16) + in.Imm%2
		}
		if plan.And <= in.Op && in.Op <= plan.MulU32 { // whose operands must not be NaN, as NaNs may differ in bits
			for _, x := range []plan.Operand{in.A, in.B} {
				if x >= 0 {
					emit(plan.Instr{Op: plan.Eq, Type: typ, Dst: int32(regs), A: x, B: x})
					emit(plan.Instr{Op: plan.Select, Type: typ, Dst: int32(x), A: plan.Operand(regs), B: x, C: ^0})
				}
			}
		}
		emit(in)
	}
	for i := range regs { // plans read all before they store, and fill an accumulator once
		emit(plan.Instr{Op: plan.AccSum + plan.Op(i%2), Type: plan.F64, A: plan.Operand(i), Imm: int32(i)})
		emit(plan.Instr{Op: plan.Mov, Type: t, Dst: int32(i), A: plan.Operand(i)})
	}
	for i := range min(regs, arrays) { // each once
		emit(plan.Instr{Op: plan.Store, Type: t, A: plan.Operand(i), Imm: int32(i)})
	}
	p.Phases[0].Segments = []plan.Segment{s}
	return p
}

// Any code that a plan may hold gives the interpreter's bits, with few and
// with many live values.
func TestRandomCode(t *testing.T) {
	for seed := range int64(60) {
		r := rand.New(rand.NewSource(seed))
		typ := plan.Type(seed % 2)
		p := randomCode(r, typ, 1+r.Intn(12), 1+r.Intn(40), 200)
		compare(t, sets, r, p, plan.Options{Type: typ}, r.Intn(40), seed)
	}
}
