package descent_test

import (
	"math"
	"math/rand"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// noisy trains n weights for so many steps with random gradients around a slope
// of their own, and gives where they come from and get to, and the optimizer.
func noisy(t *testing.T, rule optim.Rule, n, steps int, options ...descent.Option) (from, to []float32, opt *descent.Optimizer) {
	t.Helper()
	r := rand.New(rand.NewSource(5))
	to, slope, g := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range to {
		to[i], slope[i] = float32(r.NormFloat64()), float32(0.3*r.NormFloat64())
	}
	from = append(from, to...)
	opt = newOpt(t, rule, []descent.Param{descent.NewParam("w", to, g, n/10, 10)}, options...)
	for range steps {
		for i := range g {
			g[i] = slope[i] + float32(r.NormFloat64())
		}
		must(t, opt.Step())
	}
	return from, to, opt
}

// distance is the norm of the difference.
func distance(x, y []float32) float64 {
	sum := 0.0
	for i := range x {
		sum += float64(x[i]-y[i]) * float64(x[i]-y[i])
	}
	return math.Sqrt(sum)
}

// A hundred steps with states in bfloat16 end within a fiftieth of their
// length of where float32 states lead, and the states are half as large.
func TestStateType(t *testing.T) {
	for _, rule := range []optim.Rule{optim.Adam, optim.AdamW, optim.RMSProp, optim.AdaGrad, optim.Lion, optim.FTRL, optim.NAGShifted} {
		from, want, _ := noisy(t, rule, 1000, 100)
		_, got, opt := noisy(t, rule, 1000, 100, descent.StateType(descent.BF16))
		if d := distance(got, want) / distance(from, want); d > 0.02 || d == 0 {
			t.Errorf("%s: %v of the way apart", rule.Name(), d)
		}
		for _, s := range opt.States() {
			if len(s.Shape) > 0 && (len(s.BF16) != 1000 || s.F32 != nil || s.F64 != nil) {
				t.Errorf("%s: state %s is no bfloat16", rule.Name(), s.Name)
			}
		}
	}
}

// An average that a thousand small steps move is right on the whole, where
// rounding to the nearest would have left it where it was.
func TestStateTypeUnbiased(t *testing.T) {
	const n = 4000
	w, g := make([]float32, n), make([]float32, n)
	opt := newOpt(t, optim.Adam, []descent.Param{descent.NewParam("w", w, g)}, descent.StateType(descent.BF16))
	for step := range 1001 {
		for i := range g {
			if g[i] = 0; step == 0 {
				g[i] = float32(1 + i%7)
			}
		}
		must(t, opt.Step())
	}
	ratio := 0.0
	for i, v := range state(t, opt, "w", "v").BF16 {
		first := float64(1+i%7) * float64(1+i%7) * 0.001
		ratio += float64(v.Float32()) / (first * math.Pow(0.999, 1000)) / n
	}
	if math.Abs(ratio-1) > 0.003 {
		t.Errorf("v is %v of what it should be", ratio)
	}
}

// The draws depend on seed, name and t, and on nothing else: neither on the
// number of threads nor on whether the run was saved and resumed.
func TestStateTypeSameBits(t *testing.T) {
	bf16 := descent.StateType(descent.BF16)
	_, want, _ := noisy(t, optim.Adam, 30_000, 6, bf16, descent.Threads(1))
	_, got, _ := noisy(t, optim.Adam, 30_000, 6, bf16, descent.Threads(3))
	if distance(got, want) != 0 {
		t.Error("the number of threads matters")
	}
	if _, got, _ = noisy(t, optim.Adam, 30_000, 6, bf16, descent.Seed(1)); distance(got, want) == 0 {
		t.Error("the seed does not matter")
	}
	_, w, first := noisy(t, optim.Adam, 1000, 5, bf16)
	resumed := append([]float32(nil), w...)
	g := make([]float32, len(w))
	second := newOpt(t, optim.Adam, []descent.Param{descent.NewParam("w", resumed, g, 100, 10)}, bf16)
	must(t, second.Restore(first.States()))
	must(t, descent.SetGrad(first, "w", g))
	must(t, first.Step())
	must(t, second.Step())
	if distance(w, resumed) != 0 {
		t.Error("a resumed run goes elsewhere")
	}
	float := newOpt(t, optim.Adam, []descent.Param{descent.NewParam("w", resumed, make([]float32, len(w)), 100, 10)})
	wantError(t, float.Restore(first.States()), "state m of w", "bfloat16", "expected 1000 values of float32")
}

// States of float64 weights are kept in bfloat16 too; those that start as the
// weights, scalars and rows are not.
func TestStateTypeKinds(t *testing.T) {
	rule := parse(t, "hyper lr = 0.1\nstate z = w\nstate h = 0.7\nstate row r\nscalar s\nz = z - lr*g; h = h + g; r = r + row.mean(g); s = s + norm(g)\nw = z + r + s + 1e-30*h")
	w, g := []float64{1.0078125, -2, 3, math.Pi}, []float64{0, 0, 0, 0}
	opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, g, 2, 2)}, descent.StateType(descent.BF16))
	if h := state(t, opt, "w", "h").BF16; len(h) != 4 || h[0] != descent.ToBFloat16(0.7) {
		t.Errorf("h starts as %v", h)
	}
	if z := state(t, opt, "w", "z").F64; len(z) != 4 || z[3] != math.Pi {
		t.Errorf("z starts as %v", z)
	}
	if r, s := state(t, opt, "w", "r"), state(t, opt, "w", "s"); len(r.F64) != 2 || len(s.F64) != 1 {
		t.Errorf("the state of rows is %+v, the scalar %+v", r, s)
	}
	must(t, opt.Step())
	if w[0] != 1.0078125 || w[3] != math.Pi {
		t.Errorf("w is %v", w)
	}
}

func TestStateTypeMistakes(t *testing.T) {
	p := []descent.Param{descent.NewParam("w", []float32{1}, []float32{1})}
	for _, c := range []struct {
		rule   optim.Rule
		option descent.Option
		want   string
	}{
		{optim.Adam, descent.StateType(7), "StateType(7): expected AsComputed or BF16"},
		{optim.Adam, descent.For("w", descent.StateType(descent.BF16)), `For("w")`},
		{optim.SOAP, descent.StateType(descent.BF16), "soap is no formula and keeps its states in float64: StateType cannot change that"},
	} {
		_, err := descent.New(c.rule, p, c.option)
		wantError(t, err, c.want)
	}
}
