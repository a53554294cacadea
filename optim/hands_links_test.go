package optim_test

import (
	"maps"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Links behind sgd of lr 0.1, cautious with momentum 0.9.
func init() {
	maps.Copy(hands, map[string]func(h hp) algorithm{
		"decay": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 { return w - 0.1*g - 0.1*h["wd"]*w })
		},
		"ema": func(h hp) algorithm {
			return each(func(t, w, g float64, s []float64) float64 { return w - 0.1*g })
		},
		"trust-ratio": func(h hp) algorithm {
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				ratio := norm(w) / norm(g)
				for i := range w {
					w[i] -= 0.1 * ratio * g[i]
				}
			})
		},
		"cautious": func(h hp) algorithm {
			return whole(func(t float64, w, g []float64, s [4][]float64) {
				agree := 0.0
				for i := range w {
					s[0][i] = 0.9*s[0][i] + 0.1*g[i]
					if s[0][i]*g[i] > 0 {
						agree++
					}
				}
				for i := range w {
					if s[0][i]*g[i] > 0 {
						w[i] -= s[0][i] * float64(len(w)) / (agree + h["xi"])
					}
				}
			})
		},
	})
	maps.Copy(handCases, map[string][]hp{
		"decay":    {{"wd": 0.5}, {"wd": 0}},
		"cautious": {{"xi": 1e-8}},
	})
}

// TestLinksMakeRules: what links say they make of adam.
func TestLinksMakeRules(t *testing.T) {
	for _, c := range []struct {
		chain, rule     optim.Rule
		ofChain, ofRule []descent.Option
	}{
		{optim.Chain(optim.Adam, optim.Decay), optim.AdamW, []descent.Option{descent.Set("decay.wd", 0.1)}, []descent.Option{descent.WeightDecay(0.1)}},
		{optim.Chain(optim.Adam, optim.Decay, optim.TrustRatio), optim.LAMB,
			[]descent.Option{descent.Set("decay.wd", 0.1), descent.Set("adam.eps", 1e-6)}, []descent.Option{descent.WeightDecay(0.1)}},
	} {
		w, u, gw, gu := []float64{1, -2, 0.5}, []float64{1, -2, 0.5}, make([]float64, 3), make([]float64, 3)
		a := one(t, c.chain, w, gw, append(c.ofChain, descent.LR(0.1))...)
		b := one(t, c.rule, u, gu, append(c.ofRule, descent.LR(0.1))...)
		for s := range 5 {
			step(t, a, func() { copy(gw, bowl(s, w)) })
			step(t, b, func() { copy(gu, bowl(s, u)) })
		}
		for i := range w {
			if !(math.Abs(w[i]-u[i]) < 1e-12) {
				t.Errorf("%s: element %d is %v, %s's %v", c.chain.Name(), i, w[i], c.rule.Name(), u[i])
			}
		}
	}
}
