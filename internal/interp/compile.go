package interp

import "github.com/descent-go/descent/internal/plan"

// linear is an operation of this backend alone: A*B + C*D with scalars B and D,
// the products rounded before the sum, as the primitives it stands for do. It
// saves two trips through memory.
const linear plan.Op = 255

// instr is an operation on values, which in compile are named by the place of
// the operation that makes them and in a kernel by registers.
type instr struct {
	op      plan.Op
	typ     plan.Type
	dst     int
	args    [3]plan.Operand // linear: A, C
	n       int             // of args
	imm     int32
	factors [2]factor // linear: B, D
}

// factor is the scalar in a slot or, where there is none, 1; with its sign.
type factor struct {
	slot  int
	one   bool
	minus bool
}

// compiler turns the code of a segment into that of a kernel.
type compiler struct {
	code []instr
	uses []int // of every value
}

func newKernel(p *plan.Plan, s *plan.Segment) *kernel {
	c := compiler{uses: make([]int, len(s.Code))}
	c.name(s.Code)
	for i := range c.code {
		c.fuse(&c.code[i])
	}
	k := &kernel{arrays: p.Arrays}
	c.allocate(k)
	weight := max(1, k.regs[plan.F32]*plan.F32.Size()+k.regs[plan.F64]*plan.F64.Size())
	k.block = max(64, min(maxBlock, memory/weight/plan.Lanes*plan.Lanes))
	return k
}

// name gives every value the name of the operation that makes it.
func (c *compiler) name(code []plan.Instr) {
	var at [2]map[plan.Operand]plan.Operand // where registers have their values from
	at[0], at[1] = map[plan.Operand]plan.Operand{}, map[plan.Operand]plan.Operand{}
	for i, in := range code {
		x := instr{op: in.Op, typ: in.Type, n: arity(in.Op), imm: in.Imm}
		x.args = [3]plan.Operand{in.A, in.B, in.C}
		for k, o := range x.args[:x.n] {
			if o >= 0 {
				x.args[k] = at[source(in.Op, in.Type)][o]
				c.uses[x.args[k]]++
			}
		}
		if _, ok := x.args[0].Slot(); ok && (in.Op == plan.Add || in.Op == plan.Mul) {
			x.args[0], x.args[1] = x.args[1], x.args[0] // the scalar is the second
		}
		c.code = append(c.code, x)
		if makesValue(in.Op) {
			at[in.Type][plan.Operand(in.Dst)] = plan.Operand(i)
		}
	}
}

// arity is the number of operands.
func arity(op plan.Op) int {
	switch op {
	case plan.Load, plan.Index:
		return 0
	case plan.Mov, plan.Sqrt, plan.Abs, plan.Neg, plan.Floor, plan.Shl, plan.Shr, plan.ToF64, plan.ToF32, plan.Round, plan.Store, plan.AccSum, plan.AccMax:
		return 1
	case plan.Select:
		return 3
	}
	return 2
}

// source is the type of the operands.
func source(op plan.Op, t plan.Type) plan.Type {
	switch op {
	case plan.ToF64:
		return plan.F32
	case plan.ToF32:
		return plan.F64
	}
	return t
}

func makesValue(op plan.Op) bool {
	return op != plan.Store && op != plan.AccSum && op != plan.AccMax
}

// fuse makes one operation of a sum and products by scalars that only it reads.
func (c *compiler) fuse(in *instr) {
	if in.op != plan.Add && in.op != plan.Sub || in.args[0] < 0 || in.args[1] < 0 {
		return
	}
	x, y := in.args, [2]factor{}
	found := false
	for k := range y {
		x[k], y[k] = c.product(in.args[k])
		found = found || !y[k].one
	}
	if !found {
		return
	}
	y[1].minus = in.op == plan.Sub
	for k := range y {
		if !y[k].one {
			c.uses[in.args[k]] = 0
		}
	}
	in.op, in.args, in.factors = linear, x, y
}

// product takes a value apart into another and a scalar.
func (c *compiler) product(v plan.Operand) (plan.Operand, factor) {
	in := &c.code[v]
	for k := range 2 {
		if slot, ok := in.args[k].Slot(); in.op == plan.Mul && ok && in.args[1-k] >= 0 && c.uses[v] == 1 {
			return in.args[1-k], factor{slot: slot}
		}
	}
	return v, factor{one: true}
}

// allocate drops what nothing reads, gives values registers from where they
// are made to where they are last used, and scalars that operations read as
// blocks registers of their own.
func (c *compiler) allocate(k *kernel) {
	last := make([]int, len(c.code))
	for i, in := range c.code {
		if !c.dead(i) {
			for _, o := range in.args[:in.n] {
				if o >= 0 {
					last[o] = i
				}
			}
		}
	}
	reg := make([]int, len(c.code))
	var free [2][]int
	for i, in := range c.code {
		if c.dead(i) {
			continue
		}
		from := source(in.op, in.typ)
		for n, o := range in.args[:in.n] {
			if slot, ok := o.Slot(); !ok {
				in.args[n] = plan.Operand(reg[o])
			} else if !takesScalar(in.op) {
				in.args[n] = plan.Operand(k.scalar(from, slot))
			}
		}
		for _, o := range c.code[i].args[:in.n] {
			if o >= 0 && last[o] == i {
				last[o] = -1
				free[from] = append(free[from], reg[o])
			}
		}
		if f := free[in.typ]; makesValue(in.op) && len(f) > 0 {
			reg[i], free[in.typ] = f[len(f)-1], f[:len(f)-1]
		} else if makesValue(in.op) {
			reg[i] = k.regs[in.typ]
			k.regs[in.typ]++
		}
		in.dst = reg[i]
		k.code = append(k.code, in)
	}
}

// dead reports whether nothing reads a value any more.
func (c *compiler) dead(i int) bool { return makesValue(c.code[i].op) && c.uses[i] == 0 }

// takesScalar reports whether an operation has a form for scalars.
func takesScalar(op plan.Op) bool {
	return op == plan.Add || op == plan.Sub || op == plan.Mul || op == plan.Div
}
