package optim_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// The battery has no loss, so the line search finds none that is lower and
// stays; what L-BFGS computes is tested here.
func init() {
	hands["lbfgs"] = func(hp) algorithm {
		return func(_ int, w []float64, _ func([]float64) []float64) []float64 { return w }
	}
	fits["lbfgs"] = fit{options: []descent.Option{descent.Set("line_search", "none")}}
}

// valley is Rosenbrock's function of the first weights of two parameters, and
// a bowl of the others.
type valley struct {
	w, g  [2][]float64
	calls int
}

func newValley() *valley {
	return &valley{w: [2][]float64{{-1.2, 3}, {1, -2, 0.5}}, g: [2][]float64{make([]float64, 2), make([]float64, 3)}}
}

func (v *valley) params() []descent.Param {
	return []descent.Param{descent.NewParam("a", v.w[0], v.g[0]), descent.NewParam("b", v.w[1], v.g[1])}
}

// loss is a closure.
func (v *valley) loss() (float64, error) {
	v.calls++
	x, y := v.w[0][0], v.w[1][0]
	d := y - x*x
	v.g[0][0], v.g[1][0] = -2*(1-x)-400*x*d, 200*d
	f := (1-x)*(1-x) + 100*d*d
	for k, w := range v.w {
		for i, x := range w[1:] {
			a := float64(k+2*i) + 0.5
			v.g[k][i+1] = a * (x - 0.25)
			f += a * (x - 0.25) * (x - 0.25) / 2
		}
	}
	return f, nil
}

func (v *valley) run(t *testing.T, rule optim.Rule, steps int, options ...descent.Option) *descent.Optimizer {
	t.Helper()
	opt, err := descent.New(rule, v.params(), options...)
	if err != nil {
		t.Fatal(err)
	}
	v.steps(t, opt, steps)
	return opt
}

func (v *valley) steps(t *testing.T, opt *descent.Optimizer, steps int) {
	t.Helper()
	for range steps {
		if _, err := opt.StepFunc(v.loss); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLBFGSMinimises: with the line search a few steps lead to the minimum.
func TestLBFGSMinimises(t *testing.T) {
	v := newValley()
	v.run(t, optim.LBFGS, 3)
	for k, want := range [][]float64{{1, 0.25}, {1, 0.25, 0.25}} {
		for i, x := range v.w[k] {
			if !(math.Abs(x-want[i]) < 1e-4) {
				t.Errorf("weight %d of %d is %v, expected %v", i, k, x, want[i])
			}
		}
	}
	if v.calls > 80 {
		t.Errorf("%d evaluations, expected about 50", v.calls)
	}
}

// TestLBFGSDense compares directions with those that the inverse Hessian gives
// when it is written out: (6.17) for each change, from gamma of (7.20).
func TestLBFGSDense(t *testing.T) {
	const n, lr = 5, 0.3
	v, dense := newValley(), newValley()
	none := []descent.Option{descent.Set("line_search", "none"), descent.Set("max_iter", 1), descent.LR(lr), descent.Set("history_size", 4)}
	opt := v.run(t, optim.LBFGS, 0, none...)
	at := func() (w, g [n]float64) {
		if _, err := dense.loss(); err != nil {
			t.Fatal(err)
		}
		copy(w[:], slices.Concat(dense.w[0], dense.w[1]))
		copy(g[:], slices.Concat(dense.g[0], dense.g[1]))
		return w, g
	}
	var changes [][2][n]float64 // of weights and gradients
	var lastW, lastG [n]float64
	for step := range 12 {
		w, g := at()
		h, scale := identity(n, 1), lr
		if step == 0 {
			sum := 0.0
			for _, x := range g {
				sum += math.Abs(x)
			}
			scale *= math.Min(1, 1/sum)
		} else {
			var c [2][n]float64
			for i := range n {
				c[0][i], c[1][i] = w[i]-lastW[i], g[i]-lastG[i]
			}
			if dot(c[0][:], c[1][:]) > 1e-10 {
				changes = append(changes, c)
			}
			if newest := changes[max(0, len(changes)-1):]; len(newest) > 0 {
				h = identity(n, dot(newest[0][0][:], newest[0][1][:])/dot(newest[0][1][:], newest[0][1][:]))
			}
			for _, c := range changes[max(0, len(changes)-4):] {
				h = update(h, c[0][:], c[1][:])
			}
		}
		lastW, lastG = w, g
		for i := range n {
			w[i] -= scale * dot(h[i], g[:])
		}
		copy(dense.w[0], w[:2])
		copy(dense.w[1], w[2:])
		v.steps(t, opt, 1)
		for i, x := range slices.Concat(v.w[0], v.w[1]) {
			if !(math.Abs(x-w[i]) <= 1e-9*(1+math.Abs(w[i]))) {
				t.Fatalf("step %d, weight %d: %v, written out %v", step+1, i, x, w[i])
			}
		}
	}
	if len(changes) < 6 {
		t.Errorf("%d changes: expected more than are remembered", len(changes))
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func identity(n int, c float64) [][]float64 {
	h := make([][]float64, n)
	for i := range h {
		h[i] = make([]float64, n)
		h[i][i] = c
	}
	return h
}

// update is (6.17): (I - rho s y') h (I - rho y s') + rho s s'.
func update(h [][]float64, s, y []float64) [][]float64 {
	n, rho := len(s), 1/dot(s, y)
	out := identity(n, 0)
	for i := range n {
		for j := range n {
			out[i][j] = rho * s[i] * s[j]
			for k := range n {
				for l := range n {
					left, right := -rho*s[i]*y[k], -rho*y[l]*s[j]
					if i == k {
						left++
					}
					if l == j {
						right++
					}
					out[i][j] += left * h[k][l] * right
				}
			}
		}
	}
	return out
}

// TestLBFGSResumes: the states carry everything, whether or not all places for
// changes have been used.
func TestLBFGSResumes(t *testing.T) {
	for _, search := range []string{"none", "strong_wolfe"} {
		for steps := range 6 {
			options := []descent.Option{descent.Set("line_search", search), descent.Set("max_iter", 2), descent.LR(0.1)}
			v := newValley()
			opt := v.run(t, optim.NewLBFGS(3), steps, options...)
			states := clone(opt.States())
			again := newValley()
			for k := range v.w {
				copy(again.w[k], v.w[k])
			}
			opt2 := again.run(t, optim.NewLBFGS(3), 0, options...)
			if err := opt2.Restore(states); err != nil {
				t.Fatal(err)
			}
			v.steps(t, opt, 4)
			again.steps(t, opt2, 4)
			if !slices.Equal(v.w[0], again.w[0]) || !slices.Equal(v.w[1], again.w[1]) || !sameStates(opt.States(), opt2.States()) {
				t.Errorf("%s, restored after %d steps: %v, not restored %v", search, steps, again.w, v.w)
			}
		}
	}
}

// TestLBFGSFails: an error of the closure, at whichever call, changes nothing.
func TestLBFGSFails(t *testing.T) {
	v := newValley()
	opt := v.run(t, optim.LBFGS, 1)
	for at := range 6 {
		w, states, calls := slices.Concat(v.w[0], v.w[1]), clone(opt.States()), 0
		_, err := opt.StepFunc(func() (float64, error) {
			if calls++; calls > at {
				return 0, errors.New("no data")
			}
			return v.loss()
		})
		wantError(t, err, "no data")
		if !slices.Equal(w, slices.Concat(v.w[0], v.w[1])) || !sameStates(opt.States(), states) {
			t.Errorf("the failure of call %d changed something", at+1)
		}
	}
}

// TestLBFGSFrozen: parameters that rest do so, and with those that move the
// memory begins anew.
func TestLBFGSFrozen(t *testing.T) {
	v := newValley()
	opt := v.run(t, optim.LBFGS, 1, descent.Set("max_iter", 3))
	if err := opt.Freeze("b"); err != nil {
		t.Fatal(err)
	}
	b, other := slices.Clone(v.w[1]), newValley()
	for k := range v.w {
		copy(other.w[k], v.w[k])
	}
	v.steps(t, opt, 2)
	if !slices.Equal(v.w[1], b) {
		t.Errorf("the frozen parameter moved from %v to %v", b, v.w[1])
	}
	fresh := other.run(t, optim.LBFGS, 0, descent.Set("max_iter", 3))
	if err := fresh.Freeze("b"); err != nil {
		t.Fatal(err)
	}
	other.steps(t, fresh, 2)
	if !slices.Equal(v.w[0], other.w[0]) {
		t.Errorf("with b at rest a is %v, of an optimizer that remembers nothing %v", v.w[0], other.w[0])
	}
	if err := opt.Unfreeze("b"); err != nil {
		t.Fatal(err)
	}
	v.steps(t, opt, 30)
	if d := math.Abs(v.w[0][0]-1) + math.Abs(v.w[1][0]-1); !(d < 1e-4) {
		t.Errorf("ends %v from the minimum", d)
	}
}

// TestLBFGSWithoutLimits: the largest int as a limit is none.
func TestLBFGSWithoutLimits(t *testing.T) {
	v := newValley()
	v.run(t, optim.LBFGS, 1, descent.Set("max_iter", math.MaxInt), descent.Set("max_eval", math.MaxInt))
	if d := math.Abs(v.w[0][0]-1) + math.Abs(v.w[1][0]-1); !(d < 1e-4) {
		t.Errorf("one step ends %v from the minimum", d)
	}
}

// TestLBFGSMistakes: what it cannot do it says.
func TestLBFGSMistakes(t *testing.T) {
	v := newValley()
	if _, err := v.loss(); err != nil {
		t.Fatal(err)
	}
	opt := v.run(t, optim.LBFGS, 0)
	wantError(t, opt.Step(), "lbfgs", "asks for gradients")
	opt = v.run(t, optim.LBFGS, 0, descent.For("b", descent.Set("max_iter", 7)))
	_, err := opt.StepFunc(v.loss)
	wantError(t, err, "lbfgs takes all parameters together", "max_iter is 20 of a but 7 of b")
	for history, want := range map[int]string{0: "memory for 0 changes", 3: "history_size = 4 is out of range"} {
		_, err = descent.New(optim.NewLBFGS(history), v.params(), descent.Set("history_size", 4))
		wantError(t, err, want)
	}
}

// TestLBFGSFloat32: near what it gives in float64.
func TestLBFGSFloat32(t *testing.T) {
	w, g := []float32{3, -2, 5, 0.1}, make([]float32, 4)
	opt, err := descent.New(optim.LBFGS, []descent.Param{descent.NewParam("w", w, g, 2, 2)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := opt.StepFunc(func() (loss float64, err error) {
			for i, x := range w {
				g[i] = float32(i+1) * (x - 0.5)
				loss += float64(g[i]*(x-0.5)) / 2
			}
			return loss, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range w {
		if !(math.Abs(float64(x)-0.5) < 1e-4) {
			t.Errorf("element %d is %v, expected 0.5", i, x)
		}
	}
}

// L-BFGS asks for gradients as it goes, so it steps with StepFunc.
func ExampleLBFGS() {
	w, g := []float64{-1.2, 1}, make([]float64, 2)
	opt, err := descent.New(optim.LBFGS, []descent.Param{descent.NewParam("w", w, g)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		_, err := opt.StepFunc(func() (float64, error) {
			x, y := w[0], w[1]
			d := y - x*x
			g[0], g[1] = -2*(1-x)-400*x*d, 200*d
			return (1-x)*(1-x) + 100*d*d, nil
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%.4f\n", w)
	// Output: [1.0000 1.0000]
}
