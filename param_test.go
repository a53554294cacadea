package descent_test

import (
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestMixedTypes: values and gradients of both types in one optimizer, under
// one global norm.
func TestMixedTypes(t *testing.T) {
	a, ga := []float32{1, 1}, []float32{3, 0}
	b, gb := []float64{1}, []float32{4}
	c, gc := []float32{1}, []float64{12}
	d, gd := []float64{1}, []float64{0}
	opt := newOpt(t, optim.SGD, []descent.Param{
		descent.NewParam("a", a, ga), descent.NewParam("b", b, gb), descent.NewParam("c", c, gc), descent.NewParam("d", d, gd),
	}, descent.LR(1), descent.ClipNorm(1.3))
	must(t, opt.Step())
	near(t, "a[0]", float64(a[0]), 1-0.3) // the norm of 3, 4, 12 is 13
	near(t, "a[1]", float64(a[1]), 1)
	near(t, "b", b[0], 1-0.4)
	near(t, "c", float64(c[0]), 1-1.2)
	near(t, "d", d[0], 1)
	if ga[0] != 3 || gc[0] != 12 {
		t.Errorf("the caller's gradients have changed: %v %v", ga, gc)
	}
}

func TestParamAccessors(t *testing.T) {
	p := newModel().params()[0]
	shape := p.Shape()
	if p.Name() != "fc.weight" || p.Len() != 6 || len(shape) != 2 || shape[0] != 2 || shape[1] != 3 {
		t.Errorf("%s %v %d", p.Name(), shape, p.Len())
	}
	shape[0] = 7
	if p.Shape()[0] != 2 {
		t.Error("Shape gives the parameter's own memory")
	}
}

func TestParamMistakes(t *testing.T) {
	x := make([]float64, 10)
	y, z := make([]float64, 4), make([]float64, 4)
	for _, c := range []struct {
		params []descent.Param
		parts  []string
	}{
		{nil, []string{"no parameters"}},
		{[]descent.Param{{}}, []string{"no name"}},
		{[]descent.Param{descent.NewParam("", y, z)}, []string{"no name"}},
		{[]descent.Param{descent.NewParam("w", y, z, 3, 2)}, []string{"w", "[3 2]", "6", "4"}},
		{[]descent.Param{descent.NewParam("w", y, z, -2, -2)}, []string{"w", "negative"}},
		{[]descent.Param{descent.NewParam("w", y, x)}, []string{"w", "4 weights", "10"}},
		{[]descent.Param{descent.NewParam("w", y, y)}, []string{"the value of w and the gradient of w share memory"}},
		{[]descent.Param{descent.NewParam("w", x[:5], x[4:9])}, []string{"the value of w and the gradient of w share memory"}},
		{[]descent.Param{descent.NewParam("a", x[:4], y), descent.NewParam("b", x[3:7], z)}, []string{"the value of a and the value of b share memory"}},
		{[]descent.Param{descent.NewParam("a", x[:4], y), descent.NewParam("b", x[4:8], y)}, []string{"the gradient of a and the gradient of b share memory"}},
		{[]descent.Param{descent.NewParam("a", x[:4], y), descent.NewParam("a", x[4:8], z)}, []string{"two parameters are named a"}},
	} {
		_, err := descent.New(optim.SGD, c.params)
		wantError(t, err, c.parts...)
	}
	newOpt(t, optim.SGD, []descent.Param{descent.NewParam("a", x[:4], y), descent.NewParam("b", x[4:8], z)}) // side by side is well
}

// TestZeroLength: a parameter without weights takes part, under every rule.
func TestZeroLength(t *testing.T) {
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		must(t, err)
		if info, _ := rule.Info(); info.Link {
			rule = optim.Chain(optim.Centralize, optim.ClipNorm, optim.SGD, optim.Lookahead)
		}
		w, g := []float32{1}, []float32{1}
		opt := newOpt(t, rule, []descent.Param{
			descent.NewParam("none", []float32{}, []float32{}),
			descent.NewParam("rows", []float64(nil), []float64(nil), 3, 0),
			descent.NewParam("flat", []float64(nil), []float64(nil), 0, 3),
			descent.NewParam("w", w, g),
		}, descent.ClipNorm(1))
		for range 6 {
			if _, err := opt.StepFunc(func() (float64, error) { return float64(w[0]), nil }); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if w[0] == 1 || w[0] != w[0] {
			t.Errorf("%s: the weight beside is %v", name, w[0])
		}
		must(t, opt.Restore(opt.States()))
	}
}

// TestScalarShape: a parameter may be a single number.
func TestScalarShape(t *testing.T) {
	w := []float64{2}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, []float64{1}, 1)})
	must(t, opt.Step())
	near(t, "w", w[0], 1.99)
}

func TestMissingGradient(t *testing.T) {
	m := newModel()
	params := []descent.Param{m.params()[0], descent.NewParam("fc.bias", m.b, []float64(nil))}
	opt := newOpt(t, optim.Adam, params, descent.Accumulate(2))
	unchanged(t, m, opt, opt.Step, "fc.bias has no gradient", "SetGrad", "Freeze")
	unchanged(t, m, opt, func() error {
		_, err := opt.StepFunc(func() (float64, error) { return 1, nil })
		return err
	}, "fc.bias has no gradient")
	must(t, opt.Freeze("fc.bias"))
	must(t, opt.Step())
	must(t, opt.Unfreeze("fc.bias"))
	must(t, descent.SetGrad(opt, "fc.bias", m.gb))
	must(t, opt.Step())
	if opt.Updates() != 1 {
		t.Errorf("%d updates", opt.Updates())
	}
}
