package interp

import (
	"maps"
	"math"
	"math/rand"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randprog"
	"github.com/descent-go/descent/internal/randwork"
)

// naive runs a segment weight by weight, instruction by instruction.
func naive(p *plan.Plan, s *plan.Segment, w *plan.Work) {
	f32, f64 := make([]float32, s.Regs[plan.F32]), make([]float64, s.Regs[plan.F64])
	for i := range w.N {
		from32 := func(o plan.Operand) float32 {
			if slot, ok := o.Slot(); ok {
				return float32(w.Table[slot])
			}
			return f32[o]
		}
		from64 := func(o plan.Operand) float64 {
			if slot, ok := o.Slot(); ok {
				return w.Table[slot]
			}
			return f64[o]
		}
		for _, in := range s.Code {
			if in.Op == plan.Load || in.Op == plan.Store {
			}
			switch {
			case in.Op == plan.Load && in.Type == plan.F32 && w.Arrays[in.Imm].F32 != nil:
				f32[in.Dst] = w.Arrays[in.Imm].F32[i]
			case in.Op == plan.Load && in.Type == plan.F32:
				f32[in.Dst] = float32(w.Arrays[in.Imm].At(i))
			case in.Op == plan.Load:
				f64[in.Dst] = w.Arrays[in.Imm].At(i)
			case in.Op == plan.Store && in.Type == plan.F32 && w.Arrays[in.Imm].F32 != nil:
				w.Arrays[in.Imm].F32[i] = from32(in.A)
			case in.Op == plan.Store && in.Type == plan.F32:
				w.Arrays[in.Imm].Set(i, float64(from32(in.A)))
			case in.Op == plan.Store:
				w.Arrays[in.Imm].Set(i, from64(in.A))
			case in.Op == plan.Index:
				n := uint64(w.First + i)
				if in.Type == plan.F32 {
					f32[in.Dst] = math.Float32frombits(w.Salt + uint32(n))
				} else {
					f64[in.Dst] = math.Float64frombits(n)
				}
			case in.Op == plan.AccSum:
				w.Accs[in.Imm][i%plan.Lanes] += from64(in.A)
			case in.Op == plan.AccMax:
				acc := &w.Accs[in.Imm][i%plan.Lanes]
				*acc = plan.Combine(true, *acc, from64(in.A))
			case in.Op == plan.Round:
				f32[in.Dst] = plan.RoundTo(plan.Type(in.Imm), from32(in.A))
			case in.Op == plan.ToF64:
				f64[in.Dst] = float64(from32(in.A))
			case in.Op == plan.ToF32:
				f32[in.Dst] = float32(from64(in.A))
			case in.Type == plan.F32:
				f32[in.Dst] = apply32(in, from32)
			default:
				f64[in.Dst] = apply64(in, from64)
			}
		}
	}
}

func apply64(in plan.Instr, from func(plan.Operand) float64) float64 {
	var x [3]float64
	for i, o := range [3]plan.Operand{in.A, in.B, in.C} {
		if i < in.Op.Arity() {
			x[i] = from(o)
		}
	}
	return plan.Apply(in.Op, int(in.Imm), x[0], x[1], x[2])
}

func apply32(in plan.Instr, from func(plan.Operand) float32) float32 {
	var x [3]float32
	for i, o := range [3]plan.Operand{in.A, in.B, in.C} {
		if i < in.Op.Arity() {
			x[i] = from(o)
		}
	}
	is := func(b bool) float32 {
		if b {
			return 1
		}
		return 0
	}
	switch in.Op {
	case plan.Mov:
		return x[0]
	case plan.Add:
		return x[0] + x[1]
	case plan.Sub:
		return x[0] - x[1]
	case plan.Mul:
		return x[0] * x[1]
	case plan.Div:
		return x[0] / x[1]
	case plan.Sqrt:
		return float32(math.Sqrt(float64(x[0])))
	case plan.Abs:
		return math.Float32frombits(math.Float32bits(x[0]) &^ (1 << 31))
	case plan.Neg:
		return math.Float32frombits(math.Float32bits(x[0]) ^ 1<<31)
	case plan.Floor:
		return float32(math.Floor(float64(x[0])))
	case plan.Lt:
		return is(x[0] < x[1])
	case plan.Le:
		return is(x[0] <= x[1])
	case plan.Eq:
		return is(x[0] == x[1])
	case plan.Ne:
		return is(x[0] != x[1])
	case plan.Select:
		if x[0] != 0 {
			return x[1]
		}
		return x[2]
	}
	u, v := math.Float32bits(x[0]), math.Float32bits(x[1])
	switch in.Op {
	case plan.And:
		u &= v
	case plan.Or:
		u |= v
	case plan.Xor:
		u ^= v
	case plan.Shl:
		u <<= in.Imm
	case plan.Shr:
		u >>= in.Imm
	case plan.AddI:
		u += v
	case plan.MulU32:
		u *= v
	default:
		panic(in.Op.String() + " has no float32 form")
	}
	return math.Float32frombits(u)
}

// compare runs every segment of a plan both ways.
func compareBits(t *testing.T, r *rand.Rand, program *formula.Program, o plan.Options, n int, what any) {
	t.Helper()
	p := build(t, program, o)
	kernels := Backend{}.Compile(p)
	for i := range p.Phases {
		for j := range p.Phases[i].Segments {
			got := randwork.Make(r, p, o, n)
			want := randwork.Twin(got)
			kernels[i][j].Run(got)
			naive(p, &p.Phases[i].Segments[j], want)
			if at := randwork.Differ(got, want); at != "" {
				t.Fatalf("phase %d, segment %d, %d weights: %s\n%v", i, j, n, at, what)
			}
		}
	}
}

func build(t *testing.T, p *formula.Program, o plan.Options) *plan.Plan {
	t.Helper()
	pl, err := randwork.Build(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return pl
}

// bitsOf compares one random program on random data.
func bitsOf(t *testing.T, seed int64, n int) {
	r := rand.New(rand.NewSource(seed))
	p := randprog.Program(r, randprog.Options{Grad: r.Intn(3) == 0})
	for _, o := range randwork.Forms {
		o.RowIsElem = r.Intn(4) == 0
		compareBits(t, r, p, o, n, p)
	}
}

// The interpreter gives the bits of a naive walk.
func TestBits(t *testing.T) {
	sizes := []int{0, 1, 3, 16, 17, 35, 1000, maxBlock - 1, maxBlock, maxBlock + 1}
	for seed := range int64(150) {
		bitsOf(t, seed, sizes[seed%int64(len(sizes))])
	}
}

func FuzzBits(f *testing.F) {
	f.Add(int64(1), uint16(17))
	f.Fuzz(func(t *testing.T, seed int64, n uint16) { bitsOf(t, seed, int(n%2048)) })
}

// Formulas that random ones seldom come near.
func TestBitsByHand(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{
		"hyper lr = 0.1, b1 = 0.9, b2 = 0.99, eps = 1e-8\nstate m, v\nm = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; w = w - lr*(m/(1-b1^t))/(sqrt(v/(1-b2^t)) + eps)",
		"hyper a = 0.1, b = 2\nx = a*w; y = b*g; w = x - y + (a*g - w) - (w - b*g) + x*x",                  // products read once and more often
		"hyper a = 0.1\nx = a*w; y = x - x; z = (a*g) + (a*g); w = y + z - a*w + (0 - a*g)",                // both sides the same
		"hyper a = 0.1\nw = (a - g)*(a/w) - (g - a)/(w + a) + a*(mod(g, a))",                               // scalars on either side
		"hyper a = 0.1\nw = (w*g*a + 2)*g + 1 - a*w/(2 - g)*a + (a - w*g) - a*(w*g - a)",                   // products with sums after them
		"hyper a = 0.1\nw = sqrt(w*a + 2) - a*sqrt(g - a) + sqrt(a - g)/a - (0 - sqrt(w))",                 // roots
		"hyper a = 0.1\nstate m\nm = w - a*g*g - (w - (m + g)) + (0 - (w - w)); w = w*g - (g - w - m*0.5)", // zeros of either sign
		"scalar a, b\na = dot(g, w); b = dot(w*g, g); w = w - norm(w - g)*(a + b)",                         // products summed
		"state a, b\nc = a; a = b; b = c; w = w - a",                                                       // arrays that change places
		"state v\nv = 0.5; w = v",
		"w = float16(seen)",
		"w = where(g > 0, 1, -1) + max(w, g) + sign(g) + clip(w, -1, g) + floor(g) - abs(-w)",
		"w = exp(w) + log(g) + sin(w) + cos(g) + abs(w)^g + w^3 + w^-2 + normal()",
		"hyper lr = 0.1\nstate row r\nscalar s\nr = r + row.max(g); s = s + dot(g, w); w = w - lr*g/(r + s + norm(row.mean(w)*g) + all.max(abs(g)) + all.norm(w))",
	} {
		p, err := formula.Parse("hand", text)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range randwork.Forms {
			for _, n := range []int{1, 16, 1000} {
				compareBits(t, r, p, o, n, text)
				o.RowIsElem = true
				compareBits(t, r, p, o, n, text)
				o.RowIsElem = false
			}
		}
	}
	p, _ := formula.Parse("long", "hyper lr = 0.1\nstate m\nm = lr*m - g; w = w + m - lr*norm(g)")
	compareBits(t, r, p, plan.Options{}, 100_003, "long")
}

// One memory may be two arrays: the weights are also those at which the gradient was taken.
func TestSameMemory(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{
		"state m\nm = m + g; w = w - g - m*(w - 0.5*seen)",
		"state m\nw = w - g*m; m = m + seen*g", // the weights are ready before those seen are read
		"state m\nold = w; w = seen - g*m; m = m + old*g",
	} {
		program, err := formula.Parse("same", text)
		if err != nil {
			t.Fatal(err)
		}
		p := build(t, program, plan.Options{})
		at := map[plan.ArrayKind]int{}
		for i, a := range p.Arrays {
			at[a.Kind] = i
		}
		got := randwork.Make(r, p, plan.Options{}, 100)
		want := randwork.Twin(got)
		for _, w := range []*plan.Work{got, want} {
			w.Arrays[at[plan.Seen]] = w.Arrays[at[plan.Weights]]
		}
		Backend{}.Compile(p)[0][0].Run(got)
		naive(p, &p.Phases[0].Segments[0], want)
		if at := randwork.Differ(got, want); at != "" {
			t.Errorf("%s: %s", text, at)
		}
	}
}

// What fuses into which forms, how many values are made where they are stored,
// and how many scalars fill blocks.
func TestFused(t *testing.T) {
	for _, c := range []struct {
		text           string
		ops            map[plan.Op]int
		placed, filled int
	}{
		{"hyper lr = 0.1\nw = w - lr*g", map[plan.Op]int{linear: 1}, 1, 0},
		{"hyper lr = 0.1, b1 = 0.9, b2 = 0.99\nstate m, v\nm = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; w = w - lr*m/(sqrt(v/(1-b2^t)) + 1e-8)",
			map[plan.Op]int{linear: 1, product: 1, root: 1, quotient: 1}, 3, 0},
		{"hyper lr = 0.1\nx = lr*g; w = w - x + x*x", map[plan.Op]int{affine: 1, linear: 1, product: 1}, 1, 0},
		{"hyper lr = 0.1\nw = where(g < lr, w, g)", map[plan.Op]int{pick: 1}, 1, 1},
		{"hyper lr = 0.1\nw = (w*g*lr + 2)*g + 1 - lr*w/(2 - g)", map[plan.Op]int{times: 2, affine: 1, quotient: 1}, 1, 0},
		{"hyper a = 0.1\nstate v\nv = a*v - g; w = w + a*v - g", map[plan.Op]int{linear: 1, sum3: 1}, 2, 0},
		{"state a, b\nc = a; a = b; b = c; w = w - a", map[plan.Op]int{plan.Mov: 2, linear: 1}, 2, 0},
	} {
		p, err := formula.Parse("fused", c.text)
		if err != nil {
			t.Fatal(err)
		}
		k := Backend{}.Compile(build(t, p, plan.Options{}))[0][0].(*kernel)
		ops, placed := map[plan.Op]int{}, 0
		for _, in := range k.code {
			if in.into >= 0 {
				placed++
			}
			if in.op != plan.Load && in.op != plan.Store {
				ops[in.op]++
			}
		}
		if filled := len(k.filled[plan.F32]); !maps.Equal(ops, c.ops) || placed != c.placed || filled != c.filled {
			t.Errorf("%s: operations %v, %d values placed, %d scalars fill blocks, expected %v, %d and %d", c.text, ops, placed, filled, c.ops, c.placed, c.filled)
		}
	}
}
