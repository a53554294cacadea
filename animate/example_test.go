package animate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/animate"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// Momentum on a function that one types, as a file that a browser plays.
func ExampleSingle() {
	s, err := surface.Parse("x^2 + 10*y^2")
	if err != nil {
		panic(err)
	}
	momentum := animate.Runner{
		Name: "momentum", Rule: optim.SGD,
		Options: []descent.Option{descent.LR(0.02), descent.Momentum(0.9)},
	}
	a, err := animate.Single(context.Background(), momentum, animate.Options{Surface: s, Steps: 50})
	if err != nil {
		panic(err)
	}
	file, err := a.Encode(context.Background(), "svg", nil)
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "animate")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "momentum.svg"), file, 0o666); err != nil {
		panic(err)
	}
	last := a.Runs[0].Path.Points[50]
	fmt.Printf("(%.2f, %.2f)\n", last.X, last.Y)
	// Output: (0.16, -0.03)
}

// A race of three, each with a learning rate that is chosen for the picture.
func ExampleRace() {
	s, err := surface.Lookup("rosenbrock")
	if err != nil {
		panic(err)
	}
	a, err := animate.Race(context.Background(), []animate.Runner{
		{Rule: optim.SGD, Tune: true},
		{Rule: optim.NAG, Tune: true},
		{Rule: optim.Adam, Tune: true},
	}, animate.Options{Surface: s})
	if err != nil {
		panic(err)
	}
	for _, run := range a.Runs {
		fmt.Println(run.Name, run.Chosen, run.LR > 0)
	}
	// Output:
	// sgd true true
	// nag true true
	// adam true true
}
