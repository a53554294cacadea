package wire

import (
	"encoding/binary"
	"math"

	"github.com/descent-go/descent/internal/half"
)

// Float16 sends numbers in IEEE half precision: 11 binary digits, in steps of 2^-24
// where they are small. A finite number of more than 65504 is sent as 65504, and
// the rest is fed back.
var Float16 Codec = float16Codec{}

type float16Codec struct{}

func (float16Codec) Name() string   { return "float16" }
func (float16Codec) Size(n int) int { return 2 * n }
func (float16Codec) Vote() bool     { return false }

func (float16Codec) Encode(data []byte, x []float32) {
	for i, v := range x {
		sign, abs := math.Float32bits(v)&(1<<31), magnitude(v)
		if abs > most16 {
			h := saturated16(v)
			binary.LittleEndian.PutUint16(data[2*i:], uint16(h))
			x[i] = lost(v, h.Float32())
			continue
		}
		h, sent := round16(abs)
		binary.LittleEndian.PutUint16(data[2*i:], uint16(sign>>16|h))
		x[i] = v - math.Float32frombits(sign|math.Float32bits(sent))
	}
}

// most16 has the bits of 65504, the largest number.
const most16 = 0x477fe000

func saturated16(x float32) half.Float16 {
	if magnitude(x) < infinite {
		x = float32(math.Copysign(65504, float64(x)))
	}
	return half.ToFloat16(x)
}

// round16 is half.ToFloat16 for the bits of a number from 0 to 65504, and the
// number that it becomes, without a branch. Adding unit16's number leaves steps of
// the half precision number in the last bits of a sum, rounded as all sums are.
func round16(abs uint32) (h uint32, sent float32) {
	unit := unit16(abs >> 23)
	sum := math.Float32frombits(abs) + math.Float32frombits(unit)
	return (unit-126<<23)>>13 + math.Float32bits(sum) - unit, sum - math.Float32frombits(unit)
}

// unit16 is, for numbers of an exponent, the power of 2, in its bits, next to which
// float32 has the steps that they have in half precision.
func unit16(exponent uint32) uint32 { return (max(exponent, 127-14) + 13) << 23 }

func (c float16Codec) Decode(x []float32, data []byte) error {
	if err := checkLength(c, len(x), data); err != nil {
		return err
	}
	for i := range x {
		h := binary.LittleEndian.Uint16(data[2*i:])
		if h&0x7c00 == 0x7c00 {
			x[i] = half.Float16(h).Float32()
			continue
		}
		x[i] = number16(uint32(h))
	}
	return nil
}

// number16 is round16 the other way, with the sign.
func number16(h uint32) float32 {
	abs := h & 0x7fff
	exponent := max(abs>>10, 1) - 1
	unit := (126 + exponent) << 23
	x := math.Float32frombits(unit+abs-exponent<<10) - math.Float32frombits(unit)
	return math.Float32frombits(math.Float32bits(x) | h&0x8000<<16)
}
