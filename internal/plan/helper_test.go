package plan

import (
	"math"
	"testing"

	"github.com/descent-go/descent/formula"
)

// program parses and flattens a formula.
func program(t testing.TB, text string) *formula.Program {
	t.Helper()
	p, err := formula.Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	flat, err := formula.Flatten([]formula.Link{{Program: p}})
	if err != nil {
		t.Fatal(err)
	}
	return flat
}

func build(t testing.TB, text string, o Options) *Plan {
	t.Helper()
	p, _ := Specialise(program(t, text), nil, nil)
	plan, err := Build(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// walk runs a plan's only segment for one weight and gives the new weight.
func walk(p *Plan, table []float64, index uint64, load map[ArrayKind]float64) (w float64) {
	seg := &p.Phases[0].Segments[0]
	regs := make([]float64, seg.Regs[F64])
	get := func(o Operand) float64 {
		if slot, ok := o.Slot(); ok {
			return table[slot]
		}
		return regs[o]
	}
	for _, in := range seg.Code {
		switch in.Op {
		case Load:
			regs[in.Dst] = load[p.Arrays[in.Imm].Kind]
		case Index:
			regs[in.Dst] = math.Float64frombits(index)
		case Store:
			w = get(in.A)
		case Mov, Sqrt, Abs, Neg, Floor, Shl, Shr:
			regs[in.Dst] = Apply(in.Op, int(in.Imm), get(in.A), 0, 0)
		case Select:
			regs[in.Dst] = Apply(in.Op, 0, get(in.A), get(in.B), get(in.C))
		default:
			regs[in.Dst] = Apply(in.Op, int(in.Imm), get(in.A), get(in.B), 0)
		}
	}
	return w
}

// scalars makes a table from a function of the inputs and runs the group's code on it.
func scalars(p *Plan, input func(Input) float64) []float64 {
	table := make([]float64, p.Slots)
	for _, in := range p.Inputs {
		if in.Kind == Const {
			table[in.Slot] = in.Value
		} else {
			table[in.Slot] = input(in)
		}
	}
	RunScalar(p.Phases[0].Group, table)
	return table
}

// function is a formula in w and g for one weight, lowered as for a vector.
func function(t testing.TB, x string) func(w, g float64) float64 {
	t.Helper()
	p := build(t, "w = "+x, Options{Type: F64})
	table := scalars(p, func(Input) float64 { return math.NaN() })
	return func(w, g float64) float64 {
		return walk(p, table, 0, map[ArrayKind]float64{Weights: w, Grad: g})
	}
}

// scalarFunction is a formula in hyperparameters a and b, lowered as for a scalar.
func scalarFunction(t testing.TB, x string) func(a, b float64) float64 {
	t.Helper()
	p := build(t, "hyper a = 1, b = 1\nw = "+x, Options{Type: F64})
	return func(a, b float64) float64 {
		table := scalars(p, func(in Input) float64 { return map[string]float64{"a": a, "b": b}[in.Name] })
		return walk(p, table, 0, nil)
	}
}

// count counts the operations of vector code.
func count(p *Plan) map[Op]int {
	n := map[Op]int{}
	for _, ph := range p.Phases {
		for _, s := range ph.Segments {
			for _, in := range s.Code {
				n[in.Op]++
			}
		}
	}
	return n
}

// countScalars counts the operations of scalar code.
func countScalars(p *Plan) map[Op]int {
	n := map[Op]int{}
	for _, ph := range append([]Phase{p.Final}, p.Phases...) {
		for _, in := range append(ph.Group[:len(ph.Group):len(ph.Group)], ph.Param...) {
			n[in.Op]++
		}
	}
	return n
}
