package randprog

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
)

// Every feature turns up, and is gone where it is switched off.
func TestFeatures(t *testing.T) {
	features := []struct {
		name string
		off  Options
		has  func(*formula.Program) bool
	}{
		{"grad", Options{}, func(p *formula.Program) bool { return p.Reads("grad") }},
		{"reductions", Options{Grad: true, NoReductions: true}, calls("norm", "sum", "mean", "dot")},
		{"all", Options{Grad: true, NoAll: true}, calls("all.norm", "all.sum", "all.mean", "all.max", "all.dot")},
		{"row", Options{Grad: true, NoRow: true}, calls("row.norm", "row.sum", "row.mean", "row.max", "row.dot")},
		{"normal", Options{Grad: true, NoNormal: true}, calls("normal")},
		{"where", Options{Grad: true, NoWhere: true}, func(p *formula.Program) bool {
			return calls("where")(p) || strings.ContainsAny(strings.ReplaceAll(p.String(), " = ", ""), "<>=!")
		}},
		{"functions", Options{Grad: true, NoFunctions: true}, calls("sqrt", "abs", "sign", "exp", "log", "sin", "cos", "floor", "min", "mod", "clip")},
		{"pow", Options{Grad: true, NoPow: true}, func(p *formula.Program) bool { return strings.Contains(p.String(), "^") }},
		{"states", Options{Grad: true, NoStates: true}, func(p *formula.Program) bool { return len(p.States) > 0 }},
		{"eval", Options{Grad: true, NoEval: true}, func(p *formula.Program) bool { return p.Eval != nil }},
	}
	for _, f := range features {
		r := rand.New(rand.NewSource(1))
		on, off := 0, 0
		for range 200 {
			if f.has(Program(r, Options{Grad: true})) {
				on++
			}
			if f.has(Program(r, f.off)) {
				off++
			}
		}
		if on < 20 || off > 0 {
			t.Errorf("%s: in %d of 200 programs with it and in %d without", f.name, on, off)
		}
	}
}

func calls(names ...string) func(*formula.Program) bool {
	return func(p *formula.Program) bool {
		for _, name := range names {
			if p.Reads(name) {
				return true
			}
		}
		return false
	}
}

// The same source gives the same program.
func TestDeterministic(t *testing.T) {
	a, b := rand.New(rand.NewSource(7)), rand.New(rand.NewSource(7))
	for range 50 {
		if x, y := Text(a, Options{}), Text(b, Options{}); x != y {
			t.Fatalf("two programs of one seed:\n%s\n%s", x, y)
		}
	}
}

// Most programs stay finite for a few steps, so that comparing them says something.
func TestTame(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	const n = 300
	finite := 0
	for range n {
		p := &formula.RefParam{Name: "p", Shape: []int{2, 3}, W: []float64{1, -2, 0.5, 3, -0.25, 0.75}}
		ref := formula.NewReference(Program(r, Options{}), []*formula.RefParam{p}, nil)
		for range 3 {
			ref.Step(func() [][]float64 { return [][]float64{{0.1, -0.2, 0.3, 0, 1, -1}} })
		}
		if !math.IsNaN(p.W[0]+p.W[3]) && !math.IsInf(p.W[0]+p.W[3], 0) {
			finite++
		}
	}
	if finite < n*2/3 || finite == n {
		t.Errorf("%d of %d programs stay finite; expected most, and not all", finite, n)
	}
}
