package surface_test

import (
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// A surface is a formula, and its gradient follows.
func Example() {
	s, err := surface.Parse("x^2 + 10*y^2")
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Start = [2]float64{2, 1}
	path, err := s.Descend(optim.SGD, surface.Config{Steps: 3, Options: []descent.Option{descent.LR(0.08)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range path.Points {
		fmt.Printf("(%.3f, %+.3f) loss %.3f\n", p.X, p.Y, p.Loss)
	}
	// Output:
	// (2.000, +1.000) loss 14.000
	// (1.680, -0.600) loss 6.422
	// (1.411, +0.360) loss 3.287
	// (1.185, -0.216) loss 1.872
}
