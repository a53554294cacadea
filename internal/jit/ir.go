//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"github.com/descent-go/descent/internal/plan"
)

// Operations of this backend alone.
const (
	mask plan.Op = 200 + iota // compares by predicate Imm; all bits of a lane are set or none
	one                       // 1 where a mask is set, else 0
	pick                      // B where the mask A is set, else C
)

// Predicates of compares, as instructions have them.
const (
	isEqual     = 0x00
	isUnordered = 0x03
	notEqual    = 0x04 // or unordered
	isLess      = 0x11
	isLessEq    = 0x12
	isGreater   = 0x1E
	isGreaterEq = 0x1D
	toNegative  = 0x09 // rounding: down, no exceptions
	toNearest   = 0x00 // rounding: to even
	signOf32    = 1<<63 | 1<<31
	signOf64    = 1 << 63
	two32       = 1<<32 | 1
	oneF32      = 0x3F800000 * two32
	oneF64      = 0x3FF0000000000000
	bfHalf      = 0x7FFF * two32     // just below half a bfloat16's last place
	bfQuiet     = 0x00400000 * two32 // what makes a NaN quiet
	bfUpper     = 0xFFFF0000FFFF0000 // a bfloat16's bits
)

// instr is an operation on values.
type instr struct {
	op   plan.Op
	typ  plan.Type
	dst  int // -1: none
	args [3]int
	n    int // of args
	imm  int32

	upper bool // of split values, the upper half
	cut   bool // a store that clears the lower 16 bits
}

// value is what an operation makes, or a scalar.
type value struct {
	typ   plan.Type
	def   int   // the instruction that makes it, -1 for a scalar
	uses  []int // the instructions that read it
	slot  int   // of a scalar
	konst bool  // a scalar that is always bits
	bits  uint64
}

// builder turns a segment's code into operations on values.
type builder struct {
	plan    *plan.Plan
	code    []instr
	values  []value
	at      [2]map[plan.Operand]int // which value a register has
	scalars [2]map[int]int          // values of slots
	isSplit bool
}

// source is the type of an operation's operands.
func source(op plan.Op, t plan.Type) plan.Type {
	if op == join {
		return plan.F64
	}
	return op.Source(t)
}

// newBuilder reads a segment's code, and splits float64 values where there are
// registers enough.
func newBuilder(p *plan.Plan, s *plan.Segment, set isa) *builder {
	b := &builder{plan: p}
	for t := range b.at {
		b.at[t], b.scalars[t] = map[plan.Operand]int{}, map[int]int{}
	}
	for _, in := range s.Code {
		b.read(in)
	}
	b.drop()
	if p.Type == plan.F32 && b.mixed() && b.pressure() <= set.regs-temps {
		b.split()
	}
	return b
}

func (b *builder) read(in plan.Instr) {
	var args [3]int
	n := in.Op.Arity()
	for i, o := range []plan.Operand{in.A, in.B, in.C}[:n] {
		args[i] = b.operand(source(in.Op, in.Type), o)
	}
	dst := -1
	switch in.Op {
	case plan.Mov:
		dst = args[0]
	case plan.Lt, plan.Le, plan.Eq, plan.Ne:
		predicate := map[plan.Op]int32{plan.Lt: isLess, plan.Le: isLessEq, plan.Eq: isEqual, plan.Ne: notEqual}[in.Op]
		m := b.add(instr{op: mask, typ: in.Type, args: args, n: 2, imm: predicate})
		dst = b.add(instr{op: one, typ: in.Type, args: [3]int{m}, n: 1})
	case plan.Select:
		args[0] = b.truth(in.Type, args[0])
		dst = b.add(instr{op: pick, typ: in.Type, args: args, n: 3})
	case plan.Store, plan.AccSum, plan.AccMax:
		x := instr{op: in.Op, typ: in.Type, dst: -1, args: args, n: n, imm: in.Imm}
		if in.Op == plan.Store && in.Type == plan.F32 {
			x.args[0], x.cut = b.uncut(args[0])
		}
		b.code = append(b.code, x)
		return
	default:
		dst = b.add(instr{op: in.Op, typ: in.Type, args: args, n: n, imm: in.Imm})
	}
	b.at[in.Type][plan.Operand(in.Dst)] = dst
}

// uncut is the value whose lower 16 bits two shifts clear to make v, if they do.
func (b *builder) uncut(v int) (int, bool) {
	u := v
	for _, op := range []plan.Op{plan.Shl, plan.Shr} {
		def := b.values[u].def
		if def < 0 || b.code[def].op != op || b.code[def].imm != 16 {
			return v, false
		}
		u = b.code[def].args[0]
	}
	return u, true
}

// add appends an operation that makes a value.
func (b *builder) add(in instr) int {
	in.dst = len(b.values)
	b.values = append(b.values, value{typ: in.typ, def: len(b.code)})
	b.code = append(b.code, in)
	return in.dst
}

// truth is the mask of what is not 0.
func (b *builder) truth(t plan.Type, v int) int {
	if def := b.values[v].def; def >= 0 && b.code[def].op == one {
		return b.code[def].args[0]
	}
	zero := len(b.values)
	b.values = append(b.values, value{typ: t, def: -1, konst: true})
	return b.add(instr{op: mask, typ: t, args: [3]int{v, zero}, n: 2, imm: notEqual})
}

// operand is the value of a register or a slot.
func (b *builder) operand(t plan.Type, o plan.Operand) int {
	slot, ok := o.Slot()
	if !ok {
		return b.at[t][o]
	}
	if v, have := b.scalars[t][slot]; have {
		return v
	}
	x := value{typ: t, def: -1, slot: slot}
	for _, in := range b.plan.Inputs {
		if in.Kind == plan.Const && in.Slot == slot {
			x.konst, x.bits = true, pattern(t, in.Value)
		}
	}
	b.values = append(b.values, x)
	b.scalars[t][slot] = len(b.values) - 1
	return len(b.values) - 1
}

// drop removes operations whose values nothing reads, and notes who reads what.
func (b *builder) drop() {
	for i := range b.values {
		b.values[i].uses = nil
	}
	live := make([]bool, len(b.values))
	keep := make([]bool, len(b.code))
	for i := len(b.code) - 1; i >= 0; i-- {
		in := &b.code[i]
		keep[i] = in.dst < 0 || live[in.dst]
		for _, v := range in.args[:in.n] {
			live[v] = live[v] || keep[i]
		}
	}
	code := b.code[:0]
	for i, in := range b.code {
		if !keep[i] {
			continue
		}
		for _, v := range in.args[:in.n] {
			if u := &b.values[v].uses; len(*u) == 0 || (*u)[len(*u)-1] != len(code) {
				*u = append(*u, len(code))
			}
		}
		code = append(code, in)
	}
	b.code = code
}
