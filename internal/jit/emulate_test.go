//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand"
	"testing"
	"unsafe"

	"github.com/descent-go/descent/internal/randwork"
)

// emulated is an instruction set as the emulator runs it: the few
// instructions of plans, decoded from their bytes, for processors that have not all.
func emulated(set isa) isa {
	set.name += " emulated"
	set.run = func(code uintptr, frame unsafe.Pointer) {
		m := machine{pc: *(*unsafe.Pointer)(unsafe.Pointer(&code))}
		m.general[rdi] = uint64(uintptr(frame))
		for m.step() {
		}
	}
	return set
}

// machine is a processor's registers.
type machine struct {
	pc      unsafe.Pointer
	general [16]uint64
	vectors [32]vector
	mask    uint64 // k1
	less    bool   // what the last compare found
}

type vector [64]byte

func (m *machine) byte() byte {
	b := *(*byte)(m.pc)
	m.pc = unsafe.Add(m.pc, 1)
	return b
}

func (m *machine) int32() int {
	x := *(*int32)(m.pc)
	m.pc = unsafe.Add(m.pc, 4)
	return int(x)
}

// decoded is an instruction's operands.
type decoded struct {
	f        *form
	size     int
	reg, v   int
	isMem    bool
	relative bool // to the instruction's end
	rm       int
	address  uint64
	imm      byte
	merges   bool // by mask register 1
}

// step runs an instruction and reports whether another follows.
func (m *machine) step() bool {
	switch b := m.byte(); b {
	case 0xC5, 0xC4, 0x62:
		m.vectorStep(b)
	case 0x31: // xor eax, eax
		m.general[(m.byte() & 7)] = 0
	case 0x90:
	case 0x0F:
		if m.byte() == 0x8C {
			if to := m.int32(); m.less {
				m.pc = unsafe.Add(m.pc, to)
			}
		} else {
			m.pc = unsafe.Add(m.pc, 6) // the long nop
		}
	case 0xC3:
		return false
	default:
		m.generalStep(b)
	}
	return true
}

func (m *machine) generalStep(rex byte) {
	opcode := m.byte()
	var d decoded
	m.modRM(&d, int(rex>>2&1)<<3, 0, int(rex&1)<<3, false)
	switch opcode {
	case 0x8B:
		m.general[d.reg] = binary.LittleEndian.Uint64(memory(d.address, 8))
	case 0x3B:
		m.less = int64(m.general[d.reg]) < int64(binary.LittleEndian.Uint64(memory(d.address, 8)))
	case 0x83:
		if n := uint64(m.byte()); d.reg == 4 {
			m.general[d.rm] &= n
		} else {
			m.general[d.rm] += n
		}
	default:
		panic(fmt.Sprintf("opcode %x", opcode))
	}
}

// vectorStep decodes the prefix of a vector instruction and runs it.
func (m *machine) vectorStep(first byte) {
	var d decoded
	var reg, index, base, opMap, last byte
	wide, evex := byte(0), first == 0x62
	opMap = 1
	if first == 0xC5 {
		last = m.byte()
		reg = ^last >> 7 & 1 << 3
	} else {
		b := m.byte()
		reg, index, base = ^b>>7&1<<3, ^b>>6&1<<3, ^b>>5&1<<3
		opMap = b & 31
		last = m.byte()
		wide = last >> 7
		if evex {
			opMap = b & 7
			reg |= ^b >> 4 & 1 << 4
		}
	}
	d.v = int(^last >> 3 & 15)
	d.size = 16 << (last >> 2 & 1)
	if evex {
		b := m.byte()
		d.v |= int(^b>>3&1) << 4
		d.size = 16 << (b >> 5 & 3)
		d.merges = b&7 == 1
	}
	op := m.byte()
	m.modRM(&d, int(reg), int(index), int(base), evex)
	d.f = formOf(evex, opMap, last&3, op, wide, d.reg)
	if d.f == nil {
		if op == 0x77 { // vzeroupper, whose modRM is the next instruction
			m.pc = unsafe.Add(m.pc, -1)
			return
		}
		panic(fmt.Sprintf("map %d, prefix %d, opcode %x", opMap, last&3, op))
	}
	if d.f.hasImmediate() || d.f.shape == regVXReg {
		d.imm = m.byte()
		if d.relative {
			d.address++
		}
	}
	m.run(&d)
}

// formOf finds an instruction.
func formOf(evex bool, opMap, prefix, op, wide byte, reg int) *form {
	for _, f := range formList {
		if f.opMap != opMap || f.prefix != prefix || f.op != op || evex && (f.only == vexOnly || f.wide != wide) || !evex && f.only == evexOnly {
			continue
		}
		if digit, ok := digits[f]; !ok || digit == reg&7 {
			return f
		}
	}
	return nil
}

// modRM decodes operands, given the upper bits of their numbers.
func (m *machine) modRM(d *decoded, reg, index, base int, evex bool) {
	b := m.byte()
	mode, low := b>>6, int(b&7)
	d.reg = reg | int(b>>3&7)
	if mode == 3 {
		d.rm = base | low
		if evex {
			d.rm |= index << 1
		}
		return
	}
	d.isMem = true
	switch {
	case low == 4:
		s := m.byte()
		d.address = m.general[base|int(s&7)]
		if i := index | int(s>>3&7); i != 4 {
			d.address += m.general[i] << (s >> 6)
		}
	case low == 5 && mode == 0: // relative to the next instruction
		d.relative = true
		disp := m.int32()
		d.address = uint64(uintptr(m.pc)) + uint64(disp)
		return
	default:
		d.address = m.general[base|low]
	}
	switch mode {
	case 1:
		d.address += uint64(int8(m.byte()))
	case 2:
		d.address += uint64(m.int32())
	}
}

func memory(address uint64, n int) []byte {
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), n)
}

func (v *vector) f32(i int) float32 { return math.Float32frombits(v.u32(i)) }
func (v *vector) f64(i int) float64 { return math.Float64frombits(v.u64(i)) }
func (v *vector) u16(i int) uint16  { return binary.LittleEndian.Uint16(v[2*i:]) }
func (v *vector) u32(i int) uint32  { return binary.LittleEndian.Uint32(v[4*i:]) }
func (v *vector) u64(i int) uint64  { return binary.LittleEndian.Uint64(v[8*i:]) }

func (v *vector) set16(i int, x uint16)   { binary.LittleEndian.PutUint16(v[2*i:], x) }
func (v *vector) set32(i int, x uint32)   { binary.LittleEndian.PutUint32(v[4*i:], x) }
func (v *vector) set64(i int, x uint64)   { binary.LittleEndian.PutUint64(v[8*i:], x) }
func (v *vector) setF32(i int, x float32) { v.set32(i, math.Float32bits(x)) }
func (v *vector) setF64(i int, x float64) { v.set64(i, math.Float64bits(x)) }

// run does what an instruction says: to a register, of which the rest becomes
// 0, or to memory.
func (m *machine) run(d *decoded) {
	f := d.f
	bytes := d.size // of x
	if f.narrow == theX {
		bytes /= 2
	}
	if n, ok := broadcasts[f]; ok {
		bytes = n
	} else if f == vcvtsd2ss {
		bytes = 8
	}
	var x, out vector
	if f.shape != xReg && d.isMem {
		copy(x[:], memory(d.address, bytes))
	} else if f.shape != xReg {
		x = m.vectors[d.rm]
	} else {
		x = m.vectors[d.reg]
	}
	m.compute(d, &x, &out)
	switch f.shape {
	case xReg:
		if d.isMem {
			copy(memory(d.address, bytes), out[:])
		} else {
			m.vectors[d.rm] = out
		}
	case vX:
		m.vectors[d.v] = out
	case kVX, kX:
		m.mask = out.u64(0)
	default:
		m.vectors[d.reg] = out
	}
}

// The emulator runs what the processor runs, too.
func TestEmulator(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, o := range randwork.Forms {
		for n := range 18 {
			p := parse(t, "state row r\nr = row.max(g); w = where(g > 0, exp(w), floor(-w)) + max(w, g) + bfloat16(g) + float16(w) + norm(g) + sqrt(w/g) + normal()")
			compare(t, []isa{emulated(avx2)}, r, build(t, p, o), o, n, "emulated")
		}
	}
}
