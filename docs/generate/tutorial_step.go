package main

import (
	"image/color"

	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
)

// oneStep draws what a step is: the gradient uphill, the step against it.
func oneStep() ([]byte, error) {
	s, err := landscape("quadratic")
	if err != nil {
		return nil, err
	}
	p, err := panel("", s, 1)
	if err != nil {
		return nil, err
	}
	const lr = 0.08
	x, y := -2.9, 0.8
	gx, gy := s.Gradient(x, y)
	nx, ny := x-lr*gx, y-lr*gy
	up, down := chart.Color(1), chart.Color(0)
	p.Add(
		chart.Arrow{X0: x, Y0: y, X1: x + lr*gx, Y1: y + lr*gy, Color: up, Dashed: true, Width: 1.6},
		chart.Arrow{X0: x, Y0: y, X1: nx, Y1: ny, Color: down, Width: 2.2},
		chart.Dot{X: x, Y: y, Color: color.Black, Radius: 4},
		chart.Dot{X: nx, Y: ny, Color: down, Radius: 4},
		chart.Label{X: x, Y: y, Text: "w, where we are", Offset: vg.Point{X: 9, Y: -3}},
		chart.Label{X: x + lr*gx, Y: y + lr*gy, Text: "the gradient g points uphill", Offset: vg.Point{X: 7, Y: -6}, Color: up},
		chart.Label{X: nx, Y: ny, Text: "w − lr·g, after one step", Offset: vg.Point{X: 9, Y: -9}, Color: down},
		chart.Label{X: 0, Y: 0, Text: "the minimum", Offset: vg.Point{X: 9, Y: -4}},
	)
	return chart.Render(p, 6.5*vg.Inch, 3.2*vg.Inch, "svg")
}
