package descentgorgonia_test

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/descent-go/descent"
	descentgorgonia "github.com/descent-go/descent/adapter/gorgonia"
	"github.com/descent-go/descent/optim"
)

// A Gorgonia program that fits the line y = 2x + 1. One line of it is not
// Gorgonia's: that which makes the solver.
func Example() {
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithName("x"), gorgonia.WithShape(4),
		gorgonia.WithValue(tensor.New(tensor.WithBacking([]float64{0, 1, 2, 3}))))
	y := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithName("y"), gorgonia.WithShape(4),
		gorgonia.WithValue(tensor.New(tensor.WithBacking([]float64{1, 3, 5, 7}))))
	slope := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("slope"), gorgonia.WithValue(0.0))
	start := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("start"), gorgonia.WithValue(0.0))
	line := gorgonia.Must(gorgonia.Add(gorgonia.Must(gorgonia.Mul(x, slope)), start))
	cost := gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Square(gorgonia.Must(gorgonia.Sub(line, y))))))
	if _, err := gorgonia.Grad(cost, slope, start); err != nil {
		fmt.Println(err)
		return
	}
	model := gorgonia.NodesToValueGrads(gorgonia.Nodes{slope, start})
	vm := gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(slope, start))
	defer vm.Close()

	// was: solver := gorgonia.NewAdamSolver(gorgonia.WithLearnRate(0.1))
	solver, err := descentgorgonia.NewSolver(optim.Adam, descent.LR(0.1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 300 {
		if err := vm.RunAll(); err != nil {
			fmt.Println(err)
			return
		}
		if err := solver.Step(model); err != nil {
			fmt.Println(err)
			return
		}
		vm.Reset()
	}
	fmt.Printf("y = %.2fx + %.2f\n", slope.Value(), start.Value())
	// Output: y = 2.00x + 1.00
}
