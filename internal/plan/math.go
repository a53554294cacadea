package plan

import "math"

// The elementary functions, lowered to primitives on float64 lanes so that
// every backend and platform gives the same bits. Argument reductions and
// polynomials are the classic ones of Sun's fdlibm; errors stay below two units
// in the last place (pow: and 1.5 more for each unit of |y log x|).

// chain evaluates a polynomial by Horner's rule, highest coefficient first.
func (b *builder) chain(x *node, coefs ...float64) *node {
	p := b.konst(coefs[0])
	for _, c := range coefs[1:] {
		p = b.op(Add, b.op(Mul, p, x), b.konst(c))
	}
	return p
}

// whole is the value of the whole number in the low bits, below 2^52.
func (b *builder) fromBits(x *node) *node {
	const magic = 1 << 52
	return b.op(Sub, b.op(Or, x, b.konst(magic)), b.konst(magic))
}

// power2 is 2^k for whole k in [-1022, 1023].
func (b *builder) power2(k *node) *node {
	return b.opImm(Shl, 52, b.op(Add, k, b.konst(1<<52+1023)))
}

const (
	ln2hi = 6.93147180369123816490e-01
	ln2lo = 1.90821492927058770002e-10
)

// exp is e^x = 2^k e^r with |r| <= ln(2)/2; 2^k is applied in two steps, so
// that results below the normal range are right too.
func (b *builder) exp(x *node) *node {
	k := b.op(Floor, b.op(Add, b.op(Mul, x, b.konst(math.Log2E)), b.konst(0.5)))
	k = b.op(Select, b.op(Lt, b.konst(2000), k), b.konst(2000), b.op(Select, b.op(Lt, k, b.konst(-2000)), b.konst(-2000), k))
	r := b.op(Sub, b.op(Sub, x, b.op(Mul, k, b.konst(ln2hi))), b.op(Mul, k, b.konst(ln2lo)))
	coefs := make([]float64, 14) // of the Taylor series
	for i, f := 0, 1.0; i < len(coefs); i++ {
		coefs[len(coefs)-1-i] = 1 / f
		f *= float64(i + 1)
	}
	p := b.chain(r, coefs...)
	k1 := b.op(Floor, b.op(Mul, k, b.konst(0.5)))
	p = b.op(Mul, b.op(Mul, p, b.power2(k1)), b.power2(b.op(Sub, k, k1)))
	p = b.op(Select, b.op(Lt, b.konst(709.79), x), b.konst(math.Inf(1)), p)
	p = b.op(Select, b.op(Lt, x, b.konst(-745.2)), b.konst(0), p)
	return b.op(Select, b.op(Ne, x, x), x, p)
}

// log is e ln(2) + log(1+f) with 1+f in [sqrt(1/2), sqrt(2)).
func (b *builder) log(x *node) *node {
	small := b.op(Lt, x, b.konst(0x1p-1022))
	scaled := b.op(Select, small, b.op(Mul, x, b.konst(0x1p54)), x)
	e := b.op(Sub, b.fromBits(b.op(And, b.opImm(Shr, 52, scaled), b.konstBits(0x7ff))), b.op(Select, small, b.konst(1023+54), b.konst(1023)))
	m := b.op(Or, b.op(And, scaled, b.konstBits(1<<52-1)), b.konst(1))
	high := b.op(Lt, b.konst(math.Sqrt2), m)
	m = b.op(Select, high, b.op(Mul, m, b.konst(0.5)), m)
	e = b.op(Select, high, b.op(Add, e, b.konst(1)), e)
	f := b.op(Sub, m, b.konst(1))
	s := b.op(Div, f, b.op(Add, f, b.konst(2)))
	z := b.op(Mul, s, s)
	r := b.op(Mul, z, b.chain(z, 1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
		2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01))
	half := b.op(Mul, b.op(Mul, f, f), b.konst(0.5))
	low := b.op(Add, b.op(Mul, s, b.op(Add, half, r)), b.op(Mul, e, b.konst(ln2lo)))
	y := b.op(Sub, b.op(Mul, e, b.konst(ln2hi)), b.op(Sub, b.op(Sub, half, low), f))
	y = b.op(Select, b.op(Eq, x, b.konst(0)), b.konst(math.Inf(-1)), y)
	y = b.op(Select, b.op(Lt, x, b.konst(0)), b.konst(math.NaN()), y)
	y = b.op(Select, b.op(Eq, x, b.konst(math.Inf(1))), x, y)
	return b.op(Select, b.op(Ne, x, x), x, y)
}

// realPower is x^y by exp(y log|x|) with the special cases of IEEE 754's pow:
// for negative x only whole y give a number, odd ones a negative one.
func (b *builder) realPower(x, y *node) *node {
	size := b.op(Abs, x)
	p := b.exp(b.op(Mul, y, b.log(size)))
	p = b.op(Select, b.op(Eq, size, b.konst(1)), b.konst(1), p) // for infinite y too
	half := b.op(Mul, y, b.konst(0.5))
	odd := b.op(Mul, b.op(Eq, b.op(Floor, y), y), b.op(Ne, b.op(Floor, half), half))
	even := b.op(Eq, b.op(Floor, half), half)
	inside := b.op(Mul, b.op(Lt, x, b.konst(0)), b.op(Lt, b.konst(math.Inf(-1)), x))
	undefined := b.op(Select, inside, b.konst(math.NaN()), p)
	signed := b.op(Or, p, b.op(And, x, b.konst(math.Copysign(0, -1))))
	p = b.op(Select, odd, signed, b.op(Select, even, p, undefined))
	p = b.op(Select, b.op(Eq, x, b.konst(1)), b.konst(1), p) // for NaN y too
	return b.op(Select, b.op(Eq, y, b.konst(0)), b.konst(1), p)
}

// sincos is sin(x + quarter*pi/2). Beyond |x| of 1e6 the reduction loses
// digits, beyond 1e15 all of them; what remains is between -1 and 1.
func (b *builder) sincos(x *node, quarter float64) *node {
	k := b.op(Floor, b.op(Add, b.op(Mul, x, b.konst(2/math.Pi)), b.konst(0.5)))
	r := x
	for _, part := range []float64{1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624879595063154e-21} {
		r = b.op(Sub, r, b.op(Mul, k, b.konst(part)))
	}
	r = b.op(Select, b.op(Lt, b.op(Abs, r), b.konst(1)), r, b.op(Mul, x, b.konst(0))) // NaN where x is no number
	z := b.op(Mul, r, r)
	sin := b.op(Add, r, b.op(Mul, b.op(Mul, r, z), b.chain(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08,
		2.75573137070700676789e-06, -1.98412698298579493134e-04, 8.33333333332248946124e-03, -1.66666666666666324348e-01)))
	cos := b.op(Add, b.op(Sub, b.konst(1), b.op(Mul, z, b.konst(0.5))), b.op(Mul, b.op(Mul, z, z), b.chain(z, -1.13596475577881948265e-11,
		2.08757232129817482790e-09, -2.75573143513906633035e-07, 2.48015872894767294178e-05, -1.38888888888741095749e-03, 4.16666666666666019037e-02)))
	q := b.op(Add, k, b.konst(quarter))
	fourth := b.op(Mul, q, b.konst(0.25))
	turn := b.op(Mul, b.op(Sub, fourth, b.op(Floor, fourth)), b.konst(4)) // q mod 4
	y := b.op(Select, b.op(Eq, turn, b.konst(1)), cos, sin)
	y = b.op(Select, b.op(Eq, turn, b.konst(3)), cos, y)
	return b.op(Select, b.op(Lt, b.konst(1.5), turn), b.op(Neg, y), y)
}
