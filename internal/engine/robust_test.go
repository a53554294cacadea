package engine

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// A worker has what its jobs need before it gets the first, which may be many steps later.
func TestWorkerMemory(t *testing.T) {
	for _, text := range []string{
		"hyper lr = 0.1\nstate m\nm = 0.9*m + g; w = w - lr*m/all.norm(m)",
		"hyper lr = 0.1\nstate row r\nr = max(r, row.max(g)); w = w - lr*g/(r + 1) + normal()",
	} {
		p := program(t, text)
		e := newEngine(t, p, large(rand.New(rand.NewSource(1)), p)...)
		e.Threads = 4
		step(t, e, nil)
		run := func(w int) {
			for e.pass.phase = range e.pass.summing {
				for j := range e.pass.jobs {
					e.pass.job(w, j)
				}
			}
		}
		run(0)
		for w := range e.pass.work {
			fresh := e.pass.newWorker()
			e.pass.work[w] = fresh
			arrays, accs, rows := cap(fresh.parts), len(fresh.Accs), cap(fresh.rows)
			f32, f64 := len(fresh.scratch.F32), len(fresh.scratch.F64)
			run(w)
			if cap(fresh.parts) != arrays || len(fresh.Accs) != accs || cap(fresh.rows) != rows || len(fresh.scratch.F32) != f32 || len(fresh.scratch.F64) != f64 {
				t.Errorf("a worker's memory has grown at its first jobs")
			}
		}
	}
}

// What has had no update evaluates as it is: averages divided by a sum of
// their weights are 0/0 then.
func TestEvalBeforeUpdate(t *testing.T) {
	p := program(t, "hyper lr = 1, decay = 0.5\nstate sum\nw = w - lr*g\nsum = decay*sum + (1-decay)*w\neval x = sum/(1 - decay^t)")
	g := &Group{Hyper: defaults(p, nil)}
	a, b := one("a", g, []float64{4}, []float64{1}), one("b", g, []float64{5}, []float64{1})
	e := newEngine(t, p, a, b)
	b.Frozen = true
	e.Refresh()
	step(t, e, nil)
	if err := e.Eval(); err != nil {
		t.Fatal(err)
	}
	near(t, "a", a.W.At(0), 3)
	near(t, "b", b.W.At(0), 5)
	e.Train()
	near(t, "b", b.W.At(0), 5)
}

// greedy is a rule that asks for states of strange lengths.
type greedy struct {
	extragradient
	size int
}

func (r *greedy) States([]int) []optim.StateSize {
	return []optim.StateSize{{Name: "second", Len: r.size}}
}

func TestStateLengths(t *testing.T) {
	for _, n := range []int{-1, math.MinInt, math.MaxInt} {
		x := one("x", &Group{}, []float64{1, 2}, []float64{3, 4})
		e := stepperEngine(t, &greedy{size: n}, "", "", x)
		if err := e.Set(groupsOf([]*Tensor{x}), []*Tensor{x}); err == nil || !strings.Contains(err.Error(), "second of x") {
			t.Errorf("%d values: %v", n, err)
		}
		if x.Own != nil || x.States != nil {
			t.Errorf("%d values: the tensor has changed", n)
		}
	}
}

// Without weights there are no rows, whatever the shape says.
func TestNoRows(t *testing.T) {
	p := program(t, "hyper lr = 1\nstate row r\nr = r + row.max(g)\nw = w - lr*g/r")
	x := one("x", &Group{Hyper: defaults(p, nil)}, []float64{}, []float64{}, math.MaxInt, 0)
	step(t, newEngine(t, p, x), nil)
	if n := x.States[0].V.Len(); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// Where the caller's function panics, all is as before the step.
func TestPanic(t *testing.T) {
	check := func(e *Engine, calls int) {
		t.Helper()
		step(t, e, bowl(e.tensors))
		before := everything(e)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic at call %d", calls)
				}
			}()
			n := 0
			e.Step(func() error {
				if n++; n == calls {
					panic("no batch")
				}
				return bowl(e.tensors)()
			})
		}()
		same(t, e, before)
		step(t, e, bowl(e.tensors))
	}
	for calls := 1; calls <= 3; calls++ {
		check(failing(t), calls)
	}
	x := one("x", &Group{}, []float64{1, 2}, []float64{3, 4})
	e := stepperEngine(t, &extragradient{}, clip, "", x)
	set(t, e, x)
	check(e, 2)
}

// A gradient in other memory is found without a new look at all tensors.
func TestRebind(t *testing.T) {
	p := program(t, "hyper lr = 1\nw = w - lr*g")
	g := &Group{Hyper: defaults(p, nil)}
	a, b := one("a", g, []float64{1}, []float64{1}), one("b", g, []float64{1}, nil)
	e := &Engine{Program: p, Hyper: defaults(p, nil), Backend: backend(t), Threads: 1, Accumulate: 2}
	set(t, e, a, b)
	for _, v := range []float64{2, 4} {
		b.G = plan.Vector{F32: []float32{float32(v)}}
		e.Rebind(1)
		step(t, e, nil)
	}
	near(t, "a", a.W.At(0), 0)
	near(t, "b", b.W.At(0), 1-3)
}

// Parameters of as many different t as there are make no more work each.
func TestManyCounts(t *testing.T) {
	p := program(t, "hyper lr = 1\nw = w - lr*g*t")
	g := &Group{Hyper: defaults(p, nil)}
	var all []*Tensor
	for i := range 5 {
		x := one(string(rune('a'+i)), g, []float64{0}, []float64{1})
		x.SetT(i / 2)
		all = append(all, x)
	}
	e := newEngine(t, p, all...)
	step(t, e, nil)
	step(t, e, nil)
	tables := map[*table]int{}
	for i, in := range e.pass.insts {
		tables[in.group]++
		near(t, in.t.Name, in.t.W.At(0), -float64(2*(i/2)+3))
	}
	if len(tables) != 3 || len(e.pass.tables) != 3 {
		t.Errorf("%d tables, of which %d are computed, expected 3", len(tables), len(e.pass.tables))
	}
}
