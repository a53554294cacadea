package plan

import "math"

// RunScalar runs scalar code over a table of float64 slots.
func RunScalar(code []Instr, table []float64) {
	for _, in := range code {
		var a, b, c float64
		a = table[^in.A]
		switch in.Op {
		case Mov, Sqrt, Abs, Neg, Floor, Shl, Shr, ToF64, ToF32, Round:
		case Select:
			b, c = table[^in.B], table[^in.C]
		default:
			b = table[^in.B]
		}
		table[in.Dst] = Apply(in.Op, int(in.Imm), a, b, c)
	}
}

// Apply computes one primitive in float64.
func Apply(op Op, imm int, a, b, c float64) float64 {
	switch op {
	case Add:
		return a + b
	case Sub:
		return a - b
	case Mul:
		return a * b
	case Div:
		return a / b
	case Sqrt:
		return math.Sqrt(a)
	case Abs:
		return math.Abs(a)
	case Neg:
		return -a
	case Floor:
		return math.Floor(a)
	case Lt:
		return truth(a < b)
	case Le:
		return truth(a <= b)
	case Eq:
		return truth(a == b)
	case Ne:
		return truth(a != b)
	case Select:
		if a != 0 {
			return b
		}
		return c
	case PowInt:
		return powInt(a, b)
	case ToF32:
		return float64(float32(a))
	case Round:
		return float64(RoundTo(Type(imm), float32(a)))
	case Mov, ToF64:
		return a
	}
	return math.Float64frombits(applyBits(op, imm, math.Float64bits(a), math.Float64bits(b)))
}

func applyBits(op Op, imm int, a, b uint64) uint64 {
	switch op {
	case And:
		return a & b
	case Or:
		return a | b
	case Xor:
		return a ^ b
	case Shl:
		return a << imm
	case Shr:
		return a >> imm
	case AddI:
		return a + b
	}
	return (a & (1<<32 - 1)) * (b & (1<<32 - 1)) // MulU32
}

// powInt is x^n for whole n by repeated squaring, which every platform computes alike.
func powInt(x, n float64) float64 {
	if math.IsNaN(n) {
		return math.NaN()
	}
	n = max(-1<<62, min(n, 1<<62)) // beyond, all powers but those of 1 and -1 are 0 or infinite
	p := 1.0
	for k, sq := uint64(math.Abs(n)), x; k > 0; k >>= 1 {
		if k&1 == 1 {
			p *= sq
		}
		sq *= sq
	}
	switch {
	case n >= 0:
		return p
	case math.IsInf(p, 0) && !math.IsInf(x, 0): // the reciprocal may be a small number
		return powInt(1/x, -n)
	}
	return 1 / p
}
