package descent_test

import (
	"math/rand"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/internal/randprog"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// So do chains and options, alone and together.
func TestShardOptions(t *testing.T) {
	for name, options := range map[string][]descent.Option{
		"clip-norm+adam":                  nil,
		"centralize+adam+lookahead":       {descent.Set("lookahead.k", 2)},
		"adaptive-clip+sgd+ema":           {descent.Momentum(0.9)},
		"sam+adam+decay+trust-ratio":      {descent.ClipNorm(1)},
		"centralize+nag":                  {descent.LR(0.01)},
		"lamb":                            {descent.Accumulate(2), descent.ClipNorm(0.5)},
		"adam":                            {descent.StateType(descent.BF16), descent.Seed(3)},
		"sgld+ema":                        {descent.Seed(3), descent.NoMasterWeights()},
		"lars":                            {descent.For("p9", descent.Set("trust", 0), descent.LRMult(0.5)), descent.CheckFinite(), descent.ClipValue(2)},
		"orthograd+prodigy":               {descent.Schedule(schedule.Cosine(5, 0.1))},
		"centralize+novograd+trust-ratio": {descent.For("p?", descent.WeightDecay(0.1)), descent.StateType(descent.BF16)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, err := optim.Lookup(name)
			must(t, err)
			splits(t, rule, options...)
		})
	}
}

// So do formulas that nobody has thought of.
func TestShardRandom(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	programs := 30
	if race {
		programs = 3
	}
	for n := range programs {
		rule := parse(t, randprog.Text(r, randprog.Options{Grad: n%3 == 0}))
		if info, err := rule.Info(); err != nil || info.Link {
			continue // reads no gradient
		}
		splits(t, rule, descent.Seed(uint64(n)), descent.For("p*0", descent.Set("lr", 0.01)))
	}
}

// Gradients in other memory, and weights that they were taken at, are given whole.
func TestShardSetters(t *testing.T) {
	var want map[string][]uint64
	for _, ranks := range []int{0, 3} {
		x := newSplitRun(t, ranks, newMany, optim.DCASGD, descent.LR(0.1))
		seen, grad := make([]float32, 50_000), make([]descent.BFloat16, 50_000)
		for i := range seen {
			seen[i], grad[i] = float32(i%13)/8, number[descent.BFloat16](float64(i%17)/16)
		}
		for _, opt := range x.opts {
			must(t, descent.SetSeen(opt, "p9", seen))
			must(t, descent.SetGrad(opt, "p9", grad))
		}
		for r, opt := range x.opts {
			if ranks == 0 {
				must(t, descent.SetGrad(opt, "p4", seen[:8192]))
				continue
			}
			for _, share := range opt.Shares()[r] { // of p4 one rank has all, the others nothing
				if share.Param == "p4" {
					must(t, descent.SetGrad(opt, "p4", seen[share.From:share.To]))
				}
				if share.Param == "p9" {
					must(t, descent.SetGrad(opt, "p9", grad[share.From:share.To]))
				}
			}
		}
		x.steps(t, 0, 2)
		if got := x.all(t); want == nil {
			want = got
		} else {
			sameBits(t, ranks, got, want)
		}
	}
}

// The end of a tensor, done together with small ones, draws what it draws in the whole.
func TestShardTail(t *testing.T) {
	one, two := newSplitRun(t, 0, newTail, optim.SGLD), newSplitRun(t, 2, newTail, optim.SGLD)
	one.steps(t, 0, 3)
	two.steps(t, 0, 3)
	sameBits(t, 2, two.all(t), one.all(t))
}

// Weights to evaluate with may be of rows or sums that steps do not work by.
func TestShardEval(t *testing.T) {
	for _, text := range []string{
		"hyper lr = 0.1\nw = w - lr*g\neval x = w - row.mean(w)",
		"hyper lr = 0.1\nw = w - lr*(g - row.mean(g))\neval x = w - mean(w)",
		"hyper lr = 0.1\nstate row r = 0.5\nw = w - lr*g\neval x = w*r",
		"hyper lr = 0.1\nstate row r = 0.5\nr = r\nw = w - lr*g",
		"hyper lr = 0.1\nstate row r = 0.5\nr = lr\nw = w - lr*g",
		"hyper lr = 0.1\nstate row r = 0.5\nq = r\nr = lr\nw = w - lr*g + 0*q",
		"hyper lr = 0.1\nstate row r\nr = 2*r + lr\nw = w - lr*g",
	} {
		splits(t, parse(t, text))
	}
}
