//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "github.com/descent-go/descent/internal/plan"

// bases are the registers that point to arrays; where there are more arrays
// than registers, rsi is loaded as they are needed.
var bases = []int{rbx, 8, 9, 10, 11, 12, 13}

// array is a round's values of an array, and their type.
func (c *compiler) array(k int) (rm, plan.Type) {
	i := 0
	for c.arrays[i] != k {
		i++
	}
	base := rsi
	if i < len(bases) {
		base = bases[i]
	} else {
		c.load(rsi, rdi, frameArray+8*i)
	}
	t := c.types[i]
	scale := map[plan.Type]int{plan.F16: 1, plan.BF16: 1, plan.F32: 2, plan.F64: 3}[t]
	return rm{isMem: true, base: base, index: rax, scale: scale}, t
}

// after is memory a number of bytes on.
func (x rm) after(bytes int) rm {
	x.disp += bytes
	return x
}

// loadArray converts on the way where the types differ.
func (c *compiler) loadArray(in *instr) {
	x, t := c.array(int(in.imm))
	r := c.result()
	switch {
	case t == in.typ:
		c.vector(vmovups, c.size(t), op{reg: r, x: x, imm: none})
	case in.typ == plan.F64 && t == plan.F32:
		c.vector(vcvtps2pd, c.size(plan.F64), op{reg: r, x: x, imm: none})
	case in.typ == plan.F64:
		c.loadHalf(t, c.temp(0), x)
		c.vector(vcvtps2pd, c.size(plan.F64), op{reg: r, x: inReg(c.temp(0)), imm: none})
	case t == plan.F64:
		c.loadDouble(r, x)
	default:
		c.loadHalf(t, r, x)
	}
}

// loadHalf loads half precision as float32.
func (c *compiler) loadHalf(t plan.Type, r int, x rm) {
	size := c.size(plan.F32)
	if t == plan.F16 {
		c.vector(vcvtph2ps, size, op{reg: r, x: x, imm: none})
		return
	}
	c.vector(vpmovzxwd, size, op{reg: r, x: x, imm: none})
	c.vector(vpslld, size, op{reg: 6, v: r, x: inReg(r), imm: 16})
}

// loadDouble loads float64 as float32, in two halves where a round's do not
// fit into a register.
func (c *compiler) loadDouble(r int, x rm) {
	if c.lanes*8 <= c.set.width {
		c.vector(vcvtpd2ps, c.size(plan.F64), op{reg: r, x: x, imm: none})
		return
	}
	c.vector(vcvtpd2ps, c.set.width, op{reg: c.temp(0), x: x, imm: none})
	c.vector(vcvtpd2ps, c.set.width, op{reg: c.temp(1), x: x.after(c.set.width), imm: none})
	c.insert(r, c.temp(0), c.temp(1))
}

func (c *compiler) storeArray(in *instr) {
	r := c.reg(in.args[0])
	x, t := c.array(int(in.imm))
	if in.cut && t != plan.BF16 {
		c.vector(vandps, c.size(plan.F32), op{reg: c.temp(1), v: r, x: c.konst(bfUpper), imm: none})
		r = c.temp(1)
	}
	switch {
	case in.cut && t == plan.BF16:
		c.pack(r, x)
	case t == in.typ:
		c.vector(vstorps, c.size(t), op{reg: r, x: x, imm: none})
	case t == plan.F64:
		c.storeDouble(r, x)
	default:
		if in.typ == plan.F64 {
			c.vector(vcvtpd2ps, c.size(plan.F64), op{reg: c.temp(1), x: inReg(r), imm: none})
			r = c.temp(1)
		}
		c.storeNarrow(t, r, x)
	}
	c.release()
}

// storeDouble stores float32 as float64.
func (c *compiler) storeDouble(r int, x rm) {
	t, size := c.temp(0), c.size(plan.F64)
	c.vector(vcvtps2pd, size, op{reg: t, x: inReg(r), imm: none})
	c.vector(vstorps, size, op{reg: t, x: x, imm: none})
	if c.lanes*8 <= c.set.width {
		return
	}
	c.extract(t, r)
	c.vector(vcvtps2pd, c.set.width, op{reg: t, x: inReg(t), imm: none})
	c.vector(vstorps, c.set.width, op{reg: t, x: x.after(c.set.width), imm: none})
}

// storeNarrow stores a float32 register as float32 or in half precision.
func (c *compiler) storeNarrow(t plan.Type, r int, x rm) {
	size := c.size(plan.F32)
	switch t {
	case plan.F32:
		c.vector(vstorps, size, op{reg: r, x: x, imm: none})
	case plan.F16:
		c.vector(vcvtps2ph, size, op{reg: r, x: x, imm: toNearest})
	default:
		c.roundBF16(r)
		c.pack(c.temp(0), x)
	}
}

// pack stores the upper halves of the 32-bit lanes of a register.
func (c *compiler) pack(r int, x rm) {
	t, size := c.temp(0), c.size(plan.F32)
	c.vector(vpsrld, size, op{reg: 2, v: t, x: inReg(r), imm: 16})
	switch {
	case c.evex:
		c.vector(vpmovdw, size, op{reg: t, x: x, imm: none})
	case size == 16:
		c.vector(vpackusdw, 16, op{reg: t, v: t, x: inReg(t), imm: none})
		c.vector(vmovlps, 16, op{reg: t, x: x, imm: none})
	default:
		c.extract(c.temp(1), t)
		c.vector(vpackusdw, 16, op{reg: t, v: t, x: inReg(c.temp(1)), imm: none})
		c.vector(vstorps, 16, op{reg: t, x: x, imm: none})
	}
}

// round rounds to half precision and back.
func (c *compiler) round(in *instr) {
	x, t, size := c.reg(in.args[0]), c.temp(0), c.size(plan.F32)
	if plan.Type(in.imm) == plan.F16 {
		c.vector(vcvtps2ph, size, op{reg: x, x: inReg(t), imm: toNearest})
		c.vector(vcvtph2ps, size, op{reg: c.result(), x: inReg(t), imm: none})
		return
	}
	c.roundBF16(x)
	c.vector(vandps, size, op{reg: c.result(), v: t, x: c.konst(bfUpper), imm: none})
}

// roundBF16 rounds x so that the upper 16 bits of the first temporary's lanes
// are its value as bfloat16, to even where two are as near. A NaN is quiet. x may be the second temporary.
func (c *compiler) roundBF16(x int) {
	size := c.size(plan.F32)
	t, quiet, nan := c.temp(0), c.temp(1), c.temp(2)
	c.vector(vpsrld, size, op{reg: 2, v: t, x: inReg(x), imm: 16})
	c.vector(vandps, size, op{reg: t, v: t, x: c.konst(two32), imm: none})
	c.vector(vpaddd, size, op{reg: t, v: t, x: c.konst(bfHalf), imm: none})
	c.vector(vpaddd, size, op{reg: t, v: t, x: inReg(x), imm: none})
	compare := vcmpps
	if c.evex {
		compare, nan = kcmpps, 1
	}
	c.vector(compare, size, op{reg: nan, v: x, x: inReg(x), imm: isUnordered})
	c.vector(vorps, size, op{reg: quiet, v: x, x: c.konst(bfQuiet), imm: none})
	c.blend(plan.F32, size, t, t, inReg(quiet), nan)
}
