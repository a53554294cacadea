package compare_test

import (
	"context"
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compare"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// What momentum is worth in a ravine.
func Example() {
	ravine, err := surface.Parse("(x^2 + 100*y^2)/2")
	if err != nil {
		fmt.Println(err)
		return
	}
	comparison, err := compare.New(context.Background(), compare.Config{
		Task: &compare.Terrain{Surface: ravine, Steps: 100},
		Entrants: []compare.Entrant{
			{Name: "sgd", Rule: optim.SGD},
			{Name: "momentum", Rule: optim.SGD, Options: []descent.Option{descent.Momentum(0.9)}},
			{Name: "adam", Rule: optim.Adam},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer comparison.Close()
	result, err := comparison.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range result.Standings {
		fmt.Printf("%s with learning rate %v: loss %s\n", s.Optimizer, s.LR, result.Metric.Format(s.Median))
	}
	// Output:
	// momentum with learning rate 0.01: loss 0.0003263
	// adam with learning rate 0.1: loss 0.0003893
	// sgd with learning rate 0.01: loss 0.3983
}
