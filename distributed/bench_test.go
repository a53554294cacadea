package distributed_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// everywhere runs a function on every rank, each on its goroutine.
func everywhere(ranks []distributed.Collective, run func(c distributed.Collective)) {
	var all sync.WaitGroup
	for _, c := range ranks {
		all.Go(func() { run(c) })
	}
	all.Wait()
}

func BenchmarkAllReduce(b *testing.B) {
	for _, n := range []int{2, 4} {
		for _, size := range []int{1000, 25 << 20} {
			b.Run(fmt.Sprintf("ranks=%d/floats=%d", n, size), func(b *testing.B) {
				ranks := distributed.Local(n)
				b.SetBytes(int64(4 * size))
				everywhere(ranks, func(c distributed.Collective) {
					x := make([]float32, size)
					for range b.N {
						if err := distributed.AllReduce(c, x, distributed.Mean); err != nil {
							b.Error(err)
							return
						}
					}
				})
			})
		}
	}
}

// A step of Adam, all but the computing of gradients.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		for _, size := range []int{100_000, 10_000_000} {
			b.Run(fmt.Sprintf("ranks=%d/weights=%d", n, size), func(b *testing.B) {
				everywhere(distributed.Local(n), func(c distributed.Collective) {
					w, g := make([]float32, size), make([]float32, size)
					opt, err := distributed.New(c, optim.Adam, []descent.Param{descent.NewParam("w", w, g)}, distributed.Options{})
					for range b.N {
						if err == nil {
							err = opt.Step()
						}
					}
					if err != nil {
						b.Error(err)
					}
				})
			})
		}
	}
}
