package plan

import "math"

// normal lowers a standard normal draw per weight: Philox4x32-10 (Salmon et
// al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011), whose counter
// is the element, t and the number of the draw in the program and whose key
// stands for seed and parameter's name, then Box and Muller's transform.
func (b *builder) normal() *node {
	b.draws++
	index := b.op(Index)
	low := b.konstBits(1<<32 - 1)
	t := b.op(And, b.op(Add, b.input(T, "", 0), b.konst(1<<52)), low) // t's low 32 bits
	c := [4]*node{b.op(And, index, low), b.opImm(Shr, 32, index), t, b.konstBits(uint64(b.draws))}
	k := [2]*node{b.input(NameKey, "", 0), b.input(NameKey, "", 1)}
	c = b.philox(c, k)
	fine := b.op(Or, b.opImm(Shl, 20, c[0]), b.opImm(Shr, 12, c[1])) // 52 bits
	u := b.op(Mul, b.op(Add, b.fromBits(fine), b.konst(0.5)), b.konst(0x1p-52))
	angle := b.op(Mul, b.op(Add, b.fromBits(c[2]), b.konst(0.5)), b.konst(2*math.Pi*0x1p-32))
	r := b.op(Sqrt, b.op(Mul, b.konst(-2), b.log(u)))
	return b.narrow(b.op(Mul, r, b.sincos(angle, 1)))
}

// philox is the ten rounds of Philox4x32 on lanes whose low 32 bits count.
func (b *builder) philox(c [4]*node, k [2]*node) [4]*node {
	low := b.konstBits(1<<32 - 1)
	for range 10 {
		p, q := b.op(MulU32, c[0], b.konstBits(0xD2511F53)), b.op(MulU32, c[2], b.konstBits(0xCD9E8D57))
		c = [4]*node{
			b.op(Xor, b.op(Xor, b.opImm(Shr, 32, q), c[1]), k[0]), b.op(And, q, low),
			b.op(Xor, b.op(Xor, b.opImm(Shr, 32, p), c[3]), k[1]), b.op(And, p, low),
		}
		k[0] = b.op(And, b.op(AddI, k[0], b.konstBits(0x9E3779B9)), low)
		k[1] = b.op(And, b.op(AddI, k[1], b.konstBits(0xBB67AE85)), low)
	}
	return c
}
