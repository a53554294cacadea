package compat_test

import (
	"fmt"
	"maps"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// kerasAdam is Adam with decay for parameters of one weight within Keras's
// loop, three calls an update.
type kerasAdam struct {
	w, sum, m, v, average [2]float64
	overwrite             int // updates after which the average overtakes the weights; 0 is never
}

// call makes a call with gradients, NaN for none.
func (k *kerasAdam) call(call int, grads [2]float64) {
	window, keep := call/3, 0.75
	if window == 0 {
		keep = 0
	}
	for i, g := range grads {
		if !math.IsNaN(g) {
			if k.sum[i] += g / 2; call%3 == 2 {
				k.update(i, float64(window+1))
			}
		}
		k.average[i] = keep*k.average[i] + (1-keep)*k.w[i]
		if k.overwrite > 0 && (window+1)%k.overwrite == 0 {
			k.w[i] = k.average[i]
		}
	}
}

func (k *kerasAdam) update(i int, n float64) {
	g := k.sum[i] / 3
	g *= 0.5 / max(math.Abs(g), 0.5)
	k.sum[i] = 0
	k.m[i], k.v[i] = 0.5*(k.m[i]+g), 0.75*k.v[i]+0.25*g*g
	k.w[i] -= 0.1 * 0.125 * k.w[i]
	k.w[i] -= 0.1 * math.Sqrt(1-math.Pow(0.75, n)) / (1 - math.Pow(0.5, n)) * k.m[i] / (math.Sqrt(k.v[i]) + 0.25)
}

// TestKerasRests: the optimizer counts its updates, not those of a parameter;
// what is accumulated waits for a parameter that has no gradient when the
// update is due, and its average goes on. Averages overtake the weights while
// gradients are accumulated too.
func TestKerasRests(t *testing.T) {
	loop := object{"learning_rate": 0.1, "epsilon": 0.25, "use_ema": true, "ema_momentum": 0.75, "gradient_accumulation_steps": 3, "clipnorm": 0.5, "loss_scale_factor": 2}
	for optimizer, own := range map[string]object{
		"Adam": {"beta_1": 0.5, "beta_2": 0.75, "weight_decay": 0.125},
		"Muon": {"adam_beta_1": 0.5, "adam_beta_2": 0.75, "adam_weight_decay": 0.125},
	} {
		for _, overwrite := range []int{0, 2} {
			options := maps.Clone(loop)
			maps.Copy(options, own)
			if overwrite > 0 {
				options["ema_overwrite_frequency"] = overwrite
			}
			t.Run(fmt.Sprint(optimizer, overwrite), func(t *testing.T) { kerasRests(t, optimizer, options, overwrite) })
		}
	}
}

// kerasRests compares an optimizer with kerasAdam. Where averages do not
// overtake the weights, all parameters that have a gradient in a call have
// none in the next, now and then.
func kerasRests(t *testing.T, optimizer string, options object, overwrite int) {
	rule, opts, err := compat.New("keras", optimizer, options)
	if err != nil {
		t.Fatal(err)
	}
	want := &kerasAdam{w: [2]float64{1, -2}, overwrite: overwrite}
	w, grads := [2][]float64{{1}, {-2}}, [2][]float64{{0}, {0}}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("a", w[0], grads[0]), descent.NewParam("b", w[1], grads[1])}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer opt.Close()
	for call := range 22 {
		var given [2]float64
		for i, name := range []string{"a", "b"} {
			grads[i][0] = 4 * gradient(call, i)
			given[i] = grads[i][0]
			set := opt.Unfreeze
			if overwrite == 0 && call%5 == 2+i {
				set, given[i] = opt.Freeze, math.NaN()
			}
			if err := set(name); err != nil {
				t.Fatal(err)
			}
		}
		want.call(call, given)
		if err := opt.Step(); err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(w[0][0]-want.w[0])+math.Abs(w[1][0]-want.w[1]) < 1e-13) {
			t.Fatalf("call %d: %v, expected %v", call+1, w, want.w)
		}
	}
	if err := opt.Eval(); err != nil || !(math.Abs(w[0][0]-want.average[0])+math.Abs(w[1][0]-want.average[1]) < 1e-13) {
		t.Errorf("to evaluate there is %v (%v), expected %v", w, err, want.average)
	}
}
