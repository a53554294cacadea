package descentgorgonia

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// program is a Gorgonia program: the mean square of x·w·s + b - y over three
// examples, with a matrix w, a vector b as a matrix and a scalar s.
type program struct {
	model gorgonia.Nodes
	cost  gorgonia.Value
	vm    gorgonia.VM
}

func newProgram(t *testing.T, dt tensor.Dtype) *program {
	t.Helper()
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, dt, gorgonia.WithName("x"), gorgonia.WithValue(dense(dt, []float64{1, 2, 0, 1, -1, 1}, 3, 2)))
	y := gorgonia.NewMatrix(g, dt, gorgonia.WithName("y"), gorgonia.WithValue(dense(dt, []float64{3, 1, -2}, 3, 1)))
	w := gorgonia.NewMatrix(g, dt, gorgonia.WithName("w"), gorgonia.WithValue(dense(dt, []float64{0.5, -0.25}, 2, 1)))
	b := gorgonia.NewMatrix(g, dt, gorgonia.WithName("b"), gorgonia.WithValue(dense(dt, []float64{0.1}, 1, 1)))
	s := gorgonia.NewScalar(g, dt, gorgonia.WithName("s"), gorgonia.WithValue(scalar(dt, 1.5)))
	out := gorgonia.Must(gorgonia.Mul(gorgonia.Must(gorgonia.Mul(x, w)), s))
	diff := gorgonia.Must(gorgonia.Sub(gorgonia.Must(gorgonia.BroadcastAdd(out, b, nil, []byte{0})), y))
	cost := gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Square(diff))))
	p := &program{model: gorgonia.Nodes{w, b, s}}
	gorgonia.Read(cost, &p.cost)
	if _, err := gorgonia.Grad(cost, p.model...); err != nil {
		t.Fatal(err)
	}
	p.vm = gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(p.model...))
	t.Cleanup(func() { p.vm.Close() })
	return p
}

func dense(dt tensor.Dtype, v []float64, shape ...int) *tensor.Dense {
	if dt == tensor.Float64 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(slices.Clone(v)))
	}
	f := make([]float32, len(v))
	for i := range v {
		f[i] = float32(v[i])
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(f))
}

func scalar(dt tensor.Dtype, v float64) any {
	if dt == tensor.Float64 {
		return v
	}
	return float32(v)
}

func (p *program) run() (float64, error) {
	defer p.vm.Reset()
	if err := p.vm.RunAll(); err != nil {
		return 0, err
	}
	return numbers(p.cost)[0], nil
}

func (p *program) train(t *testing.T, s gorgonia.Solver, steps int) {
	t.Helper()
	for range steps {
		if _, err := p.run(); err != nil {
			t.Fatal(err)
		}
		if err := s.Step(gorgonia.NodesToValueGrads(p.model)); err != nil {
			t.Fatal(err)
		}
	}
}

// weights are the values of all parameters one after the other.
func (p *program) weights() []float64 {
	var all []float64
	for _, n := range p.model {
		all = append(all, numbers(n.Value())...)
	}
	return all
}

func numbers(v gorgonia.Value) []float64 {
	m, err := memoryOf(v)
	if err != nil {
		panic(err)
	}
	all := slices.Clone(m.f64)
	for _, f := range m.f32 {
		all = append(all, float64(f))
	}
	return all
}

func newSolver(t *testing.T, rule optim.Rule, options ...descent.Option) *Solver {
	t.Helper()
	s, err := NewSolver(rule, options...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func near(t *testing.T, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Fatalf("weights %v, want %v", got, want)
		}
	}
}

// TestAsGorgonia compares with Gorgonia's own solvers, whose gradients add up
// unless a solver sets them to 0.
func TestAsGorgonia(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, c := range []struct {
			theirs gorgonia.Solver
			ours   *Solver
		}{
			{gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.05)), newSolver(t, optim.SGD, descent.LR(0.05))},
			{gorgonia.NewAdamSolver(gorgonia.WithLearnRate(0.05)), newSolver(t, optim.Adam, descent.LR(0.05))},
		} {
			theirs, ours := newProgram(t, dt), newProgram(t, dt)
			theirs.train(t, c.theirs, 20)
			ours.train(t, c.ours, 20)
			near(t, ours.weights(), theirs.weights(), 1e-5)
			if slices.Equal(ours.weights(), newProgram(t, dt).weights()) {
				t.Error("nothing has moved")
			}
		}
	}
}

// TestStepFunc takes literal lookahead through a Gorgonia program, and compares
// with the formula over gradients of another copy of it.
func TestStepFunc(t *testing.T) {
	p := newProgram(t, tensor.Float64)
	solver := newSolver(t, optim.NAG, descent.LR(0.05), descent.Momentum(0.9))
	model := gorgonia.NodesToValueGrads(p.model)
	err := solver.Step(model)
	if err == nil || !strings.Contains(err.Error(), "gradient") {
		t.Errorf("Step before a run: %v", err)
	}
	want := newProgram(t, tensor.Float64)
	v := make([]float64, 4)
	for range 5 {
		if _, err := solver.StepFunc(model, p.run); err != nil {
			t.Fatal(err)
		}
		want.nag(t, v)
		near(t, p.weights(), want.weights(), 1e-12)
	}
	if _, err := p.run(); err != nil {
		t.Fatal(err)
	}
	err = solver.Step(model)
	if err == nil || !strings.Contains(err.Error(), "StepFunc") || !strings.Contains(err.Error(), "nag-shifted") {
		t.Errorf("Step of nag: %v, want both ways out", err)
	}
}

// nag takes one step by plain loops.
func (p *program) nag(t *testing.T, v []float64) {
	for i, at := range p.places(t, false) {
		*at += 0.9 * v[i]
	}
	if _, err := p.run(); err != nil {
		t.Fatal(err)
	}
	grads := p.places(t, true)
	for i, at := range p.places(t, false) {
		*at -= 0.9 * v[i]
		v[i] = 0.9*v[i] - 0.05**grads[i]
		*at += v[i]
		*grads[i] = 0
	}
}

// TestTwoGradients takes a rule that asks for two gradients in a step, of which
// the second must not add to the first.
func TestTwoGradients(t *testing.T) {
	heun, err := optim.Parse("heun", "hyper lr = 0.05\nw = w - lr/2*(g + grad(w - lr*g))")
	if err != nil {
		t.Fatal(err)
	}
	p, want := newProgram(t, tensor.Float64), newProgram(t, tensor.Float64)
	solver := newSolver(t, heun)
	for range 5 {
		if _, err := solver.StepFunc(gorgonia.NodesToValueGrads(p.model), p.run); err != nil {
			t.Fatal(err)
		}
		want.heun(t)
		near(t, p.weights(), want.weights(), 1e-12)
	}
}

// heun takes one step by plain loops.
func (p *program) heun(t *testing.T) {
	start := p.weights()
	var sum [4]float64
	for range 2 {
		if _, err := p.run(); err != nil {
			t.Fatal(err)
		}
		grads := p.places(t, true)
		for i, at := range p.places(t, false) {
			sum[i] += *grads[i]
			*at = start[i] - 0.05**grads[i]
			*grads[i] = 0
		}
	}
	for i, at := range p.places(t, false) {
		*at = start[i] - 0.05/2*sum[i]
	}
}

func (p *program) places(t *testing.T, grad bool) []*float64 {
	var all []*float64
	for _, n := range p.model {
		v := n.Value()
		if grad {
			v, _ = n.Grad()
		}
		m, err := memoryOf(v)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.f64 {
			all = append(all, &m.f64[i])
		}
	}
	return all
}

// TestAddedLater trains w alone and then all: b and s have made fewer updates.
func TestAddedLater(t *testing.T) {
	p := newProgram(t, tensor.Float32)
	s := newSolver(t, optim.Adam, descent.LR(0.05))
	if _, err := p.run(); err != nil {
		t.Fatal(err)
	}
	if err := s.Step(gorgonia.NodesToValueGrads(p.model[:1])); err != nil {
		t.Fatal(err)
	}
	p.train(t, s, 2)
	for name, want := range map[string]float64{"w": 3, "b": 2, "s": 2} {
		if at, err := s.Optimizer().StateOf(name, "t"); err != nil || at.F64[0] != want {
			t.Errorf("%s has made %v updates, %v, want %v", name, at.F64, err, want)
		}
	}
	err := s.Step(gorgonia.NodesToValueGrads(p.model[1:]))
	if err == nil || !strings.Contains(err.Error(), "w was in an earlier step") {
		t.Errorf("a step without w: %v", err)
	}
}

// value is a parameter that is no node.
type value struct {
	name        string
	value, grad gorgonia.Value
}

func (v value) Name() string          { return v.name }
func (v value) Value() gorgonia.Value { return v.value }
func (v value) Grad() (gorgonia.Value, error) {
	if v.grad == nil {
		return nil, errors.New("not bound")
	}
	return v.grad, nil
}

func TestStepErrors(t *testing.T) {
	good := func() gorgonia.Value { return dense(tensor.Float32, []float64{1, 2, 3, 4}, 2, 2) }
	turned := dense(tensor.Float32, []float64{1, 2, 3, 4}, 2, 2)
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	for want, model := range map[string][]gorgonia.ValueGrad{
		"parameter 1 has no name":                                    {value{"w", good(), good()}, value{"", good(), good()}},
		"two parameters are named w: names tie them to their states": {value{"w", good(), good()}, value{"w", good(), good()}},
		"w: the value: there is none":                                {value{"w", nil, good()}},
		"w: the gradient: not bound":                                 {value{"w", good(), nil}},
		"w: the value: a *gorgonia.I, expected":                      {value{"w", gorgonia.NewI(1), good()}},
		"w: the value: a tensor of int":                              {value{"w", tensor.New(tensor.WithBacking([]int{1, 2})), good()}},
		"w: the value: a tensor that is transposed":                  {value{"w", turned, good()}},
		"w: the gradient: a tensor that is transposed":               {value{"w", good(), turned}},
		"value and gradient are of different types":                  {value{"w", good(), dense(tensor.Float64, []float64{1, 2, 3, 4}, 2, 2)}},
		"has 4 weights, the gradient 2":                              {value{"w", good(), dense(tensor.Float32, []float64{1, 2}, 2)}},
		"no parameters":                                              {},
	} {
		s := newSolver(t, optim.SGD)
		if err := s.Step(model); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestMoved gives a parameter another gradient, which is followed, of another
// type, and another value, which are refused.
func TestMoved(t *testing.T) {
	p := value{"w", dense(tensor.Float64, []float64{1, 2}, 2), dense(tensor.Float64, []float64{1, 1}, 2)}
	s := newSolver(t, optim.SGD, descent.LR(1))
	step := func() error { return s.Step([]gorgonia.ValueGrad{p}) }
	if err := step(); err != nil {
		t.Fatal(err)
	}
	p.grad = dense(tensor.Float64, []float64{10, 20}, 2)
	if err := step(); err != nil {
		t.Fatal(err)
	}
	near(t, numbers(p.value), []float64{-10, -19}, 0)
	near(t, numbers(p.grad), []float64{0, 0}, 0)
	p.grad = dense(tensor.Float32, []float64{1, 1}, 2)
	if err := step(); err == nil || !strings.Contains(err.Error(), "of another type than the value") {
		t.Errorf("a float32 gradient of a float64 value: %v", err)
	}
	p.value = dense(tensor.Float64, []float64{1, 2}, 2)
	if err := step(); err == nil || !strings.Contains(err.Error(), "the value of w is not where it was") {
		t.Errorf("a value that has moved: %v", err)
	}
}

func TestNewSolverErrors(t *testing.T) {
	for want, option := range map[string]descent.Option{
		"sgd has no hyperparameter beta1: it has lr": descent.Beta1(0.9),
		"momentum = 2 is out of range":               descent.Momentum(2),
	} {
		if _, err := NewSolver(optim.SGD, option); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
