//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "github.com/descent-go/descent/internal/plan"

// byType are the forms of an operation, for float32 and for float64.
type byType [2]*form

var binaries = map[plan.Op]byType{
	plan.Add:    {vaddps, vaddpd},
	plan.Sub:    {vsubps, vsubpd},
	plan.Mul:    {vmulps, vmulpd},
	plan.Div:    {vdivps, vdivpd},
	plan.And:    {vandps, vandpd},
	plan.Or:     {vorps, vorpd},
	plan.Xor:    {vxorps, vxorpd},
	plan.AddI:   {vpaddd, vpaddq},
	plan.MulU32: {vpmulld, vpmuludq},
}

// operation makes the instructions of the operation at hand.
func (c *compiler) operation(in *instr) {
	switch in.op {
	case plan.Load:
		c.loadArray(in)
	case plan.Store:
		c.storeArray(in)
	case plan.Index:
		p := &c.places[in.dst]
		p.home, p.kept = at(rdi, c.index[in.typ]+c.half(in)), true
	case plan.AccSum, plan.AccMax:
		c.accumulate(in)
	case mask:
		c.mask(in)
	case pick:
		c.pick(in)
	case plan.Sqrt:
		c.unary(in, byType{vsqrtps, vsqrtpd}[in.typ], none)
	case plan.Floor:
		if c.evex {
			c.unary(in, byType{vrndscaleps, vrndscalepd}[in.typ], toNegative)
		} else {
			c.unary(in, byType{vroundps, vroundpd}[in.typ], toNegative)
		}
	case plan.Abs:
		c.withConst(in, vandps, vandpd, ^uint64(signOf32), ^uint64(signOf64))
	case plan.Neg:
		c.withConst(in, vxorps, vxorpd, signOf32, signOf64)
	case one:
		c.withConst(in, vandps, vandpd, oneF32, oneF64)
	case plan.Shl:
		c.shift(in, byType{vpslld, vpsllq}[in.typ], 6)
	case plan.Shr:
		c.shift(in, byType{vpsrld, vpsrlq}[in.typ], 2)
	case plan.ToF64:
		c.widen(in)
	case join:
		c.join(in)
	case plan.ToF32:
		c.unary(in, vcvtpd2ps, none)
	case plan.Round:
		c.round(in)
	default:
		c.binary(in, binaries[in.op][in.typ])
	}
}

// wider is the size of an operation's larger operand.
func (c *compiler) wider(in *instr) int {
	return max(c.size(in.typ), c.size(source(in.op, in.typ)))
}

func (c *compiler) unary(in *instr, f *form, imm int) {
	x := c.rm(in.args[0])
	c.vector(f, c.wider(in), op{reg: c.result(), x: x, imm: imm})
}

func (c *compiler) withConst(in *instr, f32, f64 *form, k32, k64 uint64) {
	x := c.reg(in.args[0])
	f, k := f32, k32
	if in.typ == plan.F64 {
		f, k = f64, k64
	}
	c.vector(f, c.size(in.typ), op{reg: c.result(), v: x, x: c.konst(k), imm: none})
}

func (c *compiler) shift(in *instr, f *form, reg int) {
	x := c.reg(in.args[0])
	c.vector(f, c.size(in.typ), op{reg: reg, v: c.result(), x: inReg(x), imm: int(in.imm)})
}

// operands brings the first of two operands into a register. Where it is in
// memory and the second in a register and the order does not count, they swap.
func (c *compiler) operands(in *instr, swaps bool) (v int, x rm, swapped bool) {
	a, b := in.args[0], in.args[1]
	if swaps && c.places[a].reg < 0 && c.places[b].reg >= 0 {
		a, b, swapped = b, a, true
	}
	v = c.reg(a)
	return v, c.rm(b), swapped
}

func (c *compiler) binary(in *instr, f *form) {
	v, x, _ := c.operands(in, in.op != plan.Sub && in.op != plan.Div)
	c.vector(f, c.size(in.typ), op{reg: c.result(), v: v, x: x, imm: none})
}

func (c *compiler) mask(in *instr) {
	v, x, swapped := c.operands(in, true)
	predicate := int(in.imm)
	if swapped && predicate == isLess {
		predicate = isGreater
	} else if swapped && predicate == isLessEq {
		predicate = isGreaterEq
	}
	size := c.size(in.typ)
	if !c.evex {
		c.vector(byType{vcmpps, vcmppd}[in.typ], size, op{reg: c.result(), v: v, x: x, imm: predicate})
		return
	}
	c.vector(byType{kcmpps, kcmppd}[in.typ], size, op{reg: 1, v: v, x: x, imm: predicate})
	c.vector(byType{vpmovm2d, vpmovm2q}[in.typ], size, op{reg: c.result(), x: inReg(1), imm: none})
}

func (c *compiler) pick(in *instr) {
	m, no := c.reg(in.args[0]), c.reg(in.args[2])
	yes := c.rm(in.args[1])
	r := c.result()
	if c.evex {
		c.vector(byType{vpmovd2m, vpmovq2m}[in.typ], c.size(in.typ), op{reg: 1, x: inReg(m), imm: none})
	}
	c.blend(in.typ, c.size(in.typ), r, no, yes, m)
}

// blend picks yes where a mask is set, else no. The mask is a register's, with
// AVX-512 that of mask register 1.
func (c *compiler) blend(t plan.Type, size, r, no int, yes rm, m int) {
	if c.evex {
		c.vector(byType{vblendmps, vblendmpd}[t], size, op{reg: r, v: no, x: yes, imm: none, mask: 1})
	} else {
		c.vector(byType{vblendvps, vblendvpd}[t], size, op{reg: r, v: no, x: yes, imm: m << 4})
	}
}

// accumulate adds to, or takes the larger of, a round's lanes of an accumulator.
func (c *compiler) accumulate(in *instr) {
	size := c.size(plan.F64)
	acc := rm{isMem: true, base: rcx, index: rdx, disp: int(in.imm)*plan.Lanes*8 + c.half(in)}
	x, sum := c.reg(in.args[0]), c.temp(0)
	if in.op == plan.AccSum {
		c.vector(vaddpd, size, op{reg: sum, v: x, x: acc, imm: none})
	} else {
		c.vector(vmovups, size, op{reg: sum, x: acc, imm: none})
		c.larger(size, sum, x)
	}
	c.vector(vstorps, size, op{reg: sum, x: acc, imm: none})
	c.release()
}

// larger makes sum x where x is larger or NaN.
func (c *compiler) larger(size, sum, x int) {
	less, nan := c.temp(1), c.temp(2)
	if c.evex {
		for _, p := range []struct{ v, predicate int }{{x, isUnordered}, {sum, isLess}} {
			c.vector(kcmppd, size, op{reg: 1, v: p.v, x: inReg(x), imm: p.predicate})
			c.blend(plan.F64, size, sum, sum, inReg(x), 1)
		}
		return
	}
	c.vector(vcmppd, size, op{reg: less, v: sum, x: inReg(x), imm: isLess})
	c.vector(vcmppd, size, op{reg: nan, v: x, x: inReg(x), imm: isUnordered})
	c.vector(vorpd, size, op{reg: less, v: less, x: inReg(nan), imm: none})
	c.blend(plan.F64, size, sum, sum, inReg(x), less)
}
