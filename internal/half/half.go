// Package half has the two number types of half precision.
package half

import "math"

// Float16 is IEEE 754's binary16 in its bits: 11 binary digits, up to 65504.
type Float16 uint16

// BFloat16 is the upper half of a float32's bits: 8 binary digits, its range.
type BFloat16 uint16

// ToFloat16 rounds to the nearest, to even where two are as near. Numbers of
// 65520 and more become infinite.
func ToFloat16(x float32) Float16 {
	u := math.Float32bits(x)
	sign := Float16(u >> 16 & 0x8000)
	u &= 1<<31 - 1
	switch {
	case u > 0x7f800000: // NaN keeps what fits of its payload and is quiet
		return sign | 0x7e00 | Float16(u>>13&0x1ff)
	case u >= 0x47800000: // 65536 and more
		return sign | 0x7c00
	case u >= 0x38800000: // normal: the carry of rounding may reach the exponent
		return sign | Float16((u-0x38000000+0xfff+u>>13&1)>>13)
	}
	// Below 2^-14: adding 0.5 leaves the number in units of 2^-24 in the low bits.
	return sign | Float16(math.Float32bits(math.Float32frombits(u)+0.5)-0x3f000000)
}

// Float32 is the number.
func (h Float16) Float32() float32 {
	sign, exp, frac := uint32(h&0x8000)<<16, uint32(h>>10&31), uint32(h&0x3ff)
	switch exp {
	case 0:
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*0x1p-24))
	case 31:
		if frac != 0 {
			frac |= 0x200 // quiet, as processors convert
		}
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// ToBFloat16 rounds to the nearest, to even where two are as near.
func ToBFloat16(x float32) BFloat16 {
	u := math.Float32bits(x)
	if u&(1<<31-1) > 0x7f800000 {
		return BFloat16(u>>16 | 0x40)
	}
	return BFloat16((u + 0x7fff + u>>16&1) >> 16)
}

// Float32 is the number.
func (h BFloat16) Float32() float32 { return math.Float32frombits(uint32(h) << 16) }
