package descent_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// Whatever decides what a step does shows; what does not, does not.
func TestDescribe(t *testing.T) {
	base := []descent.Option{descent.LR(0.1), descent.For("fc.bias", descent.LRMult(2))}
	describe := func(rule optim.Rule, params []descent.Param, options ...descent.Option) []string {
		return newOpt(t, rule, params, slices.Concat(base, options)...).Describe()
	}
	params := func() []descent.Param { return newModel().params() }
	plain := describe(optim.Adam, params())
	for _, same := range [][]descent.Option{
		nil, {descent.Threads(3)}, {descent.LR(0.1)}, {descent.Seed(0)}, {descent.Accumulate(1)}, {descent.Shard(&fixedPeers{size: 2})},
	} {
		if got := describe(optim.Adam, params(), same...); !slices.Equal(got, plain) {
			t.Errorf("%q, expected %q", got, plain)
		}
	}
	if !slices.Contains(plain, "formula: m = beta1*m + (1 - beta1)*g") {
		t.Errorf("no formula in %q", plain)
	}
	for first, got := range map[string][]string{
		"rule: sgd":                              describe(optim.SGD, params()),
		"lr: 0.2":                                describe(optim.Adam, params(), descent.LR(0.2)),
		"seed: 7":                                describe(optim.Adam, params(), descent.Seed(7)),
		"gradients accumulated: 3":               describe(optim.Adam, params(), descent.Accumulate(3)),
		"check that gradients are finite: t":     describe(optim.Adam, params(), descent.CheckFinite()),
		"master weights: false":                  describe(optim.Adam, params(), descent.NoMasterWeights()),
		"type of states: bfloat16":               describe(optim.Adam, params(), descent.StateType(descent.BF16)),
		"live hyperparameters: eps wd":           describe(optim.Adam, params(), descent.Live("wd", "eps", "wd")),
		"schedule of lr at 0, 1, 2, 4 and":       describe(optim.Adam, params(), descent.Schedule(schedule.Cosine(9, 0))),
		"eps, for parameter fc.bias: 1":          describe(optim.Adam, params(), descent.For("fc.bias", descent.Eps(1))),
		"lr, for parameter fc.bias: 0.1 times 6": describe(optim.Adam, params(), descent.For("fc.bias", descent.LRMult(3))),
		"lazy, for parameter fc.bias: true":      describe(optim.Adam, params(), descent.For("fc.bias", descent.Lazy())),
		"parameter fc.weight: float64[2 3]":      describe(optim.Adam, []descent.Param{descent.NewParam("fc.weight", make([]float64, 6), []float64(nil), 2, 3), params()[1]}),
		"parameter fc.weight: float32[3 2]":      describe(optim.Adam, []descent.Param{descent.NewParam("fc.weight", make([]float32, 6), []float64(nil), 3, 2), params()[1]}),
	} {
		i := 0
		for i < min(len(got), len(plain)) && got[i] == plain[i] {
			i++
		}
		if i == len(got) || !strings.HasPrefix(got[i], first) {
			t.Errorf("%q, expected to differ from %q first by %q", got, plain, first)
		}
	}
}
