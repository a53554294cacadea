package descent_test

import (
	"math/rand"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Rows that are not named have the gradient 0 or, lazily, rest; For chooses by
// name. Rows named twice are added, and rows may change from step to step.
func TestSetRows(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	const rows, length = 6, 3
	whole := func() []float64 { return make([]float64, rows*length) }
	a, b, dense, g := whole(), whole(), whole(), whole()
	for i := range a {
		a[i] = r.NormFloat64()
	}
	copy(b, a)
	copy(dense, a)
	start := append([]float64(nil), a...)
	opt := newOpt(t, optim.Adam, []descent.Param{
		descent.NewParam("emb.a", a, []float32(nil), rows, length), descent.NewParam("b", b, []float64(nil), rows, length),
	}, descent.LR(0.1), descent.WeightDecay(0.1), descent.For("emb.*", descent.Lazy()))
	plain := newOpt(t, optim.Adam, []descent.Param{descent.NewParam("w", dense, g, rows, length)}, descent.LR(0.1), descent.WeightDecay(0.1))
	touched := [rows]bool{}
	for step := range 20 {
		named := []int{r.Intn(3), r.Intn(3), r.Intn(3)}
		if step == 7 {
			named = nil
		}
		x32, x64 := make([]float32, len(named)*length), make([]float64, len(named)*length)
		clear(g)
		for i := range x32 {
			x32[i] = float32(r.NormFloat64())
			x64[i] = float64(x32[i])
			g[named[i/length]*length+i%length] += x64[i]
		}
		must(t, descent.SetRows(opt, "emb.a", named, x32))
		must(t, descent.SetRows(opt, "b", named, x64))
		before := append([]float64(nil), a...)
		must(t, opt.Step())
		must(t, plain.Step())
		present := [rows]bool{}
		for _, row := range named {
			present[row], touched[row] = true, true
		}
		for i := range a {
			if moved := a[i] != before[i]; moved != present[i/length] {
				t.Fatalf("step %d: row %d of the lazy one moved: %v", step, i/length, moved)
			}
			if b[i] != dense[i] {
				t.Fatalf("step %d: b[%d] = %v, from the whole gradient %v", step, i, b[i], dense[i])
			}
		}
	}
	for i := range a {
		if !touched[i/length] && a[i] != start[i] {
			t.Errorf("row %d has moved", i/length)
		}
	}
	must(t, descent.SetGrad(opt, "emb.a", g))
	must(t, descent.SetGrad(opt, "b", g))
	before := append([]float64(nil), a...)
	must(t, opt.Step())
	for i := range a {
		if a[i] == before[i] {
			t.Errorf("weight %d has not moved by a whole gradient", i)
		}
	}
}

func TestSetRowsMistakes(t *testing.T) {
	w, g := make([]float32, 6), make([]float32, 6)
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, []float32(nil), 3, 2)}, descent.Lazy(), descent.CheckFinite())
	wantError(t, opt.Step(), "w has no gradient")
	wantError(t, descent.SetRows(opt, "x", []int{1}, g[:2]), `no parameter "x"`)
	wantError(t, descent.SetRows(opt, "w", []int{0, 3}, g[:4]), "row 3", "expected 0 to 2")
	wantError(t, descent.SetRows(opt, "w", []int{-1}, g[:2]), "row -1")
	wantError(t, descent.SetRows(opt, "w", []int{1, 2}, g[:3]), "3 values, expected 4 for 2 rows of 2")
	wantError(t, descent.SetRows(opt, "w", []int{1}, w[:2]), "share memory")
	inf := []float32{1, 1, 1, float32(1 / g[0])}
	must(t, descent.SetRows(opt, "w", []int{2, 1}, inf))
	wantError(t, opt.Step(), "w is +Inf at element 3")

	twice := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g, 3, 2)}, descent.Lazy(), descent.Accumulate(2))
	must(t, descent.SetRows(twice, "w", []int{1}, g[:2]))
	wantError(t, twice.Step(), "lazy", "Accumulate")
	nag := newOpt(t, optim.NAG, []descent.Param{descent.NewParam("w", w, g, 3, 2)}, descent.Lazy())
	must(t, descent.SetRows(nag, "w", []int{1}, g[:2]))
	_, err := nag.StepFunc(func() (float64, error) { return 0, nil })
	wantError(t, err, "lazy", "several gradients")
}

// Steps on rows allocate nothing once memory is there.
func TestRowsNoAllocation(t *testing.T) {
	w, g := make([]float32, 400), make([]float32, 40)
	opt := newOpt(t, optim.Adam, []descent.Param{descent.NewParam("w", w, []float32(nil), 100, 4)}, descent.Lazy(), descent.Threads(1))
	rows := []int{5, 3, 99, 3, 4, 17, 18, 19, 20, 0}
	step := func() {
		rows[0] = (rows[0] + 1) % 100
		must(t, descent.SetRows(opt, "w", rows, g))
		must(t, opt.Step())
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(50, step); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

// Parameters can be added while another has a gradient of some rows.
func TestAddAfterRows(t *testing.T) {
	w, b := make([]float32, 6), make([]float32, 2)
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, []float32(nil), 3, 2)}, descent.LR(1))
	g := []float32{1, 1}
	must(t, descent.SetRows(opt, "w", []int{1}, g))
	wantError(t, opt.Add(descent.NewParam("b", g, []float32{1, 2})), "share memory")
	must(t, opt.Add(descent.NewParam("b", b, []float32{1, 2})))
	must(t, opt.Step())
	if w[0] != 0 || w[2] != -1 || b[1] != -2 {
		t.Errorf("moved to %v and %v", w, b)
	}
}

// What has been accumulated stays where rows that cannot be are refused.
func TestRowsKeepSums(t *testing.T) {
	w, g := make([]float32, 4), []float32{4, 4, 4, 4}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g, 2, 2)}, descent.Lazy(), descent.Accumulate(2), descent.LR(1))
	must(t, opt.Step())
	must(t, descent.SetRows(opt, "w", []int{1}, []float32{1, 1}))
	wantError(t, opt.Step(), "Accumulate")
	must(t, descent.SetGrad(opt, "w", g))
	must(t, opt.Step())
	if w[0] != -4 {
		t.Errorf("w = %v, expected the mean of two gradients of 4", w)
	}
}

// After rows that a rule refuses, the links before it see the whole gradient.
func TestRowsRefused(t *testing.T) {
	w, g := make([]float32, 4), []float32{1, 1, 1, 1}
	opt := newOpt(t, &heavyBall{}, []descent.Param{descent.NewParam("w", w, []float32(nil), 2, 2), descent.NewParam("b", make([]float32, 1), make([]float32, 1))}, descent.Lazy(), descent.Rescale(1), descent.LR(1))
	must(t, descent.SetRows(opt, "w", []int{1}, g[:2]))
	must(t, opt.Freeze("b"))
	wantError(t, opt.Step(), "cannot be lazy")
	must(t, descent.SetGrad(opt, "w", g))
	must(t, opt.Step())
	for i := range w {
		if w[i] != -1 {
			t.Errorf("w[%d] = %v, expected -1", i, w[i])
		}
	}
}

// Means are over the rows that take part, and of none they are 0.
func TestLazyMean(t *testing.T) {
	for _, mean := range []string{"mean(g)", "all.mean(g)"} {
		rule, err := optim.Parse("moved-by-mean", "hyper lr = 1\nscalar s\ns = s + "+mean+"\nw = w - lr*s")
		must(t, err)
		w := make([]float64, 8)
		opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, []float64(nil), 4, 2)}, descent.Lazy())
		must(t, descent.SetRows(opt, "w", nil, []float64{}))
		must(t, opt.Step())
		must(t, descent.SetRows(opt, "w", []int{1, 3}, []float64{1, 2, 3, 6}))
		must(t, opt.Step())
		if w[2] != -3 || w[7] != -3 || w[0] != 0 {
			t.Errorf("%s: w = %v, expected -3 in rows 1 and 3", mean, w)
		}
	}
}
