package plan

import (
	"math"
	"math/rand"
	"strconv"
	"testing"

	"github.com/descent-go/descent/internal/half"
)

// lanes runs a plan's only segment for one weight, register by register as
// bits, and gives what it stores.
func lanes(p *Plan, table []float64, index uint32, load map[Array]float64) map[Array]float64 {
	seg, stored := &p.Phases[0].Segments[0], map[Array]float64{}
	var regs [2][]uint64
	regs[F32], regs[F64] = make([]uint64, seg.Regs[F32]), make([]uint64, seg.Regs[F64])
	bits := func(t Type, x float64) uint64 {
		if t == F32 {
			return uint64(math.Float32bits(float32(x)))
		}
		return math.Float64bits(x)
	}
	value := func(t Type, u uint64) float64 {
		if t == F32 {
			return float64(math.Float32frombits(uint32(u)))
		}
		return math.Float64frombits(u)
	}
	get := func(t Type, o Operand) uint64 {
		if slot, ok := o.Slot(); ok {
			return bits(t, table[slot])
		}
		return regs[t][o]
	}
	for _, in := range seg.Code {
		var a, b, c uint64
		switch t := in.Type; in.Op {
		case Load:
			regs[t][in.Dst] = bits(t, load[p.Arrays[in.Imm]])
			continue
		case Index:
			regs[t][in.Dst] = uint64(index)
			continue
		case Store:
			stored[p.Arrays[in.Imm]] = value(t, get(t, in.A))
			continue
		case ToF32:
			regs[F32][in.Dst] = bits(F32, value(F64, get(F64, in.A)))
			continue
		case Select:
			c = get(t, in.C)
			fallthrough
		case Add, Sub, Mul, Div, Lt, Le, Eq, Ne, And, Or, Xor, AddI, MulU32:
			b = get(t, in.B)
			fallthrough
		default:
			a = get(t, in.A)
		}
		switch in.Op {
		case And, Or, Xor, Shl, Shr, AddI, MulU32:
			if regs[in.Type][in.Dst] = applyBits(in.Op, int(in.Imm), a, b); in.Type == F32 {
				regs[F32][in.Dst] &= 1<<32 - 1
			}
		case Select:
			if regs[in.Type][in.Dst] = c; value(in.Type, a) != 0 {
				regs[in.Type][in.Dst] = b
			}
		default:
			x := Apply(in.Op, int(in.Imm), value(in.Type, a), value(in.Type, b), 0)
			regs[in.Type][in.Dst] = bits(in.Type, x)
		}
	}
	return stored
}

// keysOf are the keys of a step as bits of float32, computed with the generator's known answers.
func keysOf(t uint64, seed [2]uint64) (keys [2]uint32) {
	b := &builder{nodes: map[nodeKey]*node{}}
	zero := b.konst(0)
	c := b.philox([4]*node{b.konstBits(t), zero, zero, zero}, [2]*node{b.konstBits(seed[0]), b.konstBits(seed[1])})
	for i := range keys {
		keys[i] = 0x3F800000 | uint32(c[i].bits)&(1<<23-1)
	}
	return keys
}

// randoms are the random numbers of four states.
func randoms(index uint32, keys [2]uint32) (r [4]uint32) {
	h := index ^ keys[0]
	h ^= h >> 16
	h *= 0x21F0AAAD
	h = h ^ h>>15 ^ keys[1]
	h *= 0xD35A2D97
	h ^= h >> 16
	next := (h + 0x9E3779B9) * 0xB278E4AD
	next ^= next >> 16
	return [4]uint32{h & 0xFFFF, h >> 16, next & 0xFFFF, next >> 16}
}

// stochastic rounds by a random number.
func stochastic(x float64, random uint32) float64 {
	if x != x {
		return x
	}
	return float64(math.Float32frombits((math.Float32bits(float32(x)) + random) &^ 0xFFFF))
}

const fourStates = `state a, b, c, d
	x = a + b + c + d
	a = g; b = g; c = 2*g; d = 0.3
	w = w - x`

// A state is rounded by its random number: whatever type it is computed in,
// what is no number or infinite stays so, and weights are not rounded.
func TestStochasticRounding(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	special := []float64{0, math.Copysign(0, -1), 1, -1, 1.0078125, 1e-40, -5e-45, math.Inf(1), math.Inf(-1), math.NaN(), math.Float64frombits(1<<63 - 1), math.MaxFloat32, 0x1.fep127, 1e300}
	for _, typ := range []Type{F32, F64} {
		p := build(t, fourStates, Options{Type: typ, States: BF16})
		for i := range 2000 {
			g, index, step, seed := r.NormFloat64(), r.Uint32(), uint64(r.Uint32()), [2]uint64{uint64(r.Uint32()), uint64(r.Uint32())}
			if i < len(special) {
				g = special[i]
			}
			stored := lanes(p, rounding(p, step, seed), index, map[Array]float64{{Grad, 0}: g, {Weights, 0}: 1.234567})
			random := randoms(index, keysOf(step, seed))
			x := g
			if typ == F32 {
				x = float64(float32(g))
			}
			for k, x := range [4]float64{x, x, 2 * x, 0.3} {
				got, want := stored[Array{State, k}], stochastic(x, random[k])
				if math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) {
					t.Fatalf("%v is stored as %v, expected %v", x, got, want)
				}
				if kept := float64(half.ToBFloat16(float32(got)).Float32()); kept != got && got == got {
					t.Fatalf("%v is stored as %v, which is no bfloat16", x, got)
				}
			}
			if w := stored[Array{Weights, 0}]; w != 1.234567 && w != float64(float32(1.234567)) {
				t.Fatalf("the weight is %v", w)
			}
		}
	}
	if p := build(t, fourStates, Options{States: F16}); count(p)[MulU32] != 0 {
		t.Error("states that are no bfloat16 are rounded")
	}
}

// rounding is the table of a plan in a step.
func rounding(p *Plan, step uint64, seed [2]uint64) []float64 {
	table := scalars(p, func(in Input) float64 {
		if in.Kind == Seed {
			return math.Float64frombits(seed[in.Index])
		}
		return float64(step)
	})
	RunScalar(p.Phases[0].Group, table)
	return table
}

// The rest of a step sees a state as it was before it was rounded.
func TestRoundedLast(t *testing.T) {
	p := build(t, "state m\nm = m + g; w = w - m", Options{States: BF16})
	const g = 1.001
	stored := lanes(p, rounding(p, 1, [2]uint64{}), 0, map[Array]float64{{Grad, 0}: g})
	if w := stored[Array{Weights, 0}]; w != float64(-float32(g)) {
		t.Errorf("the weight is %v, expected %v", w, -float32(g))
	}
	if m := stored[Array{State, 0}]; m != 1 && m != 1.0078125 {
		t.Errorf("the state is %v", m)
	}
}

// spread collects numbers that should be 0 on average and independent.
type spread struct{ n, sum, squares float64 }

func (s *spread) add(x float64) { s.n, s.sum, s.squares = s.n+1, s.sum+x, s.squares+x*x }

// sigmas is how many standard deviations the mean is away from 0.
func (s *spread) sigmas() float64 { return s.sum / math.Sqrt(s.squares) }

// On average a rounded number is what it was: over steps and over weights, in
// every state, and errors say nothing about those of other states, steps, weights, parameters and seeds.
func TestUnbiased(t *testing.T) {
	const steps, weights = 400, 400
	x := [4]float64{1.001, -0.7, 3e-5, 123.456}
	spreads := map[string]*spread{}
	note := func(name string, x float64) {
		if spreads[name] == nil {
			spreads[name] = &spread{}
		}
		spreads[name].add(x)
	}
	errors := func(i int, keys [2]uint32) (e [4]float64) {
		for k, r := range randoms(uint32(i), keys) {
			e[k] = stochastic(x[k], r)/float64(float32(x[k])) - 1
		}
		return e
	}
	var before [weights][4]float64
	for step := range uint64(steps) {
		keys, others := keysOf(step, [2]uint64{5, 2}), keysOf(step, [2]uint64{3, 2})
		for i := range weights {
			e, next, far := errors(i, keys), errors(i+1, keys), errors(i+8, keys)
			other, seeded := errors(i+0x1234567, keys), errors(i, others)
			for k := range e {
				of := " of state " + string(rune('a'+k))
				note("errors"+of, e[k])
				note("errors"+of+" in weight "+strconv.Itoa(i), e[k])
				note("errors"+of+" in step "+strconv.Itoa(int(step)), e[k])
				note("times the next state's"+of, e[k]*e[(k+1)%4])
				note("times the next but one's"+of, e[k]*e[(k+2)%4])
				note("times the step's before"+of, e[k]*before[i][k])
				note("times the neighbour's"+of, e[k]*next[k])
				note("times the neighbour's eight away"+of, e[k]*far[k])
				note("times another parameter's"+of, e[k]*other[k])
				note("times another seed's"+of, e[k]*seeded[k])
			}
			before[i] = e
		}
	}
	for name, s := range spreads {
		if z := s.sigmas(); !(math.Abs(z) < 4.5) {
			t.Errorf("%s: %.1f standard deviations from 0", name, z)
		}
	}
}

// Every random number is as likely as any other, and the numbers of weights
// change in half of their bits when one bit of the weight's number does.
func TestRandomBits(t *testing.T) {
	const n = 1 << 20
	keys := keysOf(3, [2]uint64{7, 8})
	var seen [4][1 << 16]float64
	var flips [32][4]float64
	for i := range uint32(n) {
		at := randoms(i, keys)
		for k, r := range at {
			seen[k][r]++
		}
		if i%64 == 0 {
			for bit := range flips {
				for k, r := range randoms(i^1<<bit, keys) {
					for x := r ^ at[k]; x > 0; x &= x - 1 {
						flips[bit][k]++
					}
				}
			}
		}
	}
	for k := range seen {
		chi := 0.0
		for _, have := range seen[k] {
			d := have - n/(1<<16)
			chi += d * d / (n / (1 << 16))
		}
		if z := (chi - (1<<16 - 1)) / math.Sqrt(2*(1<<16-1)); z > 4.5 {
			t.Errorf("state %d: chi-square is %.1f standard deviations off", k, z)
		}
		for bit := range flips {
			if share := flips[bit][k] / (n / 64) / 16; share < 0.48 || share > 0.52 {
				t.Errorf("state %d: bit %d flips a share of %.3f", k, bit, share)
			}
		}
	}
}

// Where the arithmetic rounds every result to bfloat16, states keep them.
func TestRoundedAlready(t *testing.T) {
	p := build(t, "state m\nm = 0.9*m + g; w = w - m", Options{Round: BF16, States: BF16})
	for i := range uint32(100) {
		stored := lanes(p, rounding(p, 5, [2]uint64{uint64(i), 1}), i, map[Array]float64{{Grad, 0}: 1.3, {State, 0}: 0.7})
		if m, w := stored[Array{State, 0}], stored[Array{Weights, 0}]; m != -w {
			t.Fatalf("the state is %v, the weight %v", m, w)
		}
	}
}
