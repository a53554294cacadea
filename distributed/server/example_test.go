package server_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/optim"
)

// Four workers go down the parabola (w-3)^2 together, 50 steps in all, none of
// them more than 2 updates late.
func Example() {
	ctx := context.Background()
	s, err := server.New(server.Config{
		Rule: optim.DCASGD, Options: []descent.Option{descent.LR(0.1)},
		Tensors:  []distributed.Tensor{{Name: "w", Shape: []int{1}, Data: []float32{0}}},
		MaxDelay: 2, Work: 50,
	})
	if err != nil {
		log.Fatal(err)
	}
	worker := func(name string) {
		w := []distributed.Tensor{{Name: "w", Shape: []int{1}, Data: make([]float32, 1)}}
		g := []distributed.Tensor{{Name: "w", Shape: []int{1}, Data: make([]float32, 1)}}
		for seq := uint64(1); ; seq++ {
			_, err := s.Pull(ctx, name, seq, w)
			if errors.Is(err, distributed.ErrDone) {
				return
			}
			if err != nil {
				log.Fatal(err)
			}
			g[0].Data[0] = 2 * (w[0].Data[0] - 3)
			if _, err := s.Push(ctx, name, seq, g); err != nil {
				log.Fatal(err)
			}
		}
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() { worker(fmt.Sprint("worker ", i)) })
	}
	all.Wait()
	w := s.Weights()
	fmt.Printf("w is %.2f after %d updates, at most %v late: %v\n", w.Data(0)[0], s.Updates(), 2, s.Stats().MaxDelay() <= 2)
	w.Release()
	if err := s.Close(); err != nil {
		log.Fatal(err)
	}
	// Output: w is 3.00 after 50 updates, at most 2 late: true
}
