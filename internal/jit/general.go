//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "encoding/binary"

// The instructions that are no vector instructions: addresses, the loop, the end.

// wide encodes an instruction with 64-bit operands.
func (a *assembler) wide(opcode byte, reg int, x rm) {
	base := x.reg
	if x.isMem {
		base = x.base
	}
	evex := a.evex
	a.evex = false // one-byte displacements count bytes here
	a.bytes(0x48|bit(reg, 3)<<2|bit(base, 3), opcode)
	a.modRM(reg, x, 0)
	a.evex = evex
}

// load is mov dst, [base+disp].
func (a *assembler) load(dst, base, disp int) { a.wide(0x8B, dst, at(base, disp)) }

// compare is cmp reg, [base+disp].
func (a *assembler) compare(reg, base, disp int) { a.wide(0x3B, reg, at(base, disp)) }

// add is add reg, n for n below 128.
func (a *assembler) add(reg, n int) {
	a.wide(0x83, 0, inReg(reg))
	a.bytes(byte(n))
}

// and is and reg, n for n below 128.
func (a *assembler) and(reg, n int) {
	a.wide(0x83, 4, inReg(reg))
	a.bytes(byte(n))
}

// clear is xor reg, reg, of the first eight registers.
func (a *assembler) clear(reg int) { a.bytes(0x31, 0xC0|byte(reg)<<3|byte(reg)) }

// jumpLess is jl to an earlier place.
func (a *assembler) jumpLess(to int) {
	a.bytes(0x0F, 0x8C)
	a.int32(to - len(a.code) - 4)
}

// align fills up to a multiple of 32 bytes, with nops of 8 bytes and of 1.
func (a *assembler) align() {
	for len(a.code)%32 != 0 {
		if 32-len(a.code)%32 >= 8 {
			a.code = binary.LittleEndian.AppendUint64(a.code, 0x0000000000841F0F)
		} else {
			a.bytes(0x90)
		}
	}
}

// leave is vzeroupper and ret.
func (a *assembler) leave() { a.bytes(0xC5, 0xF8, 0x77, 0xC3) }
