//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "github.com/descent-go/descent/internal/plan"

// generate makes the machine code of a segment for arrays of these types, and
// says how many spill slots it needs, which does not depend on the types.
func generate(b *builder, l *layout, set isa, types []plan.Type) (code []byte, slots int) {
	c := newCompiler(b, l, set, types)
	c.enter()
	c.align()
	top := len(c.code)
	for i := range b.code {
		c.now = i
		c.operation(&b.code[i])
		c.free, c.freed = append(c.free, c.freed...), c.freed[:0]
	}
	c.next()
	c.jumpLess(top)
	c.leave()
	return c.finish(set.width), c.slots
}

// enter loads what the loop needs.
func (c *compiler) enter() {
	if c.numAccs > 0 {
		c.load(rcx, rdi, frameAccs)
		c.load(rdx, rdi, frameLane)
	}
	c.broadcast()
	for i := range min(len(c.arrays), len(bases)) {
		c.load(bases[i], rdi, frameArray+8*i)
	}
	c.clear(rax)
}

// broadcast fills vectors with the scalars.
func (c *compiler) broadcast() {
	if len(c.scalars) > 0 {
		c.load(rsi, rdi, frameTable)
	}
	t := c.temp(0)
	for _, s := range c.scalars {
		from, size := at(rsi, 8*s.slot), c.size(s.typ)
		if s.typ == plan.F64 {
			c.vector(vbroadcastsd, size, op{reg: t, x: from, imm: none})
		} else {
			c.vector(vcvtsd2ss, 16, op{reg: t, v: t, x: from, imm: none})
			c.vector(vbroadcastss, size, op{reg: t, x: inReg(t), imm: none})
		}
		c.vector(vstorps, size, op{reg: t, x: at(rdi, s.at), imm: none})
	}
}

// next moves on by a round's weights.
func (c *compiler) next() {
	if c.index[plan.F32] > 0 {
		c.count(vpaddd, c.size(plan.F32), c.index[plan.F32], uint64(c.lanes)*two32)
	}
	if from := c.index[plan.F64]; from > 0 {
		size := c.size(plan.F64)
		for at := from; at < from+8*c.lanes; at += size {
			c.count(vpaddq, size, at, uint64(c.lanes))
		}
	}
	if c.numAccs > 0 && c.lanes < plan.Lanes {
		c.add(rdx, 8*c.lanes)
		c.and(rdx, 8*plan.Lanes-1)
	}
	c.add(rax, c.lanes)
	c.compare(rax, rdi, frameCount)
}

// count adds to numbers in the frame.
func (c *compiler) count(f *form, size, from int, n uint64) {
	t, x := c.temp(0), at(rdi, from)
	c.vector(vmovups, size, op{reg: t, x: x, imm: none})
	c.vector(f, size, op{reg: t, v: t, x: c.konst(n), imm: none})
	c.vector(vstorps, size, op{reg: t, x: x, imm: none})
}
