package descent_test

import (
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// splitRun is one model on several ranks.
type splitRun struct {
	members []*member
	models  []*manyTypes
	opts    []*descent.Optimizer
}

// newSplitRun makes it; 0 ranks are one optimizer without Shard.
func newSplitRun(t *testing.T, ranks int, model func() *manyTypes, rule optim.Rule, options ...descent.Option) *splitRun {
	t.Helper()
	x := &splitRun{members: newRoom(max(ranks, 1))}
	for r, m := range x.members {
		own := slices.Clone(options)
		if ranks > 0 {
			own = append(own, descent.Shard(m), descent.Threads(1+r%2))
		}
		x.models = append(x.models, model())
		x.opts = append(x.opts, newOpt(t, rule, x.models[r].params, own...))
	}
	return x
}

// steps makes steps from one to before another, in the third of which a parameter rests.
func (x *splitRun) steps(t *testing.T, from, to int) {
	t.Helper()
	together(t, x.members, func(r int) error {
		opt := x.opts[r]
		share := opt.Shares()[r]
		for step := from; step < to; step++ {
			rest := opt.Unfreeze
			if step == 2 {
				rest = opt.Freeze
			}
			if err := rest("p2"); err != nil {
				return err
			}
			if _, err := opt.StepFunc(func() (float64, error) {
				x.models[r].gradients(share, step)
				return 0, nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// bits is what some of the ranks have together: weights, also those to evaluate
// with, and states.
func (x *splitRun) bits(t *testing.T, ranks ...int) map[string][]uint64 {
	t.Helper()
	out, eval := map[string][]uint64{}, map[string][]uint64{}
	for _, r := range ranks {
		x.models[r].put(out, x.opts[r].Shares()[r])
		putStates(t, out, x.opts[r].States())
	}
	together(t, x.members, func(r int) error { return x.opts[r].Eval() })
	for _, r := range ranks {
		x.models[r].put(eval, x.opts[r].Shares()[r])
	}
	for _, opt := range x.opts {
		opt.Train()
	}
	for name, bits := range eval {
		out[name+" to evaluate"] = bits
	}
	return out
}

// all is what all ranks have.
func (x *splitRun) all(t *testing.T) map[string][]uint64 {
	t.Helper()
	ranks := make([]int, len(x.opts))
	for r := range ranks {
		ranks[r] = r
	}
	return x.bits(t, ranks...)
}

// sameBits compares what several ranks have with what one optimizer has.
func sameBits(t *testing.T, ranks int, got, want map[string][]uint64) {
	t.Helper()
	for name, bits := range want {
		if have := got[name]; !slices.Equal(have, bits) {
			at := 0
			for at < min(len(have), len(bits)) && have[at] == bits[at] {
				at++
			}
			t.Errorf("%d ranks: %s has %d values, expected %d, and differs from number %d on", ranks, name, len(have), len(bits), at)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d ranks have %d arrays, one has %d", ranks, len(got), len(want))
	}
}

// ruleOf is a rule by its name, links in a chain.
func ruleOf(t *testing.T, name string) optim.Rule {
	t.Helper()
	rule, err := optim.Lookup(name)
	must(t, err)
	info, err := rule.Info()
	must(t, err)
	switch {
	case !info.Link:
		return rule
	case slices.Contains([]string{"cautious", "decay", "ema", "grams", "lookahead", "trust-ratio"}, name):
		return optim.Chain(optim.Adam, rule)
	}
	return optim.Chain(rule, optim.Adam)
}

// scaled is a list or, as the race detector makes steps slow, a part of it.
func scaled[T any](list ...T) []T {
	if !race {
		return list
	}
	var some []T
	for i := 2; i < len(list); i += 12 {
		some = append(some, list[i])
	}
	return some
}

// splits compares ranks with one optimizer.
func splits(t *testing.T, rule optim.Rule, options ...descent.Option) {
	t.Helper()
	one := newSplitRun(t, 0, newMany, rule, options...)
	one.steps(t, 0, 5)
	want := one.all(t)
	for _, ranks := range scaled(1, 2, 3, 5) {
		x := newSplitRun(t, ranks, newMany, rule, options...)
		x.steps(t, 0, 5)
		sameBits(t, ranks, x.all(t), want)
	}
}

// Every rule, split over ranks, gives the bits that one optimizer gives, and so
// does one that is not split, on each rank.
func TestShardRules(t *testing.T) {
	for _, name := range scaled(optim.Names()...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := ruleOf(t, name)
			if _, stepper := rule.(optim.Stepper); !stepper {
				splits(t, rule)
				return
			}
			one, three := newSplitRun(t, 0, newSmall, rule), newSplitRun(t, 3, newSmall, rule)
			one.steps(t, 0, 5)
			three.steps(t, 0, 5)
			for r := range three.opts {
				sameBits(t, 3, three.bits(t, r), one.all(t))
			}
		})
	}
}
