package simulate_test

import (
	"context"
	"fmt"
	"log"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed/simulate"
	"github.com/descent-go/descent/optim"
)

// Eight workers that take 50 ms for a gradient: each is seven updates late.
func Example() {
	learn, test, err := dataset.OpenSplit("testdata/line.csv", dataset.Options{Target: "y"}, 0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	delay, err := simulate.ParseDelay("constant:mean=50ms")
	if err != nil {
		log.Fatal(err)
	}
	result, err := simulate.Run(context.Background(), simulate.Config{
		Train: learn, Test: test, Kind: "logistic", Epochs: 10, Batch: 4,
		Rule: optim.DCASGD, Options: []descent.Option{descent.LR(0.02)},
		Workers: 8, Delay: delay, MaxDelay: -1,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d updates in %.2f s, at most %d late\n", result.Updates, result.Seconds, result.Delays.Max)
	// Output: 200 updates in 1.25 s, at most 7 late
}
