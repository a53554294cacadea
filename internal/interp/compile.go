package interp

import "github.com/descent-go/descent/internal/plan"

// instr is an operation on values, which in compile are named by the place of
// the operation that makes them and in a kernel by registers.
type instr struct {
	op    plan.Op
	typ   plan.Type
	dst   int
	args  [4]plan.Operand
	n     int // of args
	imm   int32
	coefs [3]coef // of forms
	into  int     // the array in whose memory the value may be made, else negative
}

// compiler turns the code of a segment into that of a kernel.
type compiler struct {
	arrays []plan.Array
	code   []instr
	uses   []int // of every value
	last   []int // where a value is used last
}

func newKernel(p *plan.Plan, s *plan.Segment) *kernel {
	c := compiler{arrays: p.Arrays, uses: make([]int, len(s.Code)), last: make([]int, len(s.Code))}
	c.name(s.Code)
	for i := range c.code {
		c.code[i].form()
		c.fuse(&c.code[i])
	}
	k := &kernel{arrays: p.Arrays}
	c.live()
	c.place()
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
		x := instr{op: in.Op, typ: in.Type, n: in.Op.Arity(), imm: in.Imm, into: -1}
		x.args = [4]plan.Operand{in.A, in.B, in.C}
		for k, o := range x.args[:x.n] {
			if o >= 0 {
				x.args[k] = at[in.Op.Source(in.Type)][o]
				c.uses[x.args[k]]++
			}
		}
		c.code = append(c.code, x)
		if makesValue(in.Op) {
			at[in.Type][plan.Operand(in.Dst)] = plan.Operand(i)
		}
	}
}

func makesValue(op plan.Op) bool {
	return op != plan.Store && op != plan.AccSum && op != plan.AccMax && op != dot
}

// dead reports whether nothing reads a value any more.
func (c *compiler) dead(i int) bool { return makesValue(c.code[i].op) && c.uses[i] == 0 }

// drop takes one use from a value.
func (c *compiler) drop(v plan.Operand) {
	if v < 0 {
		return
	}
	if c.uses[v]--; c.uses[v] == 0 {
		for _, o := range c.code[v].args[:c.code[v].n] {
			c.drop(o)
		}
	}
}

// live notes where values are used last.
func (c *compiler) live() {
	for i, in := range c.code {
		if !c.dead(i) {
			for _, o := range in.args[:in.n] {
				if o >= 0 {
					c.last[o] = i
				}
			}
		}
	}
}

// place lets values that are stored be made where they are stored, if what is
// there is not read any more.
func (c *compiler) place() {
	for _, in := range c.code {
		if in.op == plan.Store && in.args[0] >= 0 {
			if v := in.args[0]; c.code[v].op != plan.Load && c.code[v].typ == in.typ && !c.read(int(in.imm), int(v)) {
				c.code[v].into = int(in.imm)
			}
		}
	}
}

// read reports whether what an array holds is read after an operation.
func (c *compiler) read(array, after int) bool {
	for i, in := range c.code {
		if in.op == plan.Load && !c.dead(i) && c.last[i] > after && c.share(array, int(in.imm)) {
			return true
		}
	}
	return false
}

// share reports whether two arrays may have the same memory: the gradient may
// have been taken at the weights.
func (c *compiler) share(a, b int) bool {
	weights := func(k plan.ArrayKind) bool { return k == plan.Weights || k == plan.Seen }
	return a == b || weights(c.arrays[a].Kind) && weights(c.arrays[b].Kind)
}

// allocate drops what nothing reads, gives values registers from where they
// are made to where they are last used, and scalars that operations read as
// blocks registers of their own.
func (c *compiler) allocate(k *kernel) {
	reg := make([]int, len(c.code))
	var free [2][]int
	for i, in := range c.code {
		if c.dead(i) {
			continue
		}
		from := in.op.Source(in.typ)
		for n, o := range in.args[:in.n] {
			if slot, ok := o.Slot(); ok {
				in.args[n] = plan.Operand(k.fill(from, slot))
			} else {
				in.args[n] = plan.Operand(reg[o])
			}
		}
		for _, o := range c.code[i].args[:in.n] {
			if o >= 0 && c.last[o] == i {
				c.last[o] = -1
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
