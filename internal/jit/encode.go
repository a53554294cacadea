//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "encoding/binary"

// The general registers that code uses.
const (
	rax = 0
	rcx = 1
	rdx = 2
	rbx = 3
	rsi = 6
	rdi = 7
)

// none is a missing index register or immediate.
const none = -1

// rm is an instruction's last source or, in stores, its destination: a
// register or memory.
type rm struct {
	reg   int  // where it is not memory
	isMem bool // base + index<<scale + disp, or a constant
	base  int
	index int // none: there is none
	scale int
	disp  int
	pool  int // number of the constant, counted from 1
}

func inReg(r int) rm { return rm{reg: r} }

func at(base, disp int) rm { return rm{isMem: true, base: base, index: none, disp: disp} }

// assembler collects machine code, and behind it the constants it reads.
type assembler struct {
	evex  bool // EVEX instructions (AVX-512), else VEX (AVX2)
	code  []byte
	pool  []uint64 // 64-bit patterns that fill a vector
	fixes []fix
}

// fix is a place whose 32 bits become the distance from after to a constant.
type fix struct{ place, after, pool int }

func (a *assembler) bytes(b ...byte) { a.code = append(a.code, b...) }

func (a *assembler) int32(x int) { a.code = binary.LittleEndian.AppendUint32(a.code, uint32(int32(x))) }

// konst is the operand whose every 64 bits are these.
func (a *assembler) konst(bits uint64) rm {
	for i, have := range a.pool {
		if have == bits {
			return rm{isMem: true, pool: i + 1}
		}
	}
	a.pool = append(a.pool, bits)
	return rm{isMem: true, pool: len(a.pool)}
}

// op is an instruction's operands: reg and v are registers, x a register or
// memory. What an instruction has not is 0, imm none.
type op struct {
	reg, v int
	x      rm
	imm    int
	mask   int // EVEX: the mask register, 0 for none
}

// vector encodes a vector instruction on size bytes.
func (a *assembler) vector(f *form, size int, o op) {
	if a.evex {
		a.evexPrefix(f, size, o)
	} else {
		a.vexPrefix(f, size, o)
	}
	a.bytes(f.op)
	trailing := 0
	if o.imm != none {
		trailing = 1
	}
	a.modRM(o.reg, o.x, trailing)
	if o.imm != none {
		a.bytes(byte(o.imm))
	}
}

func bit(x, n int) byte { return byte(x >> n & 1) }

// extensions are the fourth bits of the numbers of the registers in x.
func (o *op) extensions() (index, base byte) {
	switch {
	case !o.x.isMem:
		return 0, bit(o.x.reg, 3)
	case o.x.pool > 0:
		return 0, 0
	case o.x.index != none:
		index = bit(o.x.index, 3)
	}
	return index, bit(o.x.base, 3)
}

func (a *assembler) vexPrefix(f *form, size int, o op) {
	index, base := o.extensions()
	long := byte(0)
	if size == 32 {
		long = 1
	}
	last := (^byte(o.v)&15)<<3 | long<<2 | f.prefix
	if index == 0 && base == 0 && f.opMap == 1 {
		a.bytes(0xC5, (1-bit(o.reg, 3))<<7|last)
		return
	}
	a.bytes(0xC4, (1-bit(o.reg, 3))<<7|(1-index)<<6|(1-base)<<5|f.opMap, last)
}

func (a *assembler) evexPrefix(f *form, size int, o op) {
	index, base := o.extensions()
	if !o.x.isMem {
		index = bit(o.x.reg, 4)
	}
	long := map[int]byte{16: 0, 32: 1, 64: 2}[size]
	a.bytes(0x62,
		(1-bit(o.reg, 3))<<7|(1-index)<<6|(1-base)<<5|(1-bit(o.reg, 4))<<4|f.opMap,
		f.wide<<7|(^byte(o.v)&15)<<3|1<<2|f.prefix,
		long<<5|(1-bit(o.v, 4))<<3|byte(o.mask))
}

// modRM encodes a register and an operand; trailing bytes of the instruction follow.
func (a *assembler) modRM(reg int, x rm, trailing int) {
	r := byte(reg&7) << 3
	switch {
	case !x.isMem:
		a.bytes(0xC0 | r | byte(x.reg&7))
		return
	case x.pool > 0: // relative to the next instruction
		a.bytes(r | 5)
		a.fixes = append(a.fixes, fix{len(a.code), len(a.code) + 4 + trailing, x.pool - 1})
		a.int32(0)
		return
	}
	mode := a.displacement(x)
	switch base := byte(x.base & 7); {
	case x.index != none:
		a.bytes(mode<<6|r|4, byte(x.scale)<<6|byte(x.index&7)<<3|base)
	case base == 4:
		a.bytes(mode<<6|r|4, 4<<3|base)
	default:
		a.bytes(mode<<6 | r | base)
	}
	switch mode {
	case 1:
		a.bytes(byte(x.disp))
	case 2:
		a.int32(x.disp)
	}
}

// displacement says how many bytes a displacement takes: 0, 1 or, for 2, 4.
// EVEX scales those of one byte, so code with it has those of four.
func (a *assembler) displacement(x rm) byte {
	switch {
	case x.disp == 0 && x.base&7 != 5:
		return 0
	case x.disp == int(int8(x.disp)) && (!a.evex || x.disp == 0):
		return 1
	}
	return 2
}

// finish puts the constants behind the code, each filling size bytes.
func (a *assembler) finish(size int) []byte {
	for len(a.code)%64 != 0 {
		a.bytes(0xCC)
	}
	start := len(a.code)
	for _, bits := range a.pool {
		for range size / 8 {
			a.code = binary.LittleEndian.AppendUint64(a.code, bits)
		}
	}
	for _, f := range a.fixes {
		binary.LittleEndian.PutUint32(a.code[f.place:], uint32(start+f.pool*size-f.after))
	}
	return a.code
}
