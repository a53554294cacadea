package wire

import (
	"encoding/binary"
	"math"

	"github.com/descent-go/descent/internal/half"
)

// BFloat16 sends the upper half of float32's bits: its range, 8 binary digits.
// Finite numbers stay finite: above the largest that one is sent, and the rest is
// fed back.
var BFloat16 Codec = bfloat16Codec{}

type bfloat16Codec struct{}

func (bfloat16Codec) Name() string   { return "bfloat16" }
func (bfloat16Codec) Size(n int) int { return 2 * n }
func (bfloat16Codec) Vote() bool     { return false }

func (bfloat16Codec) Encode(data []byte, x []float32) {
	for i, v := range x {
		h := half.ToBFloat16(v)
		if magnitude(v) > mostB16 {
			h = saturatedB16(v)
		}
		binary.LittleEndian.PutUint16(data[2*i:], uint16(h))
		x[i] = lost(v, h.Float32())
	}
}

// mostB16 has the bits of the largest number.
const mostB16 = 0x7f7f0000

func saturatedB16(x float32) half.BFloat16 {
	if magnitude(x) < infinite {
		return half.BFloat16(math.Float32bits(x) >> 16) // cut, not rounded
	}
	return half.ToBFloat16(x)
}

func (c bfloat16Codec) Decode(x []float32, data []byte) error {
	if err := checkLength(c, len(x), data); err != nil {
		return err
	}
	for i := range x {
		x[i] = half.BFloat16(binary.LittleEndian.Uint16(data[2*i:])).Float32()
	}
	return nil
}
