package plan

import "testing"

// Known answers of Random123, the generator's first implementation.
func TestPhilox(t *testing.T) {
	const ones = 1<<32 - 1
	for _, v := range []struct {
		counter [4]uint64
		key     [2]uint64
		want    [4]uint64
	}{
		{[4]uint64{}, [2]uint64{}, [4]uint64{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint64{ones, ones, ones, ones}, [2]uint64{ones, ones}, [4]uint64{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint64{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint64{0xa4093822, 0x299f31d0}, [4]uint64{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		b := &builder{nodes: map[nodeKey]*node{}}
		var c [4]*node
		for i := range c {
			c[i] = b.konstBits(v.counter[i])
		}
		for i, n := range b.philox(c, [2]*node{b.konstBits(v.key[0]), b.konstBits(v.key[1])}) {
			if n.bits != v.want[i] {
				t.Errorf("counter %x, key %x: word %d is %08x, expected %08x", v.counter, v.key, i, n.bits, v.want[i])
			}
		}
	}
}
