package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Sign sends one bit a number, whether it is less than 0, and has the majority of
// the ranks decide (Bernstein et al., "signSGD: Compressed Optimisation for
// Non-Convex Problems", ICML 2018, Algorithm 3). There are two states only: 0 is
// sent as +1. Decode gives +1 and -1, without a scale, and nothing is fed back, as
// in that paper: lengths are lost for good. A number that is infinite or NaN makes
// all that are sent with it NaN, which one bit cannot tell apart.
var Sign Codec = signCodec{}

type signCodec struct{}

func (signCodec) Name() string   { return "sign" }
func (signCodec) Size(n int) int { return 1 + n/8 + (n%8+7)/8 }
func (signCodec) Vote() bool     { return true }

// What the first byte says; the bits follow it, the first number's lowest.
const (
	allFinite = iota
	notFinite // all bits are 0
)

func (c signCodec) Encode(data []byte, x []float32) {
	bits := data[1:c.Size(len(x))]
	state := byte(allFinite)
	for i := 0; i < len(x); i += 64 {
		word, finite := signs(x[i:min(i+64, len(x))])
		if !finite {
			state = notFinite
		}
		putWord(bits[i/8:], word)
	}
	if state == notFinite {
		clear(bits)
	}
	data[0] = state
	clear(x)
}

// signs has a bit for each of up to 64 numbers, and whether all are finite.
func signs(x []float32) (word uint64, finite bool) {
	var most uint32
	for i, v := range x {
		u := math.Float32bits(v)
		abs := u &^ (1 << 31)
		most = max(most, abs)
		// The sign, but not that of -0: below 0 means sign set and abs of 1 or more.
		negative := uint64(u>>31) & uint64((abs|-abs)>>31)
		word |= negative << i
	}
	return word, most < infinite
}

// putWord writes as much of a word as there is room for.
func putWord(bits []byte, word uint64) {
	if len(bits) >= 8 {
		binary.LittleEndian.PutUint64(bits, word)
		return
	}
	for i := range bits {
		bits[i] = byte(word >> (8 * i))
	}
}

func (c signCodec) Decode(x []float32, data []byte) error {
	if err := checkLength(c, len(x), data); err != nil {
		return err
	}
	bits := data[1:]
	if err := checkSigns(len(x), data[0], bits); err != nil {
		return fmt.Errorf("wire: sign: %w", err)
	}
	if data[0] == notFinite {
		for i := range x {
			x[i] = float32(math.NaN())
		}
		return nil
	}
	one := math.Float32bits(1)
	for i := range x {
		x[i] = math.Float32frombits(one | uint32(bits[i/8]>>(i%8))<<31)
	}
	return nil
}

// checkSigns refuses what Encode does not write for n numbers.
func checkSigns(n int, state byte, bits []byte) error {
	if state > notFinite || state == notFinite && n == 0 {
		return fmt.Errorf("the first byte is %d, it must be 0, or 1 where some number is not finite", state)
	}
	if n%8 != 0 && bits[n/8]>>(n%8) != 0 {
		return fmt.Errorf("there are bits after those of %d numbers", n)
	}
	if state == notFinite {
		for _, b := range bits {
			if b != 0 {
				return fmt.Errorf("there are signs of numbers that are said not to be finite")
			}
		}
	}
	return nil
}
