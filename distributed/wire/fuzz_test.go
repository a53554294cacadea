package wire

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// FuzzDecode decodes any bytes. What is taken decodes to the same when it is encoded
// again (but for the bits of a NaN, and the sign of a 0 that topk need not send), and
// where nothing is rounded has the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add(uint8(3), uint16(9), []byte{0, 0x14, 1})
	f.Add(uint8(3), uint16(9), []byte{1, 0, 0})
	f.Add(uint8(4), uint16(2), []byte{1, 0, 0, 0, 0, 0, 0x80, 0x3f})
	f.Add(uint8(1), uint16(2), []byte{0, 0x7c, 1, 0x7c})
	f.Fuzz(func(t *testing.T, which uint8, n uint16, data []byte) {
		all := codecs(t)
		c := all[int(which)%len(all)]
		x := slices.Repeat([]float32{42}, int(n))
		if err := c.Decode(x, data); err != nil {
			if slices.ContainsFunc(x, func(v float32) bool { return v != 42 }) {
				t.Fatalf("%s: error %v, and the numbers have changed", c.Name(), err)
			}
			return
		}
		again, got := send(t, c, slices.Clone(x))
		for i, v := range x {
			zeros := got[i] == 0 && v == 0 && strings.HasPrefix(c.Name(), "topk")
			if zeros || got[i] != got[i] && v != v {
				got[i] = v
			}
		}
		if !same(x, got) {
			t.Fatalf("%s: %v becomes %v", c.Name(), x, got)
		}
		exact := c == Float32 || c == Sign
		if exact && !bytes.Equal(data, again) {
			t.Fatalf("%s: %x is read, %x written", c.Name(), data, again)
		}
	})
}

// FuzzEncode sends any numbers.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{0, 0, 0x80, 0x3f, 0, 0, 0x80, 0xff, 1, 0, 0x80, 0x7f})
	f.Fuzz(func(t *testing.T, raw []byte) {
		x := make([]float32, len(raw)/4)
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		for _, c := range codecs(t) {
			rest := slices.Clone(x)
			_, got := send(t, c, rest)
			for i, v := range rest {
				if magnitude(v) >= infinite {
					t.Fatalf("%s: of %v %v is fed back", c.Name(), x[i], v)
				}
			}
			if slices.ContainsFunc(x, func(v float32) bool { return magnitude(v) >= infinite }) !=
				slices.ContainsFunc(got, func(v float32) bool { return magnitude(v) >= infinite }) {
				t.Fatalf("%s: %v becomes %v", c.Name(), x, got)
			}
		}
	})
}
