package engine

import (
	"maps"
	"math"
	"math/rand"
	"slices"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randprog"
)

// mixed makes tensors of many shapes and types in two groups.
func mixed(r *rand.Rand, p *formula.Program, types ...plan.Type) []*Tensor {
	one := &Group{Hyper: defaults(p, nil)}
	two := &Group{Hyper: defaults(p, map[string]float64{"lr": 0.05})}
	for _, h := range p.Hypers {
		if v := h.Default / 2; h.Check(v) == nil {
			two.Hyper[h.Name] = v
		}
	}
	typ := func() plan.Type { return types[r.Intn(len(types))] }
	return []*Tensor{
		tensor(r, "bias", typ(), typ(), one, 5),
		tensor(r, "matrix", typ(), typ(), two, 4, 7),
		tensor(r, "number", typ(), typ(), one),
		tensor(r, "empty", typ(), typ(), two, 0, 3),
		tensor(r, "cube", typ(), typ(), one, 3, 2, 5),
		tensor(r, "column", typ(), typ(), two, 6, 1),
	}
}

// The engine follows the reference on random programs. What a change of weights
// and gradients in the 13th digit moves is compared with that much tolerance.
func TestFollowsReference(t *testing.T) {
	r := rand.New(rand.NewSource(11))
	compared := 0
	programs := scaled(250)
	for n := range programs {
		src := flat(t, randprog.Program(r, randprog.Options{Grad: n%2 == 0}))
		e := newEngine(t, src, mixed(r, src, plan.F64)...)
		compared += follow(t, r, e, e.program(nil)) // of the program as it draws normal numbers
	}
	if compared < programs*3/4 {
		t.Errorf("only %d of %d programs were well conditioned", compared, programs)
	}
}

// So it does where groups fix different hyperparameters, and have other programs.
func TestFollowsReferenceFixed(t *testing.T) {
	r := rand.New(rand.NewSource(12))
	compared := 0
	programs := scaled(150)
	for n := range programs {
		src := flat(t, randprog.Program(r, randprog.Options{Grad: n%2 == 0, NoNormal: true}))
		tensors := mixed(r, src, plan.F64)
		for k, g := range groupsOf(tensors) {
			for i, h := range src.Hypers {
				if i%2 == k && h.Check(0) == nil {
					g.Hyper[h.Name] = 0
				}
			}
			g.Fixed = maps.Clone(g.Hyper)
			delete(g.Fixed, "lr")
		}
		compared += follow(t, r, newEngine(t, src, tensors...), src)
	}
	if compared < programs*2/3 {
		t.Errorf("only %d of %d programs were well conditioned", compared, programs)
	}
}

// float32 stays near the reference where the program is well conditioned.
func TestFloat32NearReference(t *testing.T) {
	p := program(t, `hyper lr = 0.01, beta1 = 0.9, beta2 = 0.999, eps = 1e-8
		state m, v
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g^2
		r = norm(w)/(norm(m) + 1)
		w = w - lr*r*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t)) + eps) + 0.001*normal()`)
	r := rand.New(rand.NewSource(3))
	e := newEngine(t, p, mixed(r, p, plan.F32)...)
	ref := reference(e, p)
	for range 20 {
		step(t, e, bowl(e.tensors))
		ref.Step(refBowl(ref))
	}
	for i, x := range e.tensors {
		for k, w := range floats(x.W) {
			if want := ref.Params[i].W[k]; math.Abs(w-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("%s[%d] = %v, the reference has %v", x.Name, k, w, want)
			}
		}
	}
}

// follow compares three steps and the evaluation weights; it returns 1 where the comparison said something.
func follow(t *testing.T, r *rand.Rand, e *Engine, p *formula.Program) int {
	ref, near := reference(e, p), reference(e, p)
	for i, x := range e.tensors {
		x.Seen = random(r, plan.F64, x.W.Len())
		ref.Params[i].Seen, near.Params[i].Seen = x.Seen.F64, floats(x.Seen)
		shake(near.Params[i].Seen)
		shake(near.Params[i].W)
	}
	e.Refresh()
	for range 3 {
		call := bowl(e.tensors)
		step(t, e, call)
		ref.Step(refBowl(ref))
		nearby := refBowl(near)
		near.Step(func() [][]float64 {
			g := nearby()
			for _, x := range g {
				shake(x)
			}
			return g
		})
	}
	if err := e.Eval(); err != nil {
		t.Fatal(err)
	}
	evalRef, evalNear := ref.Eval(), near.Eval()
	checked := false
	for i, x := range e.tensors {
		got, want, other := floats(x.W), evalRef[i], evalNear[i]
		ok := agree(t, p, x.Name+" to evaluate", got, want, other)
		checked = checked || ok
	}
	e.Train()
	for i, x := range e.tensors {
		checked = agree(t, p, x.Name, floats(x.W), ref.Params[i].W, near.Params[i].W) || checked
		for _, s := range x.States { // those that no program has are not kept
			if s.Kind != plan.GlobalStateKind {
				agree(t, p, x.Name+"."+s.Name, floats(s.V), ref.Params[i].State[s.Name], near.Params[i].State[s.Name])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Global)) {
		agree(t, p, name, []float64{e.Global[name]}, []float64{ref.Global[name]}, []float64{near.Global[name]})
	}
	if t.Failed() {
		t.FailNow()
	}
	if checked {
		return 1
	}
	return 0
}

// scaled is how many random programs to run: the race detector makes them slow.
func scaled(n int) int {
	if race {
		return n / 4
	}
	return n
}

// shake changes numbers in their 13th digit.
func shake(x []float64) {
	for i := range x {
		x[i] *= 1 + 1e-13*float64(1+i%3)
	}
}

// agree reports numbers that differ, unless they have run away, and whether there was something to compare.
func agree(t *testing.T, p *formula.Program, what string, got, want, near []float64) (compared bool) {
	t.Helper()
	for i := range got {
		moved := math.Abs(want[i] - near[i])
		if !(moved < 1e-6*math.Abs(want[i])+1e-12) || math.Abs(want[i]) > 1e4 {
			continue
		}
		compared = true
		if tolerance := 1e-11*(1+math.Abs(want[i])) + 1000*moved; !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("%s[%d] = %v, the reference has %v\n%v", what, i, got[i], want[i], p)
			return true
		}
	}
	return compared
}
