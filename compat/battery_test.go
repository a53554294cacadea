package compat_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

// batteryShapes are what every optimizer has to live with: one weight, none, one
// to four dimensions.
var batteryShapes = [][]int{{}, {0, 3}, {5}, {3, 4}, {2, 3, 2, 2}}

// shapesRefused are the shapes that an optimizer refuses, as its framework does.
var shapesRefused = map[string][][]int{"torch/Muon": {{}, {5}, {2, 3, 2, 2}}}

// notFinite are optimizers that a zero gradient makes NaN, as in their
// frameworks. Not so in its own is AdaNorm: what makes a gradient of 1e-38 as
// large as those before it is no float32.
var notFinite = map[string]bool{
	"mxnet/Adamax":               true,
	"mxnet2/LANS":                true,
	"optax/contrib.dadapt_adamw": true,
	"optax/contrib.prodigy":      true,
	"pytorch_optimizer/AdaNorm":  true,
}

// battery is an optimizer with its default options and parameters of some shapes.
type battery struct {
	opt  *descent.Optimizer
	w, g [][]float32
}

// newBattery makes the optimizer, or says why that cannot be.
func newBattery(peer, optimizer string, shapes [][]int, more ...descent.Option) (*battery, error) {
	infos, err := compat.Describe(peer, optimizer)
	if err != nil {
		return nil, err
	}
	rule, options, err := compat.New(peer, optimizer, required(infos))
	if err != nil {
		return nil, err
	}
	b := &battery{}
	var params []descent.Param
	for k, shape := range shapes {
		n := 1
		for _, d := range shape {
			n *= d
		}
		w := make([]float32, n)
		for i := range w {
			w[i] = float32(math.Cos(float64(5*k + i)))
		}
		b.w, b.g = append(b.w, w), append(b.g, make([]float32, n))
		params = append(params, descent.NewParam(fmt.Sprint("w", k), w, b.g[k], shape...))
	}
	b.opt, err = descent.New(rule, params, append(options, more...)...)
	return b, err
}

// step makes a step: with ordinary gradients, none at all, a spike, or tiny ones.
func (b *battery) step(step int) error {
	_, err := b.opt.StepFunc(func() (float64, error) {
		for k, g := range b.g {
			scale := []float64{0, 1, 1, 1, 1e-30, 1, 1e-38, 1}[step%8]
			for i := range g {
				g[i] = float32(scale * math.Sin(float64(3*step+7*k+i)))
			}
			if step%8 == 5 && len(g) > 0 {
				g[step%len(g)] = 1000
			}
		}
		return 1, nil
	})
	return err
}

// steps makes those from one to before another.
func (b *battery) steps(t *testing.T, from, to int) {
	t.Helper()
	for step := from; step < to; step++ {
		if err := b.step(step); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
	}
}

// bits gives the weights' bits: all NaN are the same.
func (b *battery) bits() (out []uint32) {
	for _, w := range b.w {
		for _, v := range w {
			if v != v {
				v = float32(math.NaN())
			}
			out = append(out, math.Float32bits(v))
		}
	}
	return out
}

func (b *battery) finite() bool {
	for _, bits := range b.bits() {
		if bits&0x7f800000 == 0x7f800000 {
			return false
		}
	}
	return true
}

// everyOptimizer runs a test for every optimizer of every framework.
func everyOptimizer(t *testing.T, test func(t *testing.T, peer, optimizer string)) {
	for _, peer := range compat.Peers() {
		for _, optimizer := range compat.Optimizers(peer) {
			t.Run(peer+"/"+optimizer, func(t *testing.T) { test(t, peer, optimizer) })
		}
	}
}

// shapesOf gives the shapes that an optimizer takes; those it does not it must
// refuse with an error.
func shapesOf(t *testing.T, peer, optimizer string) (shapes [][]int) {
	t.Helper()
	for _, shape := range batteryShapes {
		b, err := newBattery(peer, optimizer, [][]int{shape})
		if err == nil {
			err = b.step(1)
			b.opt.Close()
		}
		refuses := slices.ContainsFunc(shapesRefused[peer+"/"+optimizer], func(r []int) bool { return slices.Equal(r, shape) })
		if (err != nil) != refuses {
			t.Errorf("shape %v: error %v, expected one: %v", shape, err, refuses)
		}
		if err == nil {
			shapes = append(shapes, shape)
		}
	}
	return shapes
}

// TestBattery makes a hundred steps with zeros, spikes and tiny gradients on all
// shapes: weights stay finite, threads make no difference, and training that is
// saved and loaded halfway goes on bit for bit.
func TestBattery(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, peer, optimizer string) {
		shapes := shapesOf(t, peer, optimizer)
		runs := make([]*battery, 3)
		for i, threads := range []int{1, 4, 1} {
			var err error
			if runs[i], err = newBattery(peer, optimizer, shapes, descent.Seed(7), descent.Threads(threads)); err != nil {
				t.Fatal(err)
			}
			defer runs[i].opt.Close()
		}
		one, four, resumed := runs[0], runs[1], runs[2]
		one.steps(t, 0, 50)
		four.steps(t, 0, 100)
		for k := range one.w {
			copy(resumed.w[k], one.w[k])
		}
		if err := resumed.opt.Restore(one.opt.States()); err != nil {
			t.Fatal(err)
		}
		one.steps(t, 50, 100)
		resumed.steps(t, 50, 100)
		if !slices.Equal(one.bits(), four.bits()) {
			t.Errorf("with 4 threads %v, with one %v", four.w, one.w)
		}
		if !slices.Equal(one.bits(), resumed.bits()) {
			t.Errorf("resumed %v, expected %v", resumed.w, one.w)
		}
		if one.finite() == notFinite[peer+"/"+optimizer] {
			t.Errorf("finite: %v: %v", one.finite(), one.w)
		}
	})
}

// TestBatteryThreads has enough weights for several threads.
func TestBatteryThreads(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, peer, optimizer string) {
		var bits [][]uint32
		for _, threads := range []int{1, 4} {
			b, err := newBattery(peer, optimizer, [][]int{{20, 1000}}, descent.Seed(7), descent.Threads(threads))
			if err != nil {
				t.Fatal(err)
			}
			defer b.opt.Close()
			if _, ok := b.opt.Rule().(optim.Stepper); ok {
				return // these know no threads
			}
			b.steps(t, 1, 4)
			bits = append(bits, b.bits())
		}
		if !slices.Equal(bits[0], bits[1]) {
			t.Error("with 4 threads the weights differ from those with one")
		}
	})
}
