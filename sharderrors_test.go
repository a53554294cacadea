package descent_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// A gradient that is no number on one rank is the same error on all, that of
// one optimizer, and nothing has changed on any.
func TestShardNotFinite(t *testing.T) {
	for _, bad := range []struct{ param, at int }{{2, 150}, {7, 29_999}, {9, 49_000}, {10, 0}} {
		for _, ranks := range []int{2, 3, 5} {
			x := newSplitRun(t, ranks, newMany, optim.LAMB, descent.CheckFinite())
			x.steps(t, 0, 1)
			before := x.all(t)
			errs := apart(x.members, func(r int) error {
				_, err := x.opts[r].StepFunc(func() (float64, error) {
					x.models[r].gradients(x.opts[r].Shares()[r], 1)
					for k := bad.param; k < len(x.models[r].g); k++ {
						p := x.models[r].params
						x.models[r].g[k](int(int64(bad.at)*int64(p[k].Len())/int64(p[bad.param].Len())), math.Inf(-1))
					}
					return 0, nil
				})
				return err
			})
			want := &descent.NotFiniteError{Param: x.models[0].params[bad.param].Name(), Element: bad.at, Value: math.Inf(-1)}
			for r, err := range errs {
				var have *descent.NotFiniteError
				if !errors.As(err, &have) || *have != *want {
					t.Errorf("rank %d of %d: %v, expected %v", r, ranks, err, want)
				}
			}
			sameBits(t, ranks, x.all(t), before)
		}
	}
}

// A LossScale falls on all ranks where one sees what is no number.
func TestShardLossScale(t *testing.T) {
	members := newRoom(3)
	together(t, members, func(r int) error {
		w, g := make([]float32, 30_000), make([]float32, 30_000)
		scale := descent.NewLossScale()
		opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", w, g)}, append(scale.Options(), descent.Shard(members[r]))...)
		if err != nil {
			return err
		}
		g[29_000] = float32(math.NaN())
		if moved, err := scale.Step(opt); moved || err != nil || scale.Scale != 32768 {
			t.Errorf("rank %d: moved %v, error %v, scale %v", r, moved, err, scale.Scale)
		}
		g[29_000] = 1
		if moved, err := scale.Step(opt); !moved || err != nil {
			t.Errorf("rank %d: moved %v, error %v", r, moved, err)
		}
		return nil
	})
}

// Whichever of a step's exchanges fails, all ranks have its error, and nothing
// has changed.
func TestShardLost(t *testing.T) {
	rule := optim.Chain(optim.Centralize, optim.LARS)
	for fails := 0; ; fails++ {
		x := newSplitRun(t, 3, newMany, rule, descent.ClipNorm(1), descent.CheckFinite(), descent.For("p9", descent.Set("lars.trust", 0)))
		x.steps(t, 0, 2)
		before := x.all(t)
		room := x.members[0].room
		room.fails = room.turn + fails
		errs := apart(x.members, func(r int) error {
			_, err := x.opts[r].StepFunc(func() (float64, error) {
				x.models[r].gradients(x.opts[r].Shares()[r], 2)
				return 0, nil
			})
			return err
		})
		if !slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
			if fails < 3 {
				t.Errorf("a step has %d exchanges", fails)
			}
			return
		}
		for _, err := range errs {
			wantError(t, err, "a rank is gone")
		}
		room.err = nil
		sameBits(t, 3, x.all(t), before)
	}
}

// fixedPeers is a rank whose peers say nothing of weight, and which allocates nothing.
type fixedPeers struct {
	rank, size int
	all        []float64
}

func (p *fixedPeers) Rank() int { return p.rank }
func (p *fixedPeers) Size() int { return p.size }

func (p *fixedPeers) Gather(own []float64, counts []int) ([]float64, error) {
	p.all = p.all[:0]
	for r, n := range counts {
		if r == p.rank {
			p.all = append(p.all, own...)
			continue
		}
		for range n {
			p.all = append(p.all, 0)
		}
	}
	return p.all, nil
}

// A step allocates nothing where its peers do not.
func TestShardAllocations(t *testing.T) {
	m := newMany()
	opt := newOpt(t, optim.LAMB, m.params, descent.ClipNorm(1), descent.Shard(&fixedPeers{rank: 1, size: 2}))
	m.gradients(opt.Shares()[1], 0)
	must(t, opt.Step())
	least := math.Inf(1)
	for tries := 0; tries < 10 && least > 0; tries++ {
		least = min(least, testing.AllocsPerRun(3, func() { must(t, opt.Step()) }))
	}
	if least != 0 {
		t.Errorf("%v allocations a step", least)
	}
}

// Every rank has a run of whole chunks or rows, all of them together all weights.
func TestShares(t *testing.T) {
	matrix := make([]float32, 40*1000)
	params := []descent.Param{
		descent.NewParam("bias", make([]float32, 3), []float32(nil)),
		descent.NewParam("none", []float32{}, []float32{}),
		descent.NewParam("matrix", matrix, []float32(nil), 40, 1000),
	}
	for name, c := range map[string]struct {
		rule  optim.Rule
		ranks int
		want  [][]descent.Range
	}{
		"chunks":            {optim.Adam, 2, [][]descent.Range{{{"bias", 0, 3}, {"matrix", 0, 16384}}, {{"matrix", 16384, 40_000}}}},
		"rows":              {optim.Chain(optim.Centralize, optim.Adam), 2, [][]descent.Range{{{"bias", 0, 3}, {"matrix", 0, 16_000}}, {{"matrix", 16_000, 40_000}}}},
		"one rank":          {optim.Adam, 1, [][]descent.Range{{{"bias", 0, 3}, {"matrix", 0, 40_000}}}},
		"more than chunks":  {optim.Adam, 11, nil},
		"a rule of no rows": {optim.Muon, 2, [][]descent.Range{{{"bias", 0, 3}, {"matrix", 0, 40_000}}, {{"bias", 0, 3}, {"matrix", 0, 40_000}}}},
	} {
		got := newOpt(t, c.rule, params, descent.Shard(&fixedPeers{rank: 0, size: c.ranks})).Shares()
		if c.want != nil && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, expected %v", name, got, c.want)
		}
		if len(got) != c.ranks {
			t.Errorf("%s: %d shares", name, len(got))
		}
		var joined []descent.Range
		for _, r := range slices.Concat(got...) {
			if n := len(joined); n > 0 && joined[n-1].Param == r.Param && joined[n-1].To == r.From {
				joined[n-1].To = r.To
			} else {
				joined = append(joined, r)
			}
		}
		if whole := []descent.Range{{"bias", 0, 3}, {"matrix", 0, 40_000}}; c.rule != optim.Muon && !reflect.DeepEqual(joined, whole) {
			t.Errorf("%s: together %v", name, joined)
		}
	}
	if got := newOpt(t, optim.Adam, params).Shares(); len(got) != 1 || len(got[0]) != 2 {
		t.Errorf("without Shard: %v", got)
	}
}

// What cannot be split says so.
func TestShardMistakes(t *testing.T) {
	m := newModel()
	with := func(peers descent.Peers) error {
		_, err := descent.New(optim.Adam, m.params(), descent.Shard(peers))
		return err
	}
	wantError(t, with(nil), "Shard(nil)", "expected peers")
	wantError(t, with(&fixedPeers{rank: 2, size: 2}), "rank 2 of 2")
	wantError(t, with(&fixedPeers{rank: -1, size: 2}), "rank -1 of 2")
	wantError(t, with(&fixedPeers{}), "rank 0 of 0")
	_, err := descent.New(optim.Adam, m.params(), descent.For("*", descent.Shard(&fixedPeers{size: 2})))
	wantError(t, err, `For("*")`)
	_, err = descent.NewTable(optim.FTRL, 10, descent.Shard(&fixedPeers{size: 2}))
	wantError(t, err, "a table", "Shard")
	opt := newOpt(t, optim.Adam, m.params(), descent.Shard(&fixedPeers{size: 2}))
	unchanged(t, m, opt, func() error {
		return opt.Add(descent.NewParam("more", []float32{1}, []float32{1}))
	}, "split over ranks", "give New all")
	unchanged(t, m, opt, func() error {
		return descent.SetRows(opt, "fc.weight", []int{0}, []float32{1, 2, 3})
	}, "fc.weight", "split over ranks")
	alone := newOpt(t, optim.Adam, newModel().params(), descent.Shard(&fixedPeers{size: 1}))
	must(t, descent.SetRows(alone, "fc.weight", []int{0}, []float32{1, 2, 3}))
}

// Params, ValueOf and GradOf give back what New and SetGrad were given.
func TestParams(t *testing.T) {
	m := newModel()
	opt := newOpt(t, optim.Adam, m.params())
	grad := make([]float64, 6)
	must(t, descent.SetGrad(opt, "fc.weight", grad))
	params := opt.Params()
	if len(params) != 2 || params[0].Name() != "fc.weight" || params[1].Name() != "fc.bias" {
		t.Fatalf("parameters %v", params)
	}
	if w := descent.ValueOf[float32](params[0]); len(w) != 6 || &w[0] != &m.w[0] {
		t.Error("not the value of fc.weight")
	}
	if g := descent.GradOf[float64](params[0]); len(g) != 6 || &g[0] != &grad[0] {
		t.Error("not the gradient of fc.weight")
	}
	if descent.ValueOf[float64](params[0]) != nil || descent.GradOf[float32](params[0]) != nil || descent.ValueOf[descent.Float16](params[0]) != nil || descent.ValueOf[descent.BFloat16](params[0]) != nil {
		t.Error("memory of another type")
	}
	if (&descent.Optimizer{}).Params() == nil || len((&descent.Optimizer{}).Shares()) != 0 {
		t.Error("an empty optimizer")
	}
}
