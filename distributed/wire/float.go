package wire

import (
	"encoding/binary"
	"math"
)

// Float32 sends numbers as they are, bit for bit.
var Float32 Codec = float32Codec{}

type float32Codec struct{}

func (float32Codec) Name() string   { return "float32" }
func (float32Codec) Size(n int) int { return 4 * n }
func (float32Codec) Vote() bool     { return false }

func (float32Codec) Encode(data []byte, x []float32) {
	for i, v := range x {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(v))
	}
	clear(x)
}

func (c float32Codec) Decode(x []float32, data []byte) error {
	if err := checkLength(c, len(x), data); err != nil {
		return err
	}
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return nil
}

// infinite is infinity's bits: above are those of NaN, below those of finite numbers.
const infinite = 0x7f800000

// magnitude is a number's bits without its sign. They order numbers by their
// absolute values, infinite ones and then NaN last.
func magnitude(x float32) uint32 { return math.Float32bits(x) &^ (1 << 31) }

// lost is what sending x as another number loses, to be fed back.
func lost(x, sent float32) float32 {
	if magnitude(x) >= infinite {
		return 0
	}
	return x - sent
}
