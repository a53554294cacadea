package descent_test

import (
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Each of n ranks keeps a n-th of the states, and no more memory for them.
func TestShardMemory(t *testing.T) {
	t.Run("float32", shardMemory[float32])
	t.Run("bfloat16", shardMemory[descent.BFloat16])
}

func shardMemory[V descent.Float](t *testing.T) {
	params := func() []descent.Param {
		return []descent.Param{
			descent.NewParam("a", make([]V, 700_000), make([]float32, 700_000), 700, 1000),
			descent.NewParam("b", make([]V, 300_000), make([]float32, 300_000)),
		}
	}
	bytes := func(opt *descent.Optimizer) (n int) {
		for _, s := range opt.States() {
			if n += s.Bytes(); cap(s.F32) > len(s.F32)+8 {
				t.Errorf("%s of %s holds the memory of %d values for %d", s.Name, s.Param, cap(s.F32), len(s.F32))
			}
		}
		return n
	}
	whole := bytes(newOpt(t, optim.Adam, params()))
	for _, ranks := range []int{2, 4, 7} {
		for _, m := range newRoom(ranks) {
			opt := newOpt(t, optim.Adam, params(), descent.Shard(m))
			if n, fair := bytes(opt), whole/ranks; n > fair+8192*12 || n < fair-8192*12 {
				t.Errorf("rank %d of %d keeps %d bytes of %d", m.rank, ranks, n, whole)
			}
		}
	}
}

// What a training of three ranks has saved goes on on two, on one, and on three
// again, between accumulated gradients too.
func TestShardRestore(t *testing.T) {
	options := []descent.Option{descent.Accumulate(2), descent.ClipNorm(3), descent.Set("lookahead.k", 2)}
	mine := parse(t, "hyper lr = 0.1\nstate m\nstate row r\nscalar s\nm = 0.9*m + g\nr = max(r, row.max(abs(g)))\ns = s + norm(m)\nw = w - lr*m/(r + s + 1)")
	rule := optim.Chain(optim.AdaptiveClip, mine, optim.Lookahead)
	one := newSplitRun(t, 0, newMany, rule, options...)
	one.steps(t, 0, 9)
	want := one.all(t)

	three := newSplitRun(t, 3, newMany, rule, options...)
	three.steps(t, 0, 5)
	states, weights := three.wholeStates(), map[string][]uint64{}
	for r, m := range three.models {
		m.put(weights, three.opts[r].Shares()[r])
	}
	for _, ranks := range []int{0, 2, 3, 4} {
		x := newSplitRun(t, ranks, newMany, rule, options...)
		for r, m := range x.models {
			m.set(weights)
			must(t, x.opts[r].Restore(states))
		}
		x.steps(t, 5, 9)
		sameBits(t, ranks, x.all(t), want)
	}

	again := newSplitRun(t, 3, newMany, rule, options...)
	for r, m := range again.models {
		m.set(weights)
		must(t, again.opts[r].Restore(three.opts[r].States()))
	}
	again.steps(t, 5, 9)
	sameBits(t, 3, again.all(t), want)
}

// wholeStates puts the ranks' states together.
func (x *splitRun) wholeStates() []descent.State {
	var out []descent.State
	for _, opt := range x.opts {
		for i, s := range opt.States() {
			switch {
			case len(out) <= i:
				out = append(out, s.Clone())
			case len(s.Shape) > 0:
				out[i].F32, out[i].F64 = append(out[i].F32, s.F32...), append(out[i].F64, s.F64...)
				out[i].F16, out[i].BF16 = append(out[i].F16, s.F16...), append(out[i].BF16, s.BF16...)
			}
		}
	}
	return out
}

// set sets all weights to what put has given.
func (m *manyTypes) set(weights map[string][]uint64) {
	for k, p := range m.params {
		for i, b := range weights[p.Name()] {
			m.setW[k](i, b)
		}
	}
}

// Parts that do not hold what a rank needs are refused, and nothing has changed.
func TestShardRestoreMistakes(t *testing.T) {
	three, two := newSplitRun(t, 3, newMany, optim.Adam), newSplitRun(t, 2, newMany, optim.Adam)
	three.steps(t, 0, 2)
	two.steps(t, 0, 1)
	before := two.all(t)
	wantError(t, two.opts[1].Restore(three.opts[1].States()), "state m of p9", "from", "expected")
	for name, change := range map[string]func(s *descent.State){
		"before the first": func(s *descent.State) { s.From = -1 },
		"far away":         func(s *descent.State) { s.From = math.MaxInt/2 + 1 },
		"beyond the end":   func(s *descent.State) { s.F32 = append(s.F32, 0) },
		"too late":         func(s *descent.State) { s.From++; s.F32 = s.F32[1:] },
	} {
		states := three.wholeStates()
		i := slices.IndexFunc(states, func(s descent.State) bool { return s.Param == "p9" && s.Name == "m" })
		change(&states[i])
		for _, opt := range append(two.opts[:0:0], newSplitRun(t, 0, newMany, optim.Adam).opts[0], two.opts[0], two.opts[1]) {
			if name == "too late" && opt == two.opts[1] {
				continue // has the end
			}
			if err := opt.Restore(states); err == nil {
				t.Errorf("%s: no error", name)
			} else {
				wantError(t, err, "state m of p9")
			}
		}
	}
	sameBits(t, 2, two.all(t), before)
}
