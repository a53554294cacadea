// Package plan turns a formula's program into straight-line code over a small
// set of primitive operations, which backends run and which fixes every bit of
// the result: the operations, their order, and the order of every sum.
//
// A step is a sequence of phases with a barrier after each: what a reduction
// over a parameter, over all parameters, or a gradient at another point needs
// is computed in one phase, and its result is there in the next. Values that a
// later phase needs again are computed again; states and weights are written
// in the last phase only, so until then a step can fail without a trace. Where
// none can fail, a state may be written in the phase that computes it.
// Inside a phase, a row is run segment by segment where reductions over rows
// separate them.
package plan

import "strconv"

// Op is a primitive operation.
type Op uint8

// The primitives. Compares give 1 or 0; Select gives B where A is not 0, else
// C. And, Or, Xor, Shl, Shr, AddI and MulU32 work on the 64 bits of a float64
// lane, where MulU32 multiplies the low halves to 64 bits, or on the 32 of a
// float32 lane, where it gives the low 32 bits of the product; constants are
// the bits of numbers there too. Floor rounds down.
const (
	Mov Op = iota
	Add
	Sub
	Mul
	Div
	Sqrt
	Abs
	Neg
	Floor
	Lt
	Le
	Eq
	Ne
	Select
	And
	Or
	Xor
	Shl // by Imm
	Shr // by Imm
	AddI
	MulU32
	ToF64
	ToF32
	Round  // to half precision, Imm being the type; of float32 lanes
	PowInt // scalar code only: A^B for whole B, by repeated squaring
	Load   // Imm is an index into Plan.Arrays
	Store  // of A, into array Imm
	Index  // the element's number, as 64 bits, or the lower 32 of them and the work's salt
	AccSum // add A to accumulator Imm; accumulators have 16 float64 lanes
	AccMax // keep the larger of A and accumulator Imm, NaN if either is
	konst  // a number; never in code
	input  // a scalar that the engine provides; never in code
)

var opNames = [...]string{"mov", "add", "sub", "mul", "div", "sqrt", "abs", "neg", "floor", "lt", "le", "eq", "ne", "select", "and", "or", "xor", "shl", "shr", "addi", "mulu32", "tof64", "tof32", "round", "powint", "load", "store", "index", "accsum", "accmax"}

// String names the operation.
func (op Op) String() string {
	if int(op) < len(opNames) {
		return opNames[op]
	}
	return "op" + strconv.Itoa(int(op))
}

// Arity is the number of operands in vector code.
func (op Op) Arity() int {
	switch op {
	case Load, Index:
		return 0
	case Mov, Sqrt, Abs, Neg, Floor, Shl, Shr, ToF64, ToF32, Round, Store, AccSum, AccMax:
		return 1
	case Select:
		return 3
	}
	return 2
}

// Source is the type of the operands of an operation whose own is t.
func (op Op) Source(t Type) Type {
	switch op {
	case ToF64:
		return F32
	case ToF32:
		return F64
	}
	return t
}

// Type is the type of a value's lanes.
type Type uint8

// The types in which values are computed, and those that only memory has.
const (
	F32 Type = iota
	F64
	F16
	BF16
)

// Half reports whether the type is one of half precision.
func (t Type) Half() bool { return t >= F16 }

// Operand is a register where it is not negative, else the scalar in slot ^Operand.
type Operand int32

// Slot reports which slot of the scalar table the operand is.
func (o Operand) Slot() (int, bool) { return int(^o), o < 0 }

// Instr is one operation. In vector code Dst is a register of the type's file
// and operands are registers of it or slots; ToF64 reads a float32 and ToF32 a
// float64. In scalar code all are slots, and Dst too is a slot's number.
type Instr struct {
	Op      Op
	Type    Type
	Dst     int32
	A, B, C Operand
	Imm     int32
}

// ArrayKind says what memory an array is.
type ArrayKind uint8

// The arrays of a parameter.
const (
	Weights ArrayKind = iota
	Seen              // the weights at which the gradient was taken
	Grad              // Index 0 is g, Index k the result of the k-th grad(x)
	Point             // Index k: the x of the k-th grad(x)
	State             // Index: of Plan.States
	Output            // what a plan for evaluation weights or links alone produces
	Step              // what a rule that is no formula subtracts
	Low               // the weights in half precision, of which Weights is the master copy
)

// Array names an array of a parameter.
type Array struct {
	Kind  ArrayKind
	Index int
}

// InputKind says what the engine puts into a scalar slot before it runs scalar code.
type InputKind uint8

// The inputs. Those up to Seed are shared by parameters of one group and t.
const (
	Const InputKind = iota
	Hyper
	T
	GlobalState
	AllResult    // of the reduction over all parameters named Name
	GlobalResult // what the optimizer's own plan computes as Name
	AllCount     // weights of all parameters
	Seed         // two 32-bit halves (Index 0, 1) that key the rounding of states
	Count        // weights of this parameter
	RowLength    // weights in a row
	NameKey      // two 32-bit halves (Index 0, 1) that key the normal draws of a parameter
	ScalarState
	ParamResult // of reduction Index
	RowState
	RowResult // of row reduction Index
)

// Input binds a slot.
type Input struct {
	Kind  InputKind
	Name  string
	Index int
	Value float64 // Const
	Slot  int
}

// Reduction is an accumulator that a phase fills.
type Reduction struct {
	Max  bool   // else a sum
	All  string // its name where it is over all parameters
	Slot int    // the ParamResult's slot where it is over one
}

// Segment is vector code for a run of weights; Rows is scalar code that runs
// before it for every row.
type Segment struct {
	Rows    []Instr
	Code    []Instr
	Regs    [2]int // registers of each type
	RowSums []RowReduction
}

// RowReduction is an accumulator that a segment fills for one row.
type RowReduction struct {
	Max  bool
	Acc  int // which accumulator
	Slot int // where the result goes
}

// Phase is what runs between two barriers.
type Phase struct {
	Group    []Instr // scalar code, once per group and t
	Param    []Instr // scalar code, once per parameter
	Segments []Segment
	Sums     []Reduction // accumulators 0, 1, ...; those of rows follow
	Points   []int       // the grad(x) whose points are stored: after the phase gradients are taken there
}

// StateInfo is a state that the plan keeps.
type StateInfo struct {
	Name string
	Kind StateKind
	BF16 bool // its array is of bfloat16, and what is stored there rounded at random
}

// StateKind says how many values a state has.
type StateKind uint8

// The kinds of states.
const (
	ElemState StateKind = iota
	RowStateKind
	ScalarStateKind
	GlobalStateKind
)

// Result says that a slot holds a state's new value once the step is done.
type Result struct {
	Name  string
	Kind  StateKind
	Index int // of Plan.States
	Slot  int
}

// GlobalValue says that the optimizer's own plan holds in a slot what a
// statement assigns to a global scalar; plans of parameters read it as GlobalResult.
type GlobalValue struct {
	Name string
	Slot int
}

// Plan is a compiled program.
type Plan struct {
	Type     Type
	Arrays   []Array
	Slots    int
	GroupEnd int // slots below it are the same for all parameters of a group and t
	Inputs   []Input
	Phases   []Phase
	Final    Phase    // scalar code after the last phase
	Results  []Result // states that are scalars or rows
	States   []StateInfo
	Globals  []GlobalValue
	ByRow    bool           // units of work are whole rows, run one by one
	Barriers map[string]int // the phase after which each all.* and grad.* is known, and in which each of Globals is
	Grads    int            // number of grad(x)
	Accs     int            // the largest number of accumulators of a segment
}

// Size is the number of bytes of a value.
func (t Type) Size() int { return [...]int{F32: 4, F64: 8, F16: 2, BF16: 2}[t] }
