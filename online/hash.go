package online

import (
	"encoding/binary"
	"math/bits"
)

// Hasher turns a name into a number, starting from a seed: the hash of what
// the name is part of.
type Hasher func(name []byte, seed uint32) uint32

// HashAll is MurmurHash3 of 32 bits (Austin Appleby, public domain), which
// Vowpal Wabbit calls --hash all.
func HashAll(name []byte, seed uint32) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h, n := seed, uint32(len(name))
	for ; len(name) >= 4; name = name[4:] {
		h ^= bits.RotateLeft32(binary.LittleEndian.Uint32(name)*c1, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	if len(name) > 0 {
		var k uint32
		for i, b := range name {
			k |= uint32(b) << (8 * i)
		}
		h ^= bits.RotateLeft32(k*c1, 15) * c2
	}
	h ^= n
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// HashStrings is the hash that Vowpal Wabbit uses unless told otherwise: a
// name of digits only is that number plus the seed, any other is HashAll's;
// blanks and control characters around it do not count.
func HashStrings(name []byte, seed uint32) uint32 {
	for len(name) > 0 && name[0] <= ' ' {
		name = name[1:]
	}
	for len(name) > 0 && name[len(name)-1] <= ' ' {
		name = name[:len(name)-1]
	}
	n := uint32(0)
	for _, b := range name {
		if b < '0' || b > '9' {
			return HashAll(name, seed)
		}
		n = 10*n + uint32(b-'0')
	}
	return n + seed
}
