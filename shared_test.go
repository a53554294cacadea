package descent_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// A formula whose lines stand elsewhere moves as it would alone, while an
// optimizer of the same formula is in use.
func TestSameFormulaElsewhere(t *testing.T) {
	const text = "hyper lr = 0.1\nglobal scalar k = 1\nk = all.sum(g)\nw = w - lr*k*g"
	keep := newOpt(t, parse(t, text), []descent.Param{descent.NewParam("w", []float32{1, 2}, []float32{1, 1})})
	must(t, keep.Step())
	w := []float64{1, 2}
	opt := newOpt(t, parse(t, "\n\n"+text), []descent.Param{descent.NewParam("w", w, []float64{1, 2})})
	must(t, opt.Step())
	near(t, "w[0]", w[0], 1-0.1*3)
	near(t, "w[1]", w[1], 2-0.1*3*2)
	must(t, keep.Step())
}

// A scalar state that nothing but the evaluation weights read is kept.
func TestScalarForEval(t *testing.T) {
	rule := parse(t, "hyper lr = 0, beta = 0.9\nstate a\nscalar fix = 1\na = beta*a + (1-beta)*w\nfix = 1 - beta^t\nw = w - lr*g\neval x = a/fix")
	w := []float64{2, -3}
	opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, []float64{1, 1})})
	for range 3 {
		must(t, opt.Step())
	}
	near(t, "fix", state(t, opt, "w", "fix").F64[0], 1-0.9*0.9*0.9)
	must(t, opt.Eval())
	near(t, "w[0]", w[0], 2)
	opt.Train()
}

// Gradients of another type each time they are asked for, within a step, reach
// the links before a rule that is no formula.
func TestTypesWithinStep(t *testing.T) {
	var got [2][]float32
	for k := range got {
		w := []float32{3, -1, 2, 5, -4}
		other, g32, g64 := []float32{1}, make([]float32, 5), make([]float64, 5)
		opt := newOpt(t, optim.LBFGS, []descent.Param{descent.NewParam("w", w, g32), descent.NewParam("v", other, []float32{0})}, descent.ClipValue(100))
		calls := 0
		_, err := opt.StepFunc(func() (float64, error) {
			loss := 0.0
			for i, x := range w {
				g32[i], g64[i] = float32(i+1)*x, float64(float32(i+1)*x)
				loss += float64(i+1) * float64(x) * float64(x) / 2
			}
			if calls++; k == 1 && calls%2 == 0 {
				return loss, descent.SetGrad(opt, "w", g64)
			}
			return loss, descent.SetGrad(opt, "w", g32)
		})
		must(t, err)
		got[k] = w
	}
	if !slices.Equal(got[0], got[1]) {
		t.Errorf("with gradients of two types %v, of one %v", got[1], got[0])
	}
}

// New gradients, and rows, for one of many small parameters cost no memory.
func TestManySmallNoAllocation(t *testing.T) {
	var params []descent.Param
	for i := range 100 {
		params = append(params, descent.NewParam(fmt.Sprint("p", i), make([]float32, 20), make([]float32, 20), 10, 2))
	}
	opt := newOpt(t, optim.Adam, params, descent.Threads(1), descent.For("p10", descent.Lazy()))
	fresh, rows := [2][]float32{make([]float32, 20), make([]float32, 20)}, []int{3, 1}
	i := 0
	run := func() {
		i++
		must(t, descent.SetGrad(opt, "p7", fresh[i%2]))
		must(t, descent.SetRows(opt, "p9", rows, fresh[0][:4]))
		must(t, descent.SetRows(opt, "p10", rows[:1+i%2], fresh[0][:2+2*(i%2)]))
		must(t, opt.Step())
	}
	run()
	run()
	if n := testing.AllocsPerRun(20, run); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}
