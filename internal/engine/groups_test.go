package engine

import (
	"math"
	"math/rand"
	"testing"

	"github.com/descent-go/descent/internal/plan"
)

// near fails where two numbers differ in more than the last digits.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12*(1+math.Abs(want))) {
		t.Errorf("%s = %v, expected %v", what, got, want)
	}
}

// one makes a float64 parameter of given weights and gradients.
func one(name string, g *Group, w, grad []float64, shape ...int) *Tensor {
	if shape == nil {
		shape = []int{len(w)}
	}
	return &Tensor{Name: name, Shape: shape, W: plan.Vector{F64: w}, G: plan.Vector{F64: grad}, Group: g}
}

// What one group needs of a reduction over all parameters the other computes
// too, though its own program has no use for it.
func TestGroupsShareBarriers(t *testing.T) {
	p := program(t, `hyper lr = 1, k = 1
		a = norm(w)*g
		w = w - lr*k*all.sum(a)*g`)
	with := &Group{Hyper: defaults(p, nil)}
	without := &Group{Hyper: defaults(p, map[string]float64{"k": 0}), Fixed: map[string]float64{"k": 0}}
	a := one("a", without, []float64{3, 4}, []float64{1, 2})
	b := one("b", with, []float64{6, 8}, []float64{0.5, 0.25})
	step(t, newEngine(t, p, a, b), nil)
	sum := 5*3 + 10*0.75
	near(t, "a", a.W.At(0), 3)
	near(t, "b[0]", b.W.At(0), 6-sum*0.5)
	near(t, "b[1]", b.W.At(1), 8-sum*0.25)
}

// A group that comes later may need a state of those that are there.
func TestLaterGroupNeedsState(t *testing.T) {
	p := program(t, `hyper lr = 1, k = 1
		state n, m = 2
		n = n + 1
		m = m + g
		w = w - lr*k*all.sum(m) - n`)
	without := &Group{Hyper: defaults(p, map[string]float64{"k": 0}), Fixed: map[string]float64{"k": 0}}
	a := one("a", without, []float64{1}, []float64{1})
	e := newEngine(t, p, a)
	step(t, e, nil)
	if len(a.States) != 1 {
		t.Fatalf("a keeps %d states, expected n alone", len(a.States))
	}
	b := one("b", &Group{Hyper: defaults(p, nil)}, []float64{0}, []float64{10})
	set(t, e, a, b)
	step(t, e, nil)
	near(t, "a", a.W.At(0), -2) // by n, which goes on
	near(t, "b", b.W.At(0), 0-(2+1+2+10)-1)
}

// A global scalar is made of the optimizer's own hyperparameters, for groups
// that have others too, and within the step that changes it.
func TestGlobalIsTheOptimizers(t *testing.T) {
	p := program(t, `hyper lr = 1, k = 3
		global scalar d = k
		d = d + k*all.sum(g)
		w = w - lr*d
		d = d*2`)
	zero := &Group{Hyper: defaults(p, map[string]float64{"k": 0, "lr": 0.5}), Fixed: map[string]float64{"k": 0}}
	own := &Group{Hyper: defaults(p, nil), Fixed: map[string]float64{"k": 3}}
	a, b := one("a", zero, []float64{0}, []float64{1}), one("b", own, []float64{0}, []float64{2})
	e := newEngine(t, p, a, b)
	step(t, e, nil)
	near(t, "a", a.W.At(0), -0.5*(3+9))
	near(t, "b", b.W.At(0), -(3 + 9))
	near(t, "d", e.Global["d"], 24)
	step(t, e, nil)
	near(t, "b", b.W.At(0), -12-33)
}

// So it is where all groups fix others, and have no use for what it is made of.
func TestGlobalAlone(t *testing.T) {
	p := program(t, "hyper k = 3\nglobal scalar d = 1\nd = d + k*all.sum(g)\nw = w - d")
	a := one("a", &Group{Hyper: defaults(p, map[string]float64{"k": 0}), Fixed: map[string]float64{"k": 0}}, []float64{0}, []float64{2})
	step(t, newEngine(t, p, a), nil)
	near(t, "a", a.W.At(0), -(1 + 3*2))
}

// Only the hyperparameters that shaped a program are reported.
func TestUsed(t *testing.T) {
	p := program(t, "hyper lr = 1, momentum = 0, wd = 0.1, unused = 0\nstate v\nv = momentum*v - lr*(g + wd*w)\nw = w + v")
	g := &Group{Hyper: defaults(p, nil), Fixed: map[string]float64{"momentum": 0, "wd": 0.1, "unused": 0}}
	a := one("a", g, []float64{1}, []float64{1})
	newEngine(t, p, a)
	if len(a.States) != 0 || !g.Used["momentum"] || g.Used["wd"] || g.Used["unused"] {
		t.Errorf("states %v, used %v", a.States, g.Used)
	}
}

// Tensors that come later count from 1 and start their states then.
func TestLaterTensor(t *testing.T) {
	p := program(t, "hyper lr = 1\nstate first = w\nscalar s = 3\nw = w - lr*g*t + 0*s\ns = s + t\nfirst = first + 0*s")
	g := &Group{Hyper: defaults(p, nil)}
	a := one("a", g, []float64{0}, []float64{1})
	e := newEngine(t, p, a)
	step(t, e, nil)
	b := one("b", g, []float64{5}, []float64{1})
	set(t, e, a, b)
	step(t, e, nil)
	near(t, "a", a.W.At(0), -3)
	near(t, "b", b.W.At(0), 4)
	if a.T() != 2 || b.T() != 1 || e.Updates != 2 {
		t.Errorf("t is %d and %d after %d updates", a.T(), b.T(), e.Updates)
	}
}

// A frozen tensor rests: no move, no count, no part in sums over all.
func TestFrozen(t *testing.T) {
	p := program(t, "hyper lr = 1\nstate m\nm = m + g\nw = w - lr*m/all.sum(g)")
	g := &Group{Hyper: defaults(p, nil)}
	a, b := one("a", g, []float64{1}, []float64{2}), one("b", g, []float64{1}, []float64{6})
	e := newEngine(t, p, a, b)
	b.Frozen = true
	e.Refresh()
	step(t, e, nil)
	near(t, "a", a.W.At(0), 0)
	if b.W.At(0) != 1 || b.T() != 0 || b.States[0].V.At(0) != 0 {
		t.Errorf("the frozen tensor has moved: %v, t %d, state %v", b.W.At(0), b.T(), b.States[0].V.At(0))
	}
	b.Frozen = false
	e.Refresh()
	step(t, e, nil)
	near(t, "b", b.W.At(0), 1-6./8)
}

// The weights to evaluate with are those of every tensor that has had
// an update, frozen or given rows, and Train brings back the others bit for bit.
func TestEval(t *testing.T) {
	p := program(t, "hyper lr = 1, k = 2\nstate z = w\nz = z - lr*g\nw = w + lr*g\neval x = z*k + all.sum(w) - norm(w)")
	zero := &Group{Hyper: defaults(p, map[string]float64{"k": 0}), Fixed: map[string]float64{"k": 0}}
	g := &Group{Hyper: defaults(p, nil)}
	a, b, c := one("a", g, []float64{1, 2}, []float64{1, 1}), one("b", zero, []float64{3}, []float64{1}), one("c", g, []float64{1, 1}, []float64{1}, 2, 1)
	e := newEngine(t, p, a, b, c)
	b.Frozen = true
	e.Refresh()
	e.SetRows(2, []int{1}, c.G, true)
	step(t, e, nil)
	kept := everything(e)
	if err := e.Eval(); err != nil {
		t.Fatal(err)
	}
	sum := 2 + 3 + 3 + 1 + 2.
	near(t, "a", a.W.At(1), 1*2+sum-math.Sqrt(4+9))
	near(t, "b", b.W.At(0), 3) // has had no update
	near(t, "c[0]", c.W.At(0), 2+sum-math.Sqrt(1+4))
	near(t, "c[1]", c.W.At(1), 0+sum-math.Sqrt(1+4))
	if err := e.Step(nil); err == nil {
		t.Error("a step while the evaluation weights are in place succeeds")
	}
	e.Train()
	same(t, e, kept)
}

// A row state that depends on no row is kept all the same.
func TestRowStateOfNoRow(t *testing.T) {
	p := program(t, "hyper lr = 1\nstate row r\nr = t*10\nw = w - lr*g\neval x = w + r")
	a := one("a", &Group{Hyper: defaults(p, nil)}, []float64{1, 2, 3, 4}, make([]float64, 4), 2, 2)
	e := newEngine(t, p, a)
	step(t, e, nil)
	if err := e.Eval(); err != nil {
		t.Fatal(err)
	}
	near(t, "a[3]", a.W.At(3), 14)
}

// Start values of every kind of state.
func TestStartValues(t *testing.T) {
	p := program(t, "hyper lr = 1, c = 5\nstate a = 2*w, b = c\nstate row r = -c\nscalar s = c^2\nglobal scalar d = c + 1\nw = w - lr*g*(a + b + r + s + d)\na = a; b = b; r = r; s = s; d = d")
	g := &Group{Hyper: defaults(p, map[string]float64{"c": 7})}
	x := tensor(rand.New(rand.NewSource(1)), "x", plan.F32, plan.F32, g, 2, 3)
	e := newEngine(t, p, x)
	want := []float64{2 * x.W.At(5), 7, -7, 49}
	for i, v := range want {
		s := x.States[i].V
		near(t, x.States[i].Name, s.At(s.Len()-1), v)
	}
	for i, n := range []int{6, 6, 2, 1} {
		if x.States[i].V.Len() != n {
			t.Errorf("%s has %d values, expected %d", x.States[i].Name, x.States[i].V.Len(), n)
		}
	}
	near(t, "d", e.Global["d"], 6)
}

func same(t *testing.T, e *Engine, want []uint64) {
	t.Helper()
	got := everything(e)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("value %d of weights, states and counts has changed: %v, was %v", i, math.Float64frombits(got[i]), math.Float64frombits(want[i]))
			return
		}
	}
}

// What has no weights, and what rests, is stepped without harm.
func TestNothingToMove(t *testing.T) {
	p := program(t, "hyper lr = 1\nstate m\nstate row r\nm = m + g/all.norm(g); r = r + row.max(g)\nw = w - lr*m*norm(w)/r\neval x = w + m")
	g := &Group{Hyper: defaults(p, nil)}
	empty, none := one("empty", g, []float64{}, []float64{}), one("none", g, []float64{}, []float64{}, 3, 0)
	e := newEngine(t, p, empty, none)
	e.Threads = 4
	step(t, e, nil)
	if err := e.Eval(); err != nil || empty.T() != 1 {
		t.Errorf("evaluation weights: %v; t is %d", err, empty.T())
	}
	a := one("a", g, []float64{1}, []float64{1})
	e = newEngine(t, p, a)
	a.Frozen = true
	e.Refresh()
	step(t, e, nil)
	if a.W.At(0) != 1 || a.T() != 0 {
		t.Errorf("a frozen parameter has moved to %v", a.W.At(0))
	}
}

// Groups and tensors that do not fit leave the engine as it was.
func TestSetFails(t *testing.T) {
	p := program(t, "hyper lr = 1, k = 1\nstate m\nm = k*m + g\nw = w - lr*m")
	g := &Group{Hyper: defaults(p, nil)}
	a := one("a", g, []float64{1}, []float64{1})
	e := newEngine(t, p, a)
	step(t, e, nil)
	e.Before = program(t, "state z\nz = z + g; g = z")
	g.Fixed = map[string]float64{"k": 0}
	b := one("b", g, []float64{1}, []float64{1})
	before := everything(e)
	if err := e.Set([]*Group{g}, []*Tensor{a, b}); err == nil || g.Used["k"] || b.States != nil {
		t.Errorf("error %v, used %v, states %v", err, g.Used, b.States)
	}
	same(t, e, before)
	step(t, e, nil)
	near(t, "a", a.W.At(0), -2)
}
