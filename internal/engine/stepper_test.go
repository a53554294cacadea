package engine

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// extragradient steps by the gradient at the point to which a plain step
// would lead, and whitens it by a running second moment.
type extragradient struct {
	fail  bool
	plain bool // takes no second gradient
	ahead [][]float64
}

func (*extragradient) Name() string { return "extragradient" }
func (*extragradient) Info() (optim.Info, error) {
	return optim.Info{Hypers: []formula.Hyper{{Name: "lr", Default: 0.1, Range: formula.Range{Lo: 0, Hi: 1}}}}, nil
}
func (*extragradient) States(shape []int) []optim.StateSize {
	return []optim.StateSize{{Name: "second", Len: 1}}
}

func (x *extragradient) Step(m optim.Model) error {
	if x.fail {
		return errors.New("singular")
	}
	tensors := m.Tensors()
	if !x.plain {
		if x.ahead == nil {
			for _, t := range tensors {
				x.ahead = append(x.ahead, make([]float64, len(t.Weights)))
			}
		}
		for k, t := range tensors {
			for i := range t.Weights {
				x.ahead[k][i] = t.Weights[i] - t.Hyper["lr"]*t.Grad[i]
			}
		}
		if _, err := m.GradientAt(x.ahead); err != nil {
			return err
		}
	}
	for _, t := range tensors {
		sum := t.State["second"]
		for _, g := range t.Grad {
			sum[0] += g * g
		}
		for i, g := range t.Grad {
			t.Step[i] = t.Hyper["lr"] * g / (1 + math.Sqrt(sum[0]/float64(t.T)))
		}
	}
	return nil
}

// stepperEngine chains clipping, the rule and links behind it.
func stepperEngine(t *testing.T, rule optim.Stepper, before, after string, tensors ...*Tensor) *Engine {
	t.Helper()
	subtract := &formula.Program{Name: "rule", Hypers: []formula.Hyper{{Name: "lr", Default: 0.1}}, Body: []formula.Stmt{{Name: "w", X: &formula.Expr{Op: formula.Sub,
		Args: []*formula.Expr{{Op: formula.Var, Name: "w"}, {Op: formula.Var, Name: Taken}}}}}}
	links := []formula.Link{{Program: subtract}}
	if after != "" {
		p, err := formula.Parse("after", after)
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, formula.Link{Prefix: "after", Program: p})
	}
	p, err := formula.Flatten(links)
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{Program: p, Stepper: rule, Backend: backend(t), Threads: 1}
	if before != "" {
		e.Before = program(t, before)
		for _, g := range groupsOf(tensors) {
			g.Hyper = defaults(e.Before, g.Hyper)
		}
	}
	for _, g := range groupsOf(tensors) {
		g.Hyper = defaults(p, g.Hyper)
	}
	e.Hyper = defaults(p, nil)
	return e
}

const clip = "hyper limit = 1\nsize = all.norm(g)\ng = g*where(size > limit, limit/size, 1)"

// A rule that is no formula, with clipping before and lookahead after it, does
// what a loop over the weights does.
func TestStepper(t *testing.T) {
	g := &Group{}
	x, y := one("x", g, []float64{3, -4, 1}, make([]float64, 3)), one("y", g, []float64{2}, make([]float64, 1))
	f := &Tensor{Name: "f", Shape: []int{2}, W: plan.Vector{F32: []float32{1, 2}}, G: plan.Vector{F64: make([]float64, 2)}, Group: g, Frozen: true}
	e := stepperEngine(t, &extragradient{}, clip, "hyper k = 2\nstate slow = w\ndue = mod(t, k) == 0\nslow = where(due, slow + 0.5*(w - slow), slow)\nw = where(due, slow, w)", x, y, f)
	set(t, e, x, y, f)
	tensors := []*Tensor{x, y}
	call := bowl(tensors)

	w := [][]float64{{3, -4, 1}, {2}}
	slow := [][]float64{{3, -4, 1}, {2}}
	second := []float64{0, 0}
	gradient := func(w [][]float64) [][]float64 {
		out, sum := [][]float64{{0, 0, 0}, {0}}, 0.0
		for k := range w {
			for i := range w[k] {
				out[k][i] = bowlGrad(k, i, w[k][i])
				sum += out[k][i] * out[k][i]
			}
		}
		for k := range w {
			for i := range w[k] {
				out[k][i] *= min(1, 1/math.Sqrt(sum))
			}
		}
		return out
	}
	for n := 1; n <= 4; n++ {
		step(t, e, call)
		grads := gradient(w)
		ahead := [][]float64{{0, 0, 0}, {0}}
		for k := range w {
			for i := range w[k] {
				ahead[k][i] = w[k][i] - 0.1*grads[k][i]
			}
		}
		grads = gradient(ahead)
		for k := range w {
			for _, g := range grads[k] {
				second[k] += g * g
			}
			for i := range w[k] {
				w[k][i] -= 0.1 * grads[k][i] / (1 + math.Sqrt(second[k]/float64(n)))
				if n%2 == 0 {
					slow[k][i] += 0.5 * (w[k][i] - slow[k][i])
					w[k][i] = slow[k][i]
				}
				near(t, tensors[k].Name, tensors[k].W.At(i), w[k][i])
			}
		}
	}
	if f.W.F32[1] != 2 || f.T() != 0 {
		t.Errorf("the frozen tensor has moved")
	}
}

// A link behind the rule that reads g finds the gradient at the weights, after
// the links before the rule, whatever gradients the rule has taken since.
func TestStepperGradientBehind(t *testing.T) {
	x := one("x", &Group{}, []float64{10}, []float64{0})
	e := stepperEngine(t, &extragradient{}, "g = 2*g", "w = g", x)
	set(t, e, x)
	step(t, e, func() error { x.G.Set(0, 3*x.W.At(0)); return nil })
	near(t, "w", x.W.At(0), 60)
}

// A rule's failure, or that of a gradient it asks for, changes nothing.
func TestStepperFails(t *testing.T) {
	x := one("x", &Group{}, []float64{1, 2}, []float64{3, 4})
	rule := &extragradient{}
	e := stepperEngine(t, rule, clip, "state m\nm = m + step; step = m", x)
	set(t, e, x)
	step(t, e, bowl(e.tensors))
	before := everything(e)
	if err := e.Step(nil); !errors.Is(err, ErrNeedsGradients) {
		t.Errorf("without a closure: %v", err)
	}
	same(t, e, before)
	calls := 0
	if err := e.Step(func() error {
		if calls++; calls == 2 {
			return errors.New("broken")
		}
		return bowl(e.tensors)()
	}); err == nil || err.Error() != "broken" {
		t.Errorf("the second gradient fails: %v", err)
	}
	same(t, e, before)
	rule.fail = true
	if err := e.Step(bowl(e.tensors)); err == nil || err.Error() != "singular" {
		t.Errorf("the rule fails: %v", err)
	}
	same(t, e, before)
}

func TestStepperMistakes(t *testing.T) {
	x := one("x", &Group{}, []float64{1, 2}, []float64{3, 4}, 2, 1)
	e := stepperEngine(t, &extragradient{}, "state m\nm = 0.9*m + g; g = m", "", x)
	if err := e.Set(groupsOf([]*Tensor{x}), []*Tensor{x}); err == nil || !strings.Contains(err.Error(), "keeps m from step to step") {
		t.Errorf("a link with a state before the rule: %v", err)
	}
	e = stepperEngine(t, &extragradient{}, "", "", x)
	set(t, e, x)
	e.SetRows(0, []int{1}, plan.Vector{F64: []float64{1}}, true)
	if err := e.Step(bowl(e.tensors)); err == nil || !strings.Contains(err.Error(), "cannot be lazy") {
		t.Errorf("some rows only: %v", err)
	}
	e.SetGrad(0, plan.Vector{F64: []float64{1, 2}})
	e.Accumulate = 2
	set(t, e, x)
	step(t, e, bowl(e.tensors))
	if err := e.Step(bowl(e.tensors)); err == nil || !strings.Contains(err.Error(), "accumulated") {
		t.Errorf("a second gradient of accumulated ones: %v", err)
	}
}

// A rule from given gradients works on accumulated ones, and allocates nothing.
func TestStepperAccumulates(t *testing.T) {
	x := one("x", &Group{}, []float64{0}, []float64{0})
	e := stepperEngine(t, &extragradient{plain: true}, "g = 2*g", "", x)
	e.Accumulate = 2
	set(t, e, x)
	for _, g := range []float64{1, 2} {
		x.G.Set(0, g)
		step(t, e, nil)
	}
	near(t, "w", x.W.At(0), -0.1*3/4)
	if n := allocations(func() { step(t, e, nil) }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}
