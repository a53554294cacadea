// Package randwork makes random work for the kernels of a plan, for the tests
// of backends.
package randwork

import (
	"fmt"
	"math"
	"math/rand"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
)

// Forms are the types that weights and states can have.
var Forms = []plan.Options{
	{Type: plan.F32}, {Type: plan.F64}, {Round: plan.F16}, {Round: plan.BF16}, {Low: plan.F16}, {Low: plan.BF16},
	{Type: plan.F32, States: plan.BF16}, {Type: plan.F64, States: plan.BF16},
}

// Build makes the plan of a program as it is, with nothing fixed.
func Build(p *formula.Program, o plan.Options) (*plan.Plan, error) {
	flat, err := formula.Flatten([]formula.Link{{Program: p}})
	if err != nil {
		return nil, err
	}
	q, _ := plan.Specialise(flat, nil, nil)
	return plan.Build(q, o)
}

// data makes numbers of all kinds: NaN, infinities, zeros of both signs,
// denormals, and those in between; or, as they would all be NaN where sums are
// taken, none of these.
func data(r *rand.Rand, t plan.Type, n int, tame bool) plan.Vector {
	v := plan.Make(t, n)
	for i := range n {
		if x := Number(r); !tame || math.Abs(x) < 1e3 {
			v.Set(i, x)
		}
	}
	return v
}

// Number is one of these.
func Number(r *rand.Rand) float64 {
	switch r.Intn(12) {
	case 0:
		special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -1, 1e-45, -1e-40, 5e-324, 1e-310, math.MaxFloat32, math.MaxFloat64, 0.5, 2, 709.7, -745}
		return special[r.Intn(len(special))]
	case 1:
		return float64(r.Intn(20) - 10)
	case 2:
		return r.NormFloat64() * math.Pow(10, float64(r.Intn(80)-40))
	}
	return r.NormFloat64()
}

// Make makes something to run a plan on.
func Make(r *rand.Rand, p *plan.Plan, o plan.Options, n int) *plan.Work {
	w := &plan.Work{N: n, First: r.Intn(1000), Salt: r.Uint32(), Table: make([]float64, p.Slots), Accs: make([]plan.Acc, p.Accs), Scratch: &plan.Scratch{}}
	for i := range w.Table {
		w.Table[i] = Number(r)
	}
	for _, in := range p.Inputs {
		if in.Kind == plan.Const {
			w.Table[in.Slot] = in.Value
		}
	}
	tame := r.Intn(2) == 0
	for _, a := range p.Arrays {
		switch {
		case a.Kind == plan.Grad: // of any type
			w.Arrays = append(w.Arrays, data(r, plan.Type(r.Intn(4)), n, tame))
		case a.Kind == plan.Low:
			w.Arrays = append(w.Arrays, data(r, o.Low, n, tame))
		case a.Kind == plan.State && a.Index < len(p.States) && p.States[a.Index].BF16:
			w.Arrays = append(w.Arrays, data(r, plan.BF16, n, tame))
		case o.Round.Half():
			w.Arrays = append(w.Arrays, data(r, o.Round, n, tame))
		default:
			w.Arrays = append(w.Arrays, data(r, p.Type, n, tame))
		}
	}
	return w
}

// Twin is a copy of a work's data.
func Twin(w *plan.Work) *plan.Work {
	c := *w
	c.Scratch = &plan.Scratch{}
	c.Accs = append([]plan.Acc(nil), w.Accs...)
	c.Arrays = nil
	for _, a := range w.Arrays {
		b := plan.Make(a.Type(), a.Len())
		plan.Copy(b, a)
		c.Arrays = append(c.Arrays, b)
	}
	return &c
}

// Differ says where two works' results differ in a bit, but for NaN.
func Differ(got, want *plan.Work) string {
	unequal := func(x, y float64) bool {
		return math.Float64bits(x) != math.Float64bits(y) && (x == x || y == y)
	}
	for k := range want.Arrays {
		for i := range want.Arrays[k].Len() {
			if x, y := got.Arrays[k].At(i), want.Arrays[k].At(i); unequal(x, y) {
				return fmt.Sprintf("array %d[%d] is %v, expected %v", k, i, x, y)
			}
		}
	}
	for k := range want.Accs {
		for i := range want.Accs[k] {
			if x, y := got.Accs[k][i], want.Accs[k][i]; unequal(x, y) {
				return fmt.Sprintf("accumulator %d[%d] is %v, expected %v", k, i, x, y)
			}
		}
	}
	return ""
}
