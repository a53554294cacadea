package distributed_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// watched tells when an exchange begins.
type watched struct {
	distributed.Collective
	started chan struct{}
	once    *sync.Once
}

func (w *watched) Start(send, recv [][]byte) distributed.Pending {
	for _, part := range send {
		if w.once != nil && len(part) > 1000 {
			w.once.Do(func() { close(w.started) })
		}
	}
	return w.Collective.Start(send, recv)
}

// Gradients that are announced travel while the function goes on: rank 0 sees its
// first bucket leave before it has computed the last gradient.
func TestOverlap(t *testing.T) {
	want, _ := alone(t, 2, 1, optim.SGD)
	everywhere(distributed.Local(2), func(c distributed.Collective) {
		defer c.Close()
		w := &watched{c, make(chan struct{}), nil}
		m := newModel()
		opt, err := distributed.New(w, optim.SGD, m.params(), distributed.Options{Overlap: true, BucketBytes: 200_000})
		if err != nil {
			t.Error(err)
			return
		}
		w.once = new(sync.Once)
		_, err = opt.StepFunc(func() (float64, error) {
			loss, err := m.gradient(c.Rank(), 0)
			if c.Rank() == 1 {
				return loss, err
			}
			opt.Ready("fc.weight") // the bucket that leaves first has the bias too
			for range 1000 {
				runtime.Gosched()
			}
			select {
			case <-w.started:
				t.Error("a bucket has left with a gradient that is not final")
			default:
			}
			opt.Ready("fc.bias")
			<-w.started
			return loss, err
		})
		if err != nil || !m.same(want) {
			t.Errorf("rank %d has other weights than one optimizer (%v)", c.Rank(), err)
		}
	})
}

// Ready names parameters; without Overlap it does nothing.
func TestReady(t *testing.T) {
	for _, overlap := range []bool{false, true} {
		train(t, 2, optim.SGD, distributed.Options{Overlap: overlap}, func(w *worker) {
			_, err := w.opt.StepFunc(func() (float64, error) {
				loss, err := w.gradient(w.c.Rank(), 0)
				var all sync.WaitGroup
				for _, name := range []string{"fc.bias", "fc.weight", "fc.wait"} {
					if w.c.Rank() == 1 || name != "fc.wait" {
						all.Go(func() { w.opt.Ready(name) })
					}
				}
				all.Wait()
				return loss, err
			})
			if overlap {
				w.wants(err, `distributed: rank 1: Ready was told of ["fc.wait"]`)
			} else {
				w.must(err)
			}
		})
	}
}
