package chart_test

import (
	"bytes"
	"fmt"
	"log"
	"time"

	"gonum.org/v1/plot/plotter"

	"github.com/descent-go/descent/chart"
)

// A ball rolls down a bowl, on the left from above, on the right its height.
func ExampleCanvas() {
	bowl := func(x, y float64) float64 { return x*x + 4*y*y }
	above, height := chart.New("A bowl", "x", "y"), chart.New("", "step", "height")
	grid := chart.Sample(bowl, -2, 2, -1, 1, 81, 41)
	if err := chart.AddContours(above, grid, grid.Levels(10)); err != nil {
		log.Fatal(err)
	}
	height.X.Min, height.X.Max, height.Y.Min, height.Y.Max = 0, 20, 0, 5
	canvas, err := chart.NewCanvas(chart.Row{chart.Part{Picture: above, Share: 2}, height}, 600, 300)
	if err != nil {
		log.Fatal(err)
	}

	var movie chart.GIF
	var path, heights plotter.XYs
	x, y := -1.8, 0.8
	for k := range 20 {
		path = append(path, plotter.XY{X: x, Y: y})
		heights = append(heights, plotter.XY{X: float64(k), Y: bowl(x, y)})
		frame := canvas.Frame(func() {
			canvas.Area(above).Draw(chart.Line{Points: path, Dots: true}, chart.Dot{X: x, Y: y})
			canvas.Area(height).Draw(chart.Line{Points: heights})
		})
		if err := movie.Add(frame, 100*time.Millisecond); err != nil {
			log.Fatal(err)
		}
		x, y = x-0.1*2*x, y-0.1*8*y
	}
	var file bytes.Buffer
	if _, err := movie.WriteTo(&file); err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Len() < 50_000)
	// Output: true
}
