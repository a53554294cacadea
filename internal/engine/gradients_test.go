package engine

import (
	"errors"
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/descent-go/descent/internal/plan"
)

// Gradients are taken in the order of the program, at the right points, and
// the weights are what they were while sums run.
func TestGradients(t *testing.T) {
	p := program(t, `hyper lr = 1
		a = grad(w + norm(w))
		b = grad(2*w)
		w = w - lr*(a + 10*b + 100*g)`)
	x := one("x", &Group{Hyper: defaults(p, nil)}, []float64{3, 4}, make([]float64, 2))
	e := newEngine(t, p, x)
	var points []float64
	step(t, e, func() error {
		points = append(points, x.W.At(0))
		for i := range 2 {
			x.G.Set(i, x.W.At(i)+float64(len(points))*1000)
		}
		return nil
	})
	want := []float64{3, 8, 6} // g, then a, then b
	for i := range want {
		near(t, "a point", points[i], want[i])
	}
	near(t, "w", x.W.At(0), 3-(2008+10*3006+100*1003))
}

// A gradient that no group needs is not taken, and the others keep their places.
func TestUnneededGradient(t *testing.T) {
	p := program(t, "hyper lr = 1, k = 0\na = grad(5*w)\nb = grad(w + 1)\nw = w - lr*(k*a + b)")
	x := one("x", &Group{Hyper: defaults(p, nil), Fixed: map[string]float64{"k": 0}}, []float64{2}, []float64{0})
	e := newEngine(t, p, x)
	calls := 0
	step(t, e, func() error {
		calls++
		x.G.Set(0, 10*x.W.At(0))
		return nil
	})
	near(t, "w", x.W.At(0), 2-30)
	if calls != 1 {
		t.Errorf("%d gradients taken, expected 1", calls)
	}
}

// failing makes an engine whose step can fail in many places.
func failing(t *testing.T) *Engine {
	p := program(t, `hyper lr = 0.1
		state m
		state row r
		scalar s
		global scalar d = 1
		a = grad(w + 0.1*g)
		b = grad(w - a/norm(a))
		m = 0.9*m + b
		r = r + row.sum(b)
		s = s + norm(m)
		d = d + all.norm(m)
		w = w - lr*(m + r)`)
	g := &Group{Hyper: defaults(p, nil)}
	r := rand.New(rand.NewSource(1))
	return newEngine(t, p, tensor(r, "x", plan.F32, plan.F64, g, 3, 4), tensor(r, "y", plan.F64, plan.F32, g, 5))
}

// A step that fails changes nothing, wherever it fails.
func TestFailureChangesNothing(t *testing.T) {
	broken := errors.New("broken")
	for failAt := 1; failAt <= 3; failAt++ {
		for _, nan := range []bool{false, true} {
			e := failing(t)
			e.CheckFinite = true
			call := bowl(e.tensors)
			step(t, e, call)
			before := everything(e)
			calls := 0
			err := e.Step(func() error {
				call()
				if calls++; calls == failAt {
					if nan {
						e.tensors[1].G.Set(2, math.Inf(-1))
						return nil
					}
					return broken
				}
				return nil
			})
			var notFinite *NotFinite
			if !nan && err != broken || nan && (!errors.As(err, &notFinite) || notFinite.Param != "y" || notFinite.Element != 2) {
				t.Errorf("gradient %d fails: the step's error is %v", failAt, err)
			}
			same(t, e, before)
			step(t, e, call)
		}
	}
}

// alone is one rank that exchanges sums with itself.
type alone struct {
	fail  int // this call fails
	calls int
}

func (r *alone) Rank() int { return 0 }
func (r *alone) Size() int { return 1 }

func (r *alone) Gather(own []float64, counts []int) ([]float64, error) {
	if r.calls++; r.calls == r.fail {
		return nil, errors.New("a machine is gone")
	}
	return own, nil
}

// Whichever exchange of sums fails, nothing has changed: neither where they are
// over all parameters nor where they are over one of some groups.
func TestPeersFail(t *testing.T) {
	for _, text := range []string{`
		hyper lr = 1, trust = 1
		state m
		scalar s
		global scalar d
		m = m + g
		d = d + all.sum(m) + all.max(g)
		k = trust*norm(m)/norm(m + norm(g))
		s = s + norm(w)
		w = w - lr*g*all.sum(g)*(1 + k)`, `
		hyper lr = 1, trust = 1
		scalar s
		w = w - lr*s*g
		s = s + trust*norm(w)`} {
		p := program(t, text)
		with, without := &Group{Hyper: defaults(p, nil)}, &Group{Hyper: defaults(p, map[string]float64{"trust": 0}), Fixed: map[string]float64{"trust": 0}}
		x, y := one("x", with, []float64{1, 2}, []float64{3, 4}), one("y", without, []float64{1, 2}, []float64{3, 4})
		e := &Engine{Program: p, Hyper: defaults(p, nil), Backend: failing(t).Backend, Threads: 1}
		r := &alone{}
		e.Peers = r
		set(t, e, x, y)
		step(t, e, nil)
		calls := r.calls
		before := everything(e)
		for fail := 1; fail <= calls; fail++ {
			*r = alone{fail: fail}
			if err := e.Step(nil); err == nil || !strings.Contains(err.Error(), "a machine is gone") {
				t.Errorf("the error is %v", err)
			}
			same(t, e, before)
		}
		if calls == 0 {
			t.Error("no exchange")
		}
	}
}

func TestGradientMistakes(t *testing.T) {
	e := failing(t)
	if err := e.Step(nil); !errors.Is(err, ErrNeedsGradients) {
		t.Errorf("without a closure: %v", err)
	}
	plain := program(t, "hyper lr = 1\nw = w - lr*g")
	for _, c := range []struct {
		g    int
		want string
	}{
		{0, "the gradient of x has 0 values, expected 4"},
		{3, "has 3 values, expected 4"},
	} {
		x := one("x", &Group{Hyper: defaults(plain, nil)}, make([]float64, 4), make([]float64, c.g), 2, 2)
		e := newEngine(t, plain, x)
		if err := e.Step(nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: the error is %v", c, err)
		}
	}
	e = &Engine{Program: failing(t).Program, Backend: e.Backend, Accumulate: 2}
	if err := e.Set(groupsOf(failing(t).tensors), failing(t).tensors); err == nil || !strings.Contains(err.Error(), "accumulated") {
		t.Errorf("accumulation with grad: %v", err)
	}
	if err := (&Engine{Program: plain}).Set(nil, nil); err == nil {
		t.Error("no parameters: no error")
	}
}

// A step from the mean of gradients is that of the mean; one that fails leaves
// the sums, so that it can be made again.
func TestAccumulate(t *testing.T) {
	p := program(t, "hyper lr = 1\nstate m\nm = m + g\nw = w - lr*m*all.max(g)")
	x := one("x", &Group{Hyper: defaults(p, nil)}, []float64{0}, []float64{0})
	e := newEngine(t, p, x)
	r := &alone{}
	e.Accumulate, e.Peers = 3, r
	set(t, e, x)
	for i := range 6 {
		x.G.Set(0, float64(i+1))
		if i == 5 {
			before := everything(e)
			*r = alone{fail: 1}
			if e.Step(nil) == nil {
				t.Fatal("the peers' failure is lost")
			}
			same(t, e, before)
		}
		if e.Waiting() != i%3 {
			t.Errorf("%d gradients wait, expected %d", e.Waiting(), i%3)
		}
		step(t, e, nil)
	}
	near(t, "w", x.W.At(0), -2*2-(2+5)*5)
	if e.Updates != 2 || x.T() != 2 || x.G.At(0) != 6 {
		t.Errorf("%d updates, t %d, gradient %v", e.Updates, x.T(), x.G.At(0))
	}
}

// What a tensor summed before it froze does not come back when it thaws.
func TestAccumulateFrozen(t *testing.T) {
	p := program(t, "hyper lr = 1\nw = w - lr*g")
	g := &Group{Hyper: defaults(p, nil)}
	x, y := one("x", g, []float64{0}, []float64{8}), one("y", g, []float64{0}, []float64{8})
	e := newEngine(t, p, x, y)
	e.Accumulate = 2
	set(t, e, x, y)
	step(t, e, nil)
	step(t, e, nil) // both at -8
	y.Frozen = true
	e.Refresh()
	step(t, e, nil)
	y.Frozen = false
	e.Refresh()
	step(t, e, nil)
	near(t, "x", x.W.At(0), -16)
	near(t, "y", y.W.At(0), -12)
}

// Lazily, a gradient of some rows moves these rows, their states and nothing
// else, as a dense one would; else it is one that is 0 elsewhere. Rows named
// twice are added up.
func TestRows(t *testing.T) {
	for _, text := range []string{
		"hyper lr = 0.1\nstate m\nm = 0.9*m + g\nw = w - lr*m",
		"hyper lr = 0.1\nstate m\nstate row r\nr = r + row.norm(g)\nm = m + g/(r + 1)\nw = w - lr*m + normal()",
		"hyper lr = 0.1\nstate m\nm = m + g/norm(g)\nw = w - lr*m/all.max(g)",
	} {
		p := program(t, text)
		g := &Group{Hyper: defaults(p, nil)}
		r := rand.New(rand.NewSource(1))
		sparse, dense, standard := tensor(r, "x", plan.F32, plan.F64, g, 5, 3), tensor(r, "x", plan.F32, plan.F64, g, 5, 3), tensor(r, "x", plan.F32, plan.F64, g, 5, 3)
		plan.Copy(dense.W, sparse.W)
		plan.Copy(standard.W, sparse.W)
		start := floats(sparse.W)
		a, b, c := newEngine(t, p, sparse), newEngine(t, p, dense), newEngine(t, p, standard)
		values := random(r, plan.F64, 12)
		a.SetRows(0, []int{4, 1, 4, 2}, values, true)
		c.SetRows(0, []int{4, 1, 4, 2}, values, false)
		clear(dense.G.F64)
		for i := range 3 {
			dense.G.F64[12+i] = values.F64[i] + values.F64[6+i]
			dense.G.F64[3+i] = values.F64[3+i]
			dense.G.F64[6+i] = values.F64[9+i]
		}
		step(t, a, nil)
		step(t, b, nil)
		step(t, c, nil)
		for i := range start {
			if standard.W.At(i) != dense.W.At(i) {
				t.Errorf("%s\nw[%d] = %v, densely %v", text, i, standard.W.At(i), dense.W.At(i))
			}
		}
		for i := range start {
			want := start[i]
			if row := i / 3; row == 4 || row == 1 || row == 2 {
				want = dense.W.At(i)
			}
			if math.Abs(sparse.W.At(i)-want) > 1e-6 || want == start[i] && sparse.W.At(i) != want {
				t.Errorf("%s\nw[%d] = %v, expected %v", text, i, sparse.W.At(i), want)
			}
		}
		for k, s := range sparse.States {
			for i, n := 0, s.V.Len()/5; i < s.V.Len(); i++ {
				if row := i / n; (row == 4 || row == 1 || row == 2) != (s.V.At(i) != 0) || s.V.At(i) != 0 && math.Abs(s.V.At(i)-dense.States[k].V.At(i)) > 1e-6 {
					t.Errorf("%s\n%s[%d] = %v, the dense one is %v", text, s.Name, i, s.V.At(i), dense.States[k].V.At(i))
				}
			}
		}
	}
}
