package wire

import (
	"math/rand/v2"
	"testing"
)

// Benchmark has 64 ki numbers encoded and decoded; MB/s are of float32.
func Benchmark(b *testing.B) {
	x := make([]float32, 1<<16)
	for i := range x {
		x[i] = float32(rand.NormFloat64() * 1e-3)
	}
	rest := make([]float32, len(x))
	for _, c := range codecs(b)[:5] {
		data := make([]byte, c.Size(len(x)))
		b.Run(c.Name()+"/encode", func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				copy(rest, x) // which Encode changes
				c.Encode(data, rest)
			}
		})
		b.Run(c.Name()+"/decode", func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				if err := c.Decode(rest, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
