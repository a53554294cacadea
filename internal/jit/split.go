//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "github.com/descent-go/descent/internal/plan"

// join is ToF32 of two halves.
const join plan.Op = pick + 1

// mixed reports whether code has values of both types.
func (b *builder) mixed() bool {
	var has [2]bool
	for _, in := range b.code {
		has[in.typ], has[source(in.op, in.typ)] = true, true
	}
	return has[plan.F32] && has[plan.F64]
}

// pressure is how many registers code needs when a float64 value is two.
func (b *builder) pressure() int {
	most, live := 0, 0
	registers := func(v int) int { return 1 + int(b.values[v].typ) }
	for i, in := range b.code {
		if in.dst >= 0 {
			live += registers(in.dst)
		}
		most = max(most, live)
		for k, v := range in.args[:in.n] {
			x := &b.values[v]
			again := k > 0 && v == in.args[0] || k > 1 && v == in.args[1]
			if x.def >= 0 && x.uses[len(x.uses)-1] == i && !again {
				live -= registers(v)
			}
		}
	}
	return most
}

// split makes two of every float64 value, so that a round covers as many
// weights as a register has float32 lanes.
func (b *builder) split() {
	code := b.code
	b.code = make([]instr, 0, 2*len(code))
	upper := map[int]int{}
	other := func(v int) int {
		if b.values[v].def < 0 {
			return v
		}
		return upper[v]
	}
	for _, in := range code {
		if in.op == plan.ToF32 {
			in.op, in.n, in.args[1] = join, 2, other(in.args[0])
		}
		b.code = append(b.code, in)
		if in.typ == plan.F32 {
			continue
		}
		in.upper = true
		for i, v := range in.args[:in.n] {
			if in.op != plan.ToF64 {
				in.args[i] = other(v)
			}
		}
		if in.dst >= 0 {
			b.values = append(b.values, value{typ: plan.F64})
			upper[in.dst] = len(b.values) - 1
			in.dst = len(b.values) - 1
		}
		b.code = append(b.code, in)
	}
	b.isSplit = true
	b.drop()
}

// extract moves the upper half of a register to another.
func (c *compiler) extract(to, from int) {
	f := vextractf128
	if c.evex {
		f = vextractf64x4
	}
	c.vector(f, c.set.width, op{reg: from, x: inReg(to), imm: 1})
}

// insert makes a register of two halves.
func (c *compiler) insert(to, low, high int) {
	f := vinsertf128
	if c.evex {
		f = vinsertf64x4
	}
	c.vector(f, c.set.width, op{reg: to, v: low, x: inReg(high), imm: 1})
}

// widen converts float32 to float64, of split values one half.
func (c *compiler) widen(in *instr) {
	x := c.rm(in.args[0])
	if in.upper && x.isMem {
		x = x.after(c.set.width / 2)
	} else if in.upper {
		c.extract(c.temp(0), x.reg)
		x = inReg(c.temp(0))
	}
	c.vector(vcvtps2pd, c.size(plan.F64), op{reg: c.result(), x: x, imm: none})
}

// join converts two halves to float32.
func (c *compiler) join(in *instr) {
	low, high := c.rm(in.args[0]), c.rm(in.args[1])
	c.vector(vcvtpd2ps, c.set.width, op{reg: c.temp(0), x: low, imm: none})
	c.vector(vcvtpd2ps, c.set.width, op{reg: c.temp(1), x: high, imm: none})
	c.insert(c.result(), c.temp(0), c.temp(1))
}

// half is where in memory an operation's half of float64 values begins.
func (c *compiler) half(in *instr) int {
	if in.upper {
		return c.set.width
	}
	return 0
}
