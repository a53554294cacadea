package distributed_test

import (
	"slices"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// A rank keeps the states of its share only, and averages gradients of it only.
func TestMemory(t *testing.T) {
	const size = 1 << 20
	for _, n := range []int{1, 2, 4, 8} {
		everywhere(distributed.Local(n), func(c distributed.Collective) {
			w, g := make([]float32, size), make([]float32, size)
			opt, err := distributed.New(c, optim.Adam, []descent.Param{descent.NewParam("w", w, g, 1024, 1024)}, distributed.Options{})
			if err == nil {
				err = opt.Step()
			}
			if err != nil {
				t.Errorf("rank %d: %v", c.Rank(), err)
				return
			}
			bytes := 0
			for _, s := range opt.States() {
				bytes += s.Bytes()
			}
			if want := 8 * size / n; bytes < want || bytes > want+100 {
				t.Errorf("rank %d of %d keeps %d bytes of states, expected %d", c.Rank(), n, bytes, want)
			}
		})
	}
}

// Saved by three ranks, training goes on with two as one optimizer would with
// their gradients.
func TestRestoreOnOthers(t *testing.T) {
	var saved []descent.State
	weights := newModel()
	train(t, 3, optim.Adam, distributed.Options{}, func(w *worker) {
		for step := range 3 {
			w.must(w.step(step))
		}
		states, err := w.opt.GatherStates()
		w.must(err)
		if w.c.Rank() == 0 {
			saved, weights = states, w.clone()
		} else if states != nil {
			w.Errorf("rank %d was given states", w.c.Rank())
		}
	})
	want := weights.clone()
	one, err := descent.New(optim.Adam, want.params(), descent.Accumulate(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Restore(saved); err != nil {
		t.Fatal(err)
	}
	mean := make([]float32, len(want.w))
	for step := range 2 {
		want.gradient(0, step)
		copy(mean, want.gw)
		bias := slices.Clone(want.gb)
		want.gradient(1, step)
		for i := range want.gw {
			want.gw[i] = float32((float64(mean[i]) + float64(want.gw[i])) / 2)
		}
		for i := range want.gb {
			want.gb[i] = float32((float64(bias[i]) + float64(want.gb[i])) / 2)
		}
		if err := one.Step(); err != nil {
			t.Fatal(err)
		}
	}
	train(t, 2, optim.Adam, distributed.Options{}, func(w *worker) {
		copy(w.w, weights.w)
		copy(w.b, weights.b)
		w.must(w.opt.Restore(saved))
		for step := range 2 {
			w.must(w.step(step))
		}
		if !w.same(want) {
			w.Errorf("rank %d has other weights than one optimizer", w.c.Rank())
		}
		w.wants(w.opt.Restore(saved[1:]), "is missing")
	})
}
