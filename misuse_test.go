package descent_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestMisuse: what makes no sense is an error that says so, never a panic.
func TestMisuse(t *testing.T) {
	w, g := []float64{1, 2}, []float64{1, 1}
	ok := descent.NewParam("w", w, g)
	for _, c := range []struct {
		name   string
		param  descent.Param
		option descent.Option
		want   string
	}{
		{"nil in For", ok, descent.For("*", nil), `For("*"): an option is nil`},
		{"multiplier", ok, descent.For("zz", descent.LRMult(math.NaN())), "the multiplier of lr is NaN"},
		{"shape", descent.NewParam("w", w, g, math.MaxInt/2+1, 4), descent.LR(1), "more weights than there can be"},
		{"empty shape", descent.NewParam("w", w[:0], g[:0], math.MaxInt/2+1, 4, 0), descent.LR(1), "more weights than there can be"},
	} {
		_, err := descent.New(optim.SGD, []descent.Param{c.param}, c.option)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected %q", c.name, err, c.want)
		}
	}
}

// TestEmptyOptimizer: one that New has not made has nothing, and says so.
func TestEmptyOptimizer(t *testing.T) {
	var empty descent.Optimizer
	for name, do := range map[string]func() error{
		"Step":    empty.Step,
		"Eval":    empty.Eval,
		"Set":     func() error { return empty.Set("lr", 1) },
		"Hyper":   func() error { _, err := empty.Hyper("lr"); return err },
		"StateOf": func() error { _, err := empty.StateOf("", "t"); return err },
		"SetGrad": func() error { return descent.SetGrad(&empty, "w", []float64{1}) },
		"SetRows": func() error { return descent.SetRows(&empty, "w", nil, []float64{}) },
		"SetSeen": func() error { return descent.SetSeen(&empty, "w", []float64{1}) },
		"Freeze":  func() error { return empty.Freeze("*") },
		"Restore": func() error { return empty.Restore(nil) },
		"scale":   func() error { _, err := descent.NewLossScale().Step(&empty); return err },
	} {
		if err := do(); err == nil || !strings.HasPrefix(err.Error(), "descent: ") {
			t.Errorf("%s of an empty Optimizer: %v", name, err)
		}
	}
	empty.Train()
	empty.ZeroGrad()
	if empty.NeedsFunc() || empty.Updates() != 0 || empty.Waiting() != 0 || empty.LR() != 0 || empty.Backend() != "" || empty.Rule() != nil || len(empty.States())+len(empty.Hypers()) != 0 {
		t.Error("an empty Optimizer has something")
	}
	must(t, empty.Close())
}

// TestInsideStep: the function of StepFunc may not change the optimizer that calls it.
func TestInsideStep(t *testing.T) {
	w, g := []float64{1, 2}, []float64{1, 1}
	opt, err := descent.New(optim.NAG, []descent.Param{descent.NewParam("w", w, g)})
	if err != nil {
		t.Fatal(err)
	}
	inside := map[string]func() error{
		"Step":     opt.Step,
		"StepFunc": func() error { _, err := opt.StepFunc(func() (float64, error) { return 0, nil }); return err },
		"Add":      func() error { return opt.Add(descent.NewParam("v", []float64{1}, []float64{1})) },
		"Freeze":   func() error { return opt.Freeze("w") },
		"Eval":     opt.Eval,
		"Set":      func() error { return opt.Set("lr", 1) },
		"Close":    opt.Close,
		"Restore":  func() error { return opt.Restore(opt.States()) },
	}
	for name, call := range inside {
		_, err := opt.StepFunc(func() (float64, error) { return 0, call() })
		if err == nil || !strings.Contains(err.Error(), "a step is under way") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !slices.Equal(w, []float64{1, 2}) || opt.Updates() != 0 {
		t.Errorf("weights %v, %d updates: something has changed", w, opt.Updates())
	}
}

// TestPanicInFunc: a function that panics leaves the optimizer as it was.
func TestPanicInFunc(t *testing.T) {
	w, g := []float64{1, 2}, []float64{1, 1}
	opt, err := descent.New(optim.NAG, []descent.Param{descent.NewParam("w", w, g)})
	if err != nil {
		t.Fatal(err)
	}
	step := func(f func()) {
		defer func() { _ = recover() }()
		_, _ = opt.StepFunc(func() (float64, error) { f(); return 0, nil })
	}
	step(func() {})
	after := slices.Clone(w)
	step(func() { panic("no") })
	if !slices.Equal(w, after) || opt.Updates() != 1 {
		t.Errorf("weights %v, %d updates; expected %v, 1", w, opt.Updates(), after)
	}
	if step(func() {}); opt.Updates() != 2 {
		t.Errorf("%d updates, expected 2: it is no longer usable", opt.Updates())
	}
}
