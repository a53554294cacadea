package plan

import (
	"math"

	"github.com/descent-go/descent/formula"
)

// level says how often a value is computed.
type level uint8

const (
	perGroup level = iota // once for the parameters of a group with the same t
	perParam
	perRow
	perElem
)

// node is a value: an operation on values, made only once for equal ones.
type node struct {
	op      Op
	typ     Type
	args    []*node
	imm     int
	bits    uint64 // konst
	in      *Input // input
	level   level
	phase   int  // the first phase in which it can be computed
	segment int  // the first segment of a phase's row
	whole   bool // known to be a whole number, though not which
	id      int
	acc     *accumulator // what an input takes its value from
}

// accumulator is a reduction of a value over a parameter, a row or all.
type accumulator struct {
	op     Op // AccSum, AccMax
	x      *node
	scope  string
	all    string
	result *node
}

type nodeKey struct {
	op      Op
	typ     Type
	a, b, c *node
	imm     int
	bits    uint64
	in      inputKey
}

type inputKey struct {
	kind  InputKind
	name  string
	index int
}

// gradient is a grad(x), whose point a phase stores.
type gradient struct {
	x     *node
	phase int
}

// builder makes the graph of a program.
type builder struct {
	o       Options
	prog    *formula.Program
	typ     Type
	nodes   map[nodeKey]*node
	vars    map[string]*node
	accs    []*accumulator
	grads   []gradient
	globals []*node // of Plan.Globals
	draws   int
	plan    *Plan
}

func (b *builder) intern(k nodeKey, n node) *node {
	if old := b.nodes[k]; old != nil {
		return old
	}
	n.id = len(b.nodes)
	b.nodes[k] = &n
	return &n
}

func (b *builder) konst(v float64) *node { return b.konstBits(math.Float64bits(v)) }

func (b *builder) konstBits(u uint64) *node {
	return b.intern(nodeKey{op: konst, bits: u}, node{op: konst, typ: F64, bits: u, in: &Input{Kind: Const, Value: math.Float64frombits(u)}})
}

var inputLevels = map[InputKind]level{Count: perParam, RowLength: perParam, NameKey: perParam, ScalarState: perParam, ParamResult: perParam, RowState: perRow, RowResult: perRow}

// input is a scalar that the engine provides.
func (b *builder) input(kind InputKind, name string, index int) *node {
	n := node{op: input, typ: F64, in: &Input{Kind: kind, Name: name, Index: index}, level: inputLevels[kind]}
	n.whole = kind == T || kind == Count || kind == AllCount || kind == RowLength
	return b.intern(nodeKey{op: input, in: inputKey{kind, name, index}}, n)
}

func (b *builder) load(a Array, phase int) *node {
	index := -1
	for i, have := range b.plan.Arrays {
		if have == a {
			index = i
		}
	}
	if index < 0 {
		index = len(b.plan.Arrays)
		b.plan.Arrays = append(b.plan.Arrays, a)
	}
	return b.intern(nodeKey{op: Load, imm: index}, node{op: Load, typ: b.typ, imm: index, level: perElem, phase: phase})
}

// op makes an operation. Of scalars it is a float64 scalar; else its type is
// that of its vector arguments, which scalars take on.
func (b *builder) op(op Op, args ...*node) *node { return b.opImm(op, 0, args...) }

func (b *builder) opImm(op Op, imm int, args ...*node) *node {
	n := node{op: op, args: args, imm: imm, typ: F64}
	k := nodeKey{op: op, imm: imm}
	known := true
	for i, a := range args {
		switch i {
		case 0:
			k.a = a
		case 1:
			k.b = a
		case 2:
			k.c = a
		}
		n.level, n.phase, n.segment = max(n.level, a.level), max(n.phase, a.phase), max(n.segment, a.segment)
		if a.level == perElem {
			n.typ = a.typ
		}
		known = known && a.op == konst
	}
	switch op {
	case ToF64, Index:
		n.typ = F64
	case ToF32:
		n.typ = F32
	}
	if op == Index {
		n.level = perElem
	}
	if op == Select && args[0].op == konst {
		return args[choose(args[0])]
	}
	if known && len(args) > 0 {
		return b.konstBits(fold(op, imm, args))
	}
	n.whole = op == Floor
	k.typ = n.typ
	made := b.intern(k, n)
	if b.o.Round.Half() && n.level == perElem && n.typ == F32 && inexact(op) {
		return b.round(b.o.Round, made)
	}
	return made
}

// inexact reports whether an operation's result may have more digits than its operands.
func inexact(op Op) bool {
	switch op {
	case Add, Sub, Mul, Div, Sqrt, ToF32:
		return true
	}
	return false
}

// round rounds a value to half precision.
func (b *builder) round(t Type, x *node) *node {
	if x.level == perElem && x.typ == F64 {
		return b.op(ToF64, b.opImm(Round, int(t), b.op(ToF32, x)))
	}
	return b.opImm(Round, int(t), x)
}

// choose is which argument of Select a constant condition picks.
func choose(condition *node) int {
	if math.Float64frombits(condition.bits) != 0 {
		return 1
	}
	return 2
}

// fold computes an operation on constants as scalar code would.
func fold(op Op, imm int, args []*node) uint64 {
	table := make([]float64, 4)
	for i, a := range args {
		table[i] = math.Float64frombits(a.bits)
	}
	RunScalar([]Instr{{Op: op, Type: F64, Dst: 3, A: ^0, B: ^1, C: ^2, Imm: int32(imm)}}, table)
	return math.Float64bits(table[3])
}

// wide gives a value in float64, narrow one of the plan's own type.
func (b *builder) wide(x *node) *node {
	if x.level < perElem || x.typ == F64 {
		return x
	}
	return b.op(ToF64, x)
}

func (b *builder) narrow(x *node) *node {
	if x.level < perElem || x.typ == b.typ {
		return x
	}
	return b.op(ToF32, x)
}

// accumulate makes a reduction of float64 values; what it gives is an input of
// the next phase or, over rows, of the next segment.
func (b *builder) accumulate(op Op, scope, all string, x *node) *node {
	kind, phase, segment := ParamResult, x.phase+1, 0
	switch scope {
	case "all":
		kind, phase = AllResult, max(phase, b.o.Barriers[all]+1)
		b.plan.Barriers[all] = phase - 1
	case "row":
		kind, phase, segment = RowResult, x.phase, x.segment+1
	}
	for _, a := range b.accs {
		if a.op == op && a.scope == scope && a.all == all && a.x == x {
			return a.result
		}
	}
	a := &accumulator{op: op, x: x, scope: scope, all: all}
	name, index := all, len(b.accs)
	if scope == "all" {
		index = 0
	}
	a.result = b.input(kind, name, index)
	a.result.phase, a.result.segment, a.result.acc = phase, segment, a
	b.accs = append(b.accs, a)
	return a.result
}
