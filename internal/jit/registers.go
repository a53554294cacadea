//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "github.com/descent-go/descent/internal/plan"

// place is where a value is.
type place struct {
	reg   int // -1: in none
	home  rm  // in memory, where it has a home
	kept  bool
	spill int // which spill slot is its home, -1 for none
	next  int // index into its uses of the next one
}

// compiler makes the machine code of a segment.
type compiler struct {
	assembler
	*layout
	set    isa
	b      *builder
	types  []plan.Type // of the layout's arrays
	places []place     // of values
	holds  []int       // the value in each register, -1 for none
	now    int         // which operation it is
	free   []int       // spill slots
	freed  []int       // spill slots that are free after this operation
	slots  int         // spill slots
}

// temps is how many registers are for use inside an operation.
const temps = 3

// temp is the k-th register for use inside an operation.
func (c *compiler) temp(k int) int { return c.set.regs - 1 - k }

func newCompiler(b *builder, l *layout, set isa, types []plan.Type) *compiler {
	c := &compiler{layout: l, set: set, b: b, types: types}
	c.evex = set.evex
	c.places = make([]place, len(b.values))
	for i, v := range b.values {
		c.places[i] = place{reg: -1, spill: -1}
		if v.konst {
			c.places[i].home, c.places[i].kept = rm{}, true
		}
	}
	for _, s := range l.scalars {
		c.places[s.value].home, c.places[s.value].kept = at(rdi, s.at), true
	}
	c.holds = make([]int, set.regs-temps)
	for r := range c.holds {
		c.holds[r] = -1
	}
	return c
}

// size is the number of bytes of a round's values, of split ones half of them.
func (c *compiler) size(t plan.Type) int { return min(c.lanes*t.Size(), c.set.width) }

// memory is a value's home.
func (c *compiler) memory(v int) rm {
	if x := &c.b.values[v]; x.konst {
		return c.konst(x.bits)
	}
	return c.places[v].home
}

// reg brings a value into a register.
func (c *compiler) reg(v int) int {
	p := &c.places[v]
	if p.reg < 0 {
		r := c.take()
		c.vector(vmovups, c.size(c.b.values[v].typ), op{reg: r, x: c.memory(v), imm: none})
		p.reg, c.holds[r] = r, v
	}
	return p.reg
}

// rm is where a value is, be it a register or memory.
func (c *compiler) rm(v int) rm {
	if c.places[v].reg < 0 {
		return c.memory(v)
	}
	return inReg(c.reg(v))
}

// take gives a register that holds nothing, after keeping the value that is
// needed last where there is none: never one that the operation at hand reads.
func (c *compiler) take() int {
	best, far := -1, -1
	for r, v := range c.holds {
		if v < 0 {
			return r
		}
		if p := &c.places[v]; c.b.values[v].uses[p.next] > far {
			best, far = r, c.b.values[v].uses[p.next]
		}
	}
	v := c.holds[best]
	c.keep(v)
	c.places[v].reg, c.holds[best] = -1, -1
	return best
}

// keep writes a value to a spill slot if it has no home yet.
func (c *compiler) keep(v int) {
	p := &c.places[v]
	if p.kept {
		return
	}
	if n := len(c.free); n > 0 {
		p.spill, c.free = c.free[n-1], c.free[:n-1]
	} else {
		p.spill = c.slots
		c.slots++
	}
	p.home, p.kept = at(rdi, c.spills+p.spill*c.set.width), true
	c.vector(vstorps, c.size(c.b.values[v].typ), op{reg: p.reg, x: p.home, imm: none})
}

// release ends the reading of the operation's operands: what nothing reads
// any more gives its register back.
func (c *compiler) release() {
	in := &c.b.code[c.now]
	for _, v := range in.args[:in.n] {
		p, uses := &c.places[v], c.b.values[v].uses
		if p.next == len(uses) || uses[p.next] != c.now {
			continue // the operation reads it twice
		}
		if p.next++; p.next < len(uses) {
			continue
		}
		if p.reg >= 0 {
			c.holds[p.reg], p.reg = -1, -1
		}
		if p.spill >= 0 {
			c.freed = append(c.freed, p.spill)
		}
	}
}

// result gives the register for the value that the operation makes. Its
// operands are read by the instruction that writes it, and by none after.
func (c *compiler) result() int {
	c.release()
	r, v := c.take(), c.b.code[c.now].dst
	c.places[v].reg, c.holds[r] = r, v
	return r
}
