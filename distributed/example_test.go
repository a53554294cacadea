package distributed_test

import (
	"fmt"
	"sync"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// Two ranks fit a line to four points, two each.
func ExampleNew() {
	x, y := []float64{0, 1, 2, 3}, []float64{1, 3, 5, 7}
	ranks := distributed.Local(2)
	lines := make([][]float64, len(ranks))
	var all sync.WaitGroup
	for _, c := range ranks {
		all.Go(func() {
			defer c.Close() // a rank that gives up must not leave the other waiting
			w, g := make([]float64, 2), make([]float64, 2)
			opt, err := distributed.New(c, optim.Adam, []descent.Param{descent.NewParam("w", w, g)}, distributed.Options{}, descent.LR(0.1))
			if err != nil {
				fmt.Println(err)
				return
			}
			n, size := len(x), c.Size()
			for range 500 {
				_, err := opt.StepFunc(func() (loss float64, err error) {
					clear(g)
					for i := c.Rank() * n / size; i < (c.Rank()+1)*n/size; i++ {
						d := w[0] + w[1]*x[i] - y[i]
						share := float64(size) / float64(n) // of an example in this rank's mean
						loss += share * d * d / 2
						g[0] += share * d
						g[1] += share * d * x[i]
					}
					return loss, nil
				})
				if err != nil {
					fmt.Println(err)
					return
				}
			}
			lines[c.Rank()] = w
		})
	}
	all.Wait()
	fmt.Printf("%.2f\n", lines)
	// Output: [[1.00 2.00] [1.00 2.00]]
}
