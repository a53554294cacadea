//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/internal/half"
)

// compute computes out of v and x.
func (m *machine) compute(d *decoded, x, out *vector) {
	v := &m.vectors[d.v]
	lanes32, lanes64 := d.size/4, d.size/8
	switch f := d.f; f {
	case vmovups, vstorps, vmovlps:
		copy(out[:d.size], x[:])
	case vaddps, vsubps, vmulps, vdivps, vsqrtps, vroundps, vrndscaleps:
		for i := range lanes32 {
			out.setF32(i, float32(arithmetic(f, float64(v.f32(i)), float64(x.f32(i)))))
		}
	case vaddpd, vsubpd, vmulpd, vdivpd, vsqrtpd, vroundpd, vrndscalepd:
		for i := range lanes64 {
			out.setF64(i, arithmetic(f, v.f64(i), x.f64(i)))
		}
	case vandps, vandpd, vorps, vorpd, vxorps, vxorpd, vpaddq, vpmuludq, vpsllq, vpsrlq:
		for i := range lanes64 {
			out.set64(i, logic(f, v.u64(i), x.u64(i), d.imm))
		}
	case vpaddd, vpmulld, vpslld, vpsrld:
		for i := range lanes32 {
			a, b := v.u32(i), x.u32(i)
			out.set32(i, map[*form]uint32{vpaddd: a + b, vpmulld: a * b, vpslld: b << d.imm, vpsrld: b >> d.imm}[f])
		}
	case vcmpps, kcmpps, vblendvps, vblendmps, vpmovm2d, vpmovd2m:
		m.masks(d, lanes32, 32, v, x, out)
	case vcmppd, kcmppd, vblendvpd, vblendmpd, vpmovm2q, vpmovq2m:
		m.masks(d, lanes64, 64, v, x, out)
	case vextractf128, vextractf64x4:
		copy(out[:d.size/2], x[d.size/2*int(d.imm):])
	case vinsertf128, vinsertf64x4:
		copy(out[:d.size], v[:])
		copy(out[d.size/2*int(d.imm):], x[:d.size/2])
	default:
		convert(d, v, x, out)
	}
}

// arithmetic computes in float64, from which every one of these rounds to
// float32 as if computed there.
func arithmetic(f *form, v, x float64) float64 {
	switch f {
	case vaddps, vaddpd:
		return v + x
	case vsubps, vsubpd:
		return v - x
	case vmulps, vmulpd:
		return v * x
	case vdivps, vdivpd:
		return v / x
	case vsqrtps, vsqrtpd:
		return math.Sqrt(x)
	}
	return math.Floor(x)
}

func logic(f *form, v, x uint64, imm byte) uint64 {
	switch f {
	case vandps, vandpd:
		return v & x
	case vorps, vorpd:
		return v | x
	case vxorps, vxorpd:
		return v ^ x
	case vpaddq:
		return v + x
	case vpmuludq:
		return uint64(uint32(v)) * uint64(uint32(x))
	case vpsllq:
		return x << imm
	}
	return x >> imm
}

// masks has the instructions that make masks and those that read them.
func (m *machine) masks(d *decoded, lanes, width int, v, x, out *vector) {
	var k uint64
	for i := range lanes {
		a, b := v.lane(i, width), x.lane(i, width)
		yes := false
		switch d.f {
		case vcmpps, kcmpps:
			yes = holds(d.imm, float64(v.f32(i)), float64(x.f32(i)))
		case vcmppd, kcmppd:
			yes = holds(d.imm, v.f64(i), x.f64(i))
		case vblendvps, vblendvpd:
			yes = m.vectors[d.imm>>4].lane(i, width)>>(width-1) == 1
		case vpmovd2m, vpmovq2m:
			yes = b>>(width-1) == 1
		default:
			yes = m.mask>>i&1 == 1
		}
		switch d.f {
		case vblendvps, vblendvpd, vblendmps, vblendmpd:
			if yes {
				a = b
			}
		default:
			a = 0
			if yes {
				a, k = math.MaxUint64, k|1<<i
			}
		}
		if width == 32 {
			out.set32(i, uint32(a))
		} else {
			out.set64(i, a)
		}
	}
	if d.f.shape == kVX || d.f.shape == kX {
		out.set64(0, k)
	} else if (d.f == vblendmps || d.f == vblendmpd) != d.merges {
		panic("a mask where none belongs, or none where one does: " + d.f.name)
	}
}

func (v *vector) lane(i, width int) uint64 {
	if width == 32 {
		return uint64(v.u32(i))
	}
	return v.u64(i)
}

// holds compares by predicate.
func holds(predicate byte, a, b float64) bool {
	switch predicate {
	case isEqual:
		return a == b
	case isUnordered:
		return a != a || b != b
	case notEqual:
		return a != b
	case isLess:
		return a < b
	case isLessEq:
		return a <= b
	case isGreater:
		return a > b
	case isGreaterEq:
		return a >= b
	}
	panic(fmt.Sprintf("predicate %d", predicate))
}

// convert has the conversions, of one lane after the other.
func convert(d *decoded, v, x, out *vector) {
	n := d.size / 4
	if d.f == vcvtps2pd || d.f == vcvtpd2ps || d.f == vbroadcastsd {
		n = d.size / 8
	}
	for i := range n {
		switch d.f {
		case vcvtsd2ss:
			copy(out[:16], v[:])
			out.setF32(0, float32(x.f64(0)))
		case vbroadcastss:
			out.set32(i, x.u32(0))
		case vbroadcastsd:
			out.set64(i, x.u64(0))
		case vcvtps2pd:
			out.setF64(i, float64(x.f32(i)))
		case vcvtpd2ps:
			out.setF32(i, float32(x.f64(i)))
		case vcvtph2ps:
			out.setF32(i, half.Float16(x.u16(i)).Float32())
		case vcvtps2ph:
			out.set16(i, uint16(half.ToFloat16(x.f32(i))))
		case vpmovzxwd:
			out.set32(i, uint32(x.u16(i)))
		case vpmovdw:
			out.set16(i, uint16(x.u32(i)))
		case vpackusdw: // of 16 bytes
			out.set16(i, uint16(min(v.u32(i), 0xFFFF)))
			out.set16(4+i, uint16(min(x.u32(i), 0xFFFF)))
		default:
			panic(d.f.name)
		}
	}
}
