//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"math/rand"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randwork"
)

// native are the instruction sets that this processor has.
var native = func() (have []isa) {
	for _, set := range []isa{avx2, avx512} {
		if missing(set) == "" {
			have = append(have, set)
		}
	}
	return have
}()

// sets are these, and AVX-512 as the emulator runs it.
var sets = append([]isa{emulated(avx512)}, native...)

// compare runs every segment of a plan as machine code of some instruction
// sets and by the interpreter.
func compare(t *testing.T, sets []isa, r *rand.Rand, p *plan.Plan, o plan.Options, n int, what any) {
	t.Helper()
	portable := interp.Backend{}.Compile(p)
	for _, set := range sets {
		kernels := backend{set}.Compile(p)
		for i := range kernels {
			for j := range kernels[i] {
				got := randwork.Make(r, p, o, n)
				want := randwork.Twin(got)
				kernels[i][j].Run(got)
				portable[i][j].Run(want)
				if at := randwork.Differ(got, want); at != "" {
					t.Fatalf("%s, %+v, phase %d, segment %d, %d weights: %s\n%v", set.name, o, i, j, n, at, what)
				}
			}
		}
	}
}

// parse makes the program of a formula.
func parse(t testing.TB, text string) *formula.Program {
	t.Helper()
	p, err := formula.Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func build(t testing.TB, p *formula.Program, o plan.Options) *plan.Plan {
	t.Helper()
	pl, err := randwork.Build(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return pl
}

const adam = "hyper lr = 0.001, b1 = 0.9, b2 = 0.999, eps = 1e-8\nstate m, v\n" +
	"m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; w = w - lr*(m/(1-b1^t))/(sqrt(v/(1-b2^t)) + eps)"
