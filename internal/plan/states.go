package plan

import "math"

// rounder rounds the states of a plan to bfloat16. To the nearest, a moving
// average whose steps are below half of its last place would never move; up or
// down by chance, the nearer number being the likelier, it is right on average.
type rounder struct {
	b    *builder
	hash *node // 32 bits for each weight, from which two states have their random ones
	used bool  // one of them has
}

// round makes x a bfloat16 number: 16 random bits carry into the upper half of
// its bits or do not, and the lower half is cleared. What is such a number
// already, or infinite, stays as it is.
func (r *rounder) round(x *node) *node {
	b := r.b
	if x.level == perElem && x.typ == F64 {
		x = b.op(ToF32, x)
	}
	sum := b.op(AddI, r.random(), x)
	sum = b.op(Select, b.op(Eq, x, x), sum, b.konst(math.NaN()))
	return b.opImm(Shl, 16, b.opImm(Shr, 16, sum))
}

// random is a whole number below 2^16 for each weight, another one each time.
func (r *rounder) random() *node {
	b := r.b
	if r.used = !r.used; !r.used {
		return b.opImm(Shr, 16, r.hash)
	}
	if r.hash == nil {
		r.hash = b.elementHash()
	} else {
		r.hash = b.op(MulU32, b.op(AddI, b.folded(r.hash, 16), b.bits32(0x9E3779B9)), b.bits32(0xB278E4AD))
	}
	return b.op(And, b.folded(r.hash, 16), b.bits32(0xFFFF))
}

// elementHash hashes the number of a weight, to which the work's salt is added
// that stands for the parameter's name, with two keys that stand for t and the
// seed; its upper bits have yet to be folded into the lower ones. The constants are those of hash-prospector
// (github.com/skeeto/hash-prospector), which searched for the ones that mix best.
func (b *builder) elementHash() *node {
	keys := b.stateKeys()
	h := b.op(Xor, b.intern(nodeKey{op: Index, typ: F32}, node{op: Index, typ: F32, level: perElem}), keys[0])
	h = b.op(MulU32, b.folded(h, 16), b.bits32(0x21F0AAAD))
	h = b.op(Xor, b.folded(h, 15), keys[1])
	return b.op(MulU32, h, b.bits32(0xD35A2D97))
}

// folded mixes a number's upper bits into its lower ones.
func (b *builder) folded(h *node, by int) *node { return b.op(Xor, h, b.opImm(Shr, by, h)) }

// stateKeys are two scalars with 23 random bits each: numbers from 1 to 2, so
// that as float32 they keep all of their bits.
func (b *builder) stateKeys() (keys [2]*node) {
	low, zero := b.konstBits(1<<32-1), b.konst(0)
	seed := [2]*node{b.input(Seed, "", 0), b.input(Seed, "", 1)}
	t := b.op(And, b.op(Add, b.input(T, "", 0), b.konst(1<<52)), low) // t's low 32 bits
	c := b.philox([4]*node{t, zero, zero, zero}, seed)
	for i := range keys {
		keys[i] = b.op(Or, b.op(And, b.opImm(Shl, 29, c[i]), b.konstBits((1<<23-1)<<29)), b.konst(1))
	}
	return keys
}

// bits32 is the constant whose float32 has these bits, which must not be those of a NaN.
func (b *builder) bits32(u uint32) *node { return b.konst(float64(math.Float32frombits(u))) }
