package interp

import (
	"math"
	"math/rand"
	"testing"

	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randwork"
)

// bitCode is random code that treats numbers as their bits, also those of NaN
// that no arithmetic gives.
func bitCode(r *rand.Rand, typ plan.Type, slots int) []plan.Instr {
	const regs = 5
	code := []plan.Instr{
		{Op: plan.Load, Type: typ, Dst: 0, Imm: 0},
		{Op: plan.Load, Type: typ, Dst: 1, Imm: 1},
		{Op: plan.Index, Type: typ, Dst: 2},
		{Op: plan.MulU32, Type: typ, Dst: 3, A: 1, B: 2},
		{Op: plan.Xor, Type: typ, Dst: 4, A: 0, B: 3},
	}
	ops := []plan.Op{plan.And, plan.Or, plan.Xor, plan.Shl, plan.Shr, plan.AddI, plan.MulU32, plan.Index, plan.Select, plan.Mov, plan.Lt}
	operand := func() plan.Operand { return plan.Operand(r.Intn(regs+slots) - slots) }
	for range 20 {
		in := plan.Instr{Op: ops[r.Intn(len(ops))], Type: typ, Dst: int32(r.Intn(regs)), A: operand(), B: operand(), C: operand()}
		if in.Op == plan.Shl || in.Op == plan.Shr {
			in.Imm = int32(r.Intn(8 * typ.Size()))
		}
		code = append(code, in)
	}
	return append(code,
		plan.Instr{Op: plan.AddI, Type: typ, Dst: 3, A: operand(), B: operand()},
		plan.Instr{Op: plan.AddI, Type: typ, Dst: 4, A: operand(), B: operand()},
		plan.Instr{Op: plan.Store, Type: typ, A: 3, Imm: 1},
		plan.Instr{Op: plan.Store, Type: typ, A: 4, Imm: 0})
}

// lanesOf are the bits of an array.
func lanesOf(v plan.Vector) (lanes []uint64) {
	for _, x := range v.F32 {
		lanes = append(lanes, uint64(math.Float32bits(x)))
	}
	for _, x := range v.F64 {
		lanes = append(lanes, math.Float64bits(x))
	}
	return lanes
}

// Operations on bits give every bit, where lanes are no numbers too.
func TestLanes(t *testing.T) {
	const slots = 4
	sizes := []int{0, 1, 7, 16, 17, 300, 1000}
	for seed := range int64(400) {
		r := rand.New(rand.NewSource(seed))
		typ := plan.Type(seed % 2)
		s := plan.Segment{Code: bitCode(r, typ, slots), Regs: [2]int{5, 5}}
		p := &plan.Plan{Type: typ, Slots: slots, Arrays: []plan.Array{{Kind: plan.Weights}, {Kind: plan.State}}, Phases: []plan.Phase{{Segments: []plan.Segment{s}}}}
		got := randwork.Make(r, p, plan.Options{Type: typ}, sizes[r.Intn(len(sizes))])
		got.First = r.Int()
		got.Table[0] = float64(math.Float32frombits(r.Uint32()))
		for _, a := range got.Arrays {
			for i := range a.F32 {
				a.F32[i] = math.Float32frombits(r.Uint32() | uint32(r.Intn(2)*0x7f800000))
			}
			for i := range a.F64 {
				a.F64[i] = math.Float64frombits(r.Uint64() | uint64(r.Intn(2))*0x7ff<<52)
			}
		}
		want := randwork.Twin(got)
		Backend{}.Compile(p)[0][0].Run(got)
		naive(p, &s, want)
		for k := range want.Arrays {
			x, y := lanesOf(got.Arrays[k]), lanesOf(want.Arrays[k])
			for i := range y {
				if x[i] != y[i] {
					t.Fatalf("seed %d: array %d[%d] is %#x, expected %#x\n%v", seed, k, i, x[i], y[i], s.Code)
				}
			}
		}
	}
}
