package descent_test

import (
	"math"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// state is what an optimizer keeps for a parameter.
func state(t *testing.T, opt *descent.Optimizer, param, name string) descent.State {
	t.Helper()
	s, err := opt.StateOf(param, name)
	must(t, err)
	return s
}

// halves are float16 and bfloat16 numbers near some float32 ones.
func halves(x ...float32) (a []descent.Float16, b []descent.BFloat16) {
	for _, v := range x {
		a, b = append(a, descent.ToFloat16(v)), append(b, descent.ToBFloat16(v))
	}
	return a, b
}

// The master copy moves as float32 weights do, and the weights are what it
// rounds to, whatever the type of the gradient.
func TestMaster(t *testing.T) {
	start := []float32{1, -2, 0.5, 3}
	g16, gb := halves(0.25, -1, 2, 0.125)
	g := []float32{0.25, -1, 2, 0.125}
	for _, rule := range []optim.Rule{optim.Adam, optim.Lookahead, &heavyBall{}} {
		if rule == optim.Lookahead {
			rule = optim.Chain(optim.Adam, optim.Lookahead)
		}
		w := append([]float32(nil), start...)
		a, b := halves(start...)
		opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.01))
		half := newOpt(t, rule, []descent.Param{descent.NewParam("a", a, g16, 2, 2), descent.NewParam("b", b, gb), descent.NewParam("c", make([]descent.Float16, 0), g16[:0])}, descent.LR(0.01))
		for range 20 {
			must(t, opt.Step())
			must(t, half.Step())
		}
		ma, mb := state(t, half, "a", "descent.master"), state(t, half, "b", "descent.master")
		for i := range w {
			if ma.F32[i] != w[i] || mb.F32[i] != w[i] {
				t.Errorf("%s: the master copies of w[%d] are %v and %v, expected %v", rule.Name(), i, ma.F32[i], mb.F32[i], w[i])
			}
			if a[i] != descent.ToFloat16(w[i]) || b[i] != descent.ToBFloat16(w[i]) {
				t.Errorf("%s: w[%d] is %v and %v, expected %v rounded", rule.Name(), i, a[i].Float32(), b[i].Float32(), w[i])
			}
		}
	}
}

// Weights that the caller changes count, not their old master copy.
func TestMasterFollows(t *testing.T) {
	w, _ := halves(1, 2)
	g := []float32{0.5, 0.5}
	for _, rule := range []optim.Rule{optim.SGD, &heavyBall{}} {
		w[0], w[1] = descent.ToFloat16(1), descent.ToFloat16(2)
		opt := newOpt(t, rule, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(1e-5))
		must(t, opt.Step()) // moves the copy, too little for the weights
		w[1] = descent.ToFloat16(8)
		must(t, opt.Step())
		m := state(t, opt, "w", "descent.master").F32
		if !(m[0] < 1-9e-6) || !(m[1] < 8 && m[1] > 7.9999) {
			t.Errorf("%s: the master copy is %v", rule.Name(), m)
		}
	}
}

// eps is a rule that moves weights to the Eps of their type.
type eps struct{ heavyBall }

func (*eps) Step(m optim.Model) error {
	for _, t := range m.Tensors() {
		for i := range t.Step {
			t.Step[i] = t.Weights[i] - t.Eps
		}
	}
	return nil
}

// A rule that is no formula sees how fine the weights' type is.
func TestEps(t *testing.T) {
	a, b := halves(1, 2)
	c, d, g := []float32{1, 2}, []float64{1, 2}, []float32{0, 0}
	opt := newOpt(t, &eps{}, []descent.Param{descent.NewParam("a", a, g), descent.NewParam("b", b, []float32{0, 0}), descent.NewParam("c", c, []float32{0, 0}), descent.NewParam("d", d, []float32{0, 0})})
	must(t, opt.Step())
	if a[0].Float32() != 0x1p-10 || b[1].Float32() != 0x1p-7 || c[0] != 0x1p-23 || d[1] != 0x1p-52 {
		t.Errorf("%v %v %v %v", a[0].Float32(), b[1].Float32(), c[0], d[1])
	}
}

// Without a master copy states have half precision too and every result is rounded.
func TestNoMaster(t *testing.T) {
	w, _ := halves(1, -2)
	g, _ := halves(0.3, 0.7)
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.1), descent.Momentum(0.9), descent.NoMasterWeights())
	r := func(x float32) float32 { return descent.ToFloat16(x).Float32() }
	var v [2]float32
	want := [2]float32{1, -2}
	for range 10 {
		must(t, opt.Step())
		for i := range want {
			v[i] = r(r(0.9*v[i]) - r(0.1*g[i].Float32()))
			want[i] = r(want[i] + v[i])
		}
	}
	s := opt.States()
	last := s[len(s)-1]
	for i := range want {
		if w[i].Float32() != want[i] || len(last.F16) != 2 || last.F16[i].Float32() != v[i] {
			t.Errorf("w[%d] = %v, state %v; expected %v, %v", i, w[i].Float32(), last, want[i], v[i])
		}
	}
}

// Half precision goes on bit for bit after a restore, and evaluates at other weights.
func TestHalfResume(t *testing.T) {
	for _, options := range [][]descent.Option{nil, {descent.NoMasterWeights()}, {descent.Accumulate(2)}} {
		rule := optim.Chain(optim.Adam, optim.EMA)
		w, b := halves(1, 2, 3)
		g, gb := halves(0.1, 0.2, -0.3)
		params := []descent.Param{descent.NewParam("w", w, g), descent.NewParam("b", b, gb)}
		opt := newOpt(t, rule, params, options...)
		for range 5 {
			must(t, opt.Step())
		}
		w2, b2 := append(w[:0:0], w...), append(b[:0:0], b...)
		again := newOpt(t, rule, []descent.Param{descent.NewParam("w", w2, g), descent.NewParam("b", b2, gb)}, options...)
		if err := again.Restore(clones(opt.States())); err != nil {
			t.Fatal(err)
		}
		for range 6 {
			must(t, opt.Step())
			must(t, again.Step())
		}
		kept := append(w[:0:0], w...)
		if err := opt.Eval(); err != nil {
			t.Fatal(err)
		}
		if w[0] == kept[0] {
			t.Error("evaluation at the same weights")
		}
		opt.Train()
		for i := range w {
			if w[i] != w2[i] || b[i] != b2[i] || w[i] != kept[i] {
				t.Errorf("weight %d: %v and %v, resumed %v and %v", i, w[i], b[i], w2[i], b2[i])
			}
		}
	}
}

// A rule that asks for gradients sees its points rounded in the caller's memory.
func TestHalfPoints(t *testing.T) {
	w, _ := halves(1, 2)
	g, _ := halves(0, 0)
	opt := newOpt(t, optim.NAG, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.1))
	for range 50 {
		if _, err := opt.StepFunc(func() (float64, error) {
			copy(g, w)
			return 0, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range w {
		if x := w[i].Float32(); math.Abs(float64(x)) > 0.1 {
			t.Errorf("w[%d] = %v after 50 steps towards 0", i, x)
		}
	}
}

// A loss scale skips steps whose gradients are not finite, and recovers.
func TestLossScale(t *testing.T) {
	scale := &descent.LossScale{Scale: 1 << 20, Growth: 2, Backoff: 0.5, Interval: 3, Good: 2}
	w, _ := halves(1)
	g := []descent.Float16{0}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g)}, append(scale.Options(), descent.LR(0.5), descent.ClipValue(1))...)
	skipped := 0
	for range 10 {
		g[0] = descent.ToFloat16(0.25 * float32(scale.Scale))
		moved, err := scale.Step(opt)
		if err != nil {
			t.Fatal(err)
		}
		if !moved {
			skipped++
		}
	}
	// 2^20, 2^19 and 2^18 overflow; after 3 good steps the scale doubles, overflows, and 3 are good again
	if m := state(t, opt, "w", "descent.master").F32[0]; skipped != 4 || scale.Scale != 1<<18 || scale.Good != 0 || m != 1-0.5*0.25*6 {
		t.Errorf("%d skipped, %+v, w = %v", skipped, *scale, m)
	}
	plain := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g)})
	if _, err := scale.Step(plain); err == nil || !strings.Contains(err.Error(), "Options") {
		t.Errorf("an optimizer without its options: %v", err)
	}
	scale.Interval = 0
	if _, err := scale.Step(opt); err == nil || !strings.Contains(err.Error(), "Interval") {
		t.Errorf("an interval of 0: %v", err)
	}
}

// Changed weights are also what their gradient was taken at.
func TestSeenFollows(t *testing.T) {
	a, _ := halves(1, 2)
	w := []float32{1, 2}
	opt := newOpt(t, optim.DCASGD, []descent.Param{descent.NewParam("w", w, []float32{0.5, 0.5}), descent.NewParam("a", a, []float32{0.5, 0.5})}, descent.LR(0.125))
	must(t, opt.Step())
	w[0], a[0] = 8, descent.ToFloat16(8)
	must(t, opt.Step())
	if m := state(t, opt, "a", "descent.master").F32; m[0] != w[0] || m[1] != w[1] {
		t.Errorf("the master copy is %v, expected %v", m, w)
	}
}

// Links after a rule that is no formula see small gradients of half precision
// as the links before it have made them.
func TestHalfLinksAfter(t *testing.T) {
	w, v := []float32{1}, []float32{1}
	g := descent.ToFloat16(1e-3)
	scale := descent.NewLossScale()
	opt := newOpt(t, optim.Chain(&heavyBall{}, optim.Cautious), []descent.Param{
		descent.NewParam("w", w, []descent.Float16{g}), descent.NewParam("v", v, []float32{g.Float32()}),
	}, append(scale.Options(), descent.LR(1000))...)
	_, err := scale.Step(opt)
	must(t, err)
	if w[0] != v[0] || w[0] == 1 {
		t.Errorf("moved to %v, with a gradient in float32 to %v", w[0], v[0])
	}
}

// A gradient that is not finite drops those that wait, which have another scale.
func TestLossScaleAccumulates(t *testing.T) {
	scale := &descent.LossScale{Scale: 1 << 10, Growth: 2, Backoff: 0.5, Interval: 1}
	w, g := []float32{0}, []float32{0}
	opt := newOpt(t, optim.SGD, []descent.Param{descent.NewParam("w", w, g)}, append(scale.Options(), descent.LR(1), descent.Accumulate(2))...)
	for i, c := range []struct {
		g     float64
		moved bool
		scale float64
		w     float32
	}{{1, false, 1 << 10, 0}, {math.Inf(1), false, 1 << 9, 0}, {1, false, 1 << 9, 0}, {3, true, 1 << 10, -2}} {
		g[0] = float32(c.g * scale.Scale)
		moved, err := scale.Step(opt)
		if err != nil || moved != c.moved || scale.Scale != c.scale || w[0] != c.w {
			t.Errorf("step %d: moved %v, scale %v, w %v, error %v; expected %+v", i+1, moved, scale.Scale, w[0], err, c)
		}
	}
}
