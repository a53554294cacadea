package stability_test

import (
	"context"
	"fmt"

	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/stability"
)

// How large may the learning rate be?
func Example() {
	system, err := stability.Open(optim.SGD, 10, map[string]float64{"momentum": 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	radius, linear := system.Radius()
	fmt.Printf("lr = %v: the distance times %.4f a step, computed: %v\n", system.Value("lr"), radius, linear)

	m, err := system.Map(context.Background(),
		stability.Axis{Name: "lr", Values: stability.Linear.Spread(0, 0.5, 20)},
		stability.Axis{Name: "momentum", Values: stability.Linear.Spread(0, 0.9, 10)}, stability.Steps, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, momentum := range []float64{0, 0.5, 0.9} {
		where, err := m.Intervals(context.Background(), momentum)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("momentum = %v: lr up to %.3f\n", momentum, where[0].To)
	}
	// Output:
	// lr = 0.01: the distance times 0.7071 a step, computed: true
	// momentum = 0: lr up to 0.200
	// momentum = 0.5: lr up to 0.300
	// momentum = 0.9: lr up to 0.380
}
