package main

import (
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
)

// scalingFile is where docs/distributed.md has the picture.
const scalingFile = "../distributed-scaling.svg"

// scalingPicture draws it.
func scalingPicture() error {
	picture, err := scaled()
	if err != nil {
		return err
	}
	return os.WriteFile(scalingFile, picture, 0o666)
}

// scaled draws throughput and the time to a goal over the number of workers.
func scaled() ([]byte, error) {
	s, err := readStudy(studyFiles + "scaling.csv")
	if err != nil {
		return nil, err
	}
	throughput := chart.New("Gradients used", "workers", "batches a simulated second")
	seconds := chart.New("Until 87 % of the test images are right", "workers", "simulated seconds")
	var a, b []chart.Line
	for i, rule := range s.rules("scaling") {
		fast, err := s.line("scaling", rule, "workers", "batches per second")
		if err != nil {
			return nil, err
		}
		goal, err := s.line("scaling", rule, "workers", "seconds to goal")
		if err != nil {
			return nil, err
		}
		a = append(a, chart.Line{Name: rule, Points: fast, Dots: true, Variant: i})
		b = append(b, chart.Line{Points: goal, Dots: true, Variant: i})
	}
	ideal := plotter.XYs{{X: 1, Y: 20}, {X: 10_000, Y: 200_000}}
	a = append(a, chart.Line{Name: "as many times one worker's", Points: ideal, Color: chart.Fade(chart.Color(7), 0.6), Width: 0.8})
	for p, lines := range map[*plot.Plot][]chart.Line{throughput: a, seconds: b} {
		chart.LogX(p)
		chart.LogY(p)
		if err := chart.AddLines(p, lines...); err != nil {
			return nil, err
		}
	}
	seconds.X.Max = throughput.X.Max
	return chart.Render(chart.Row{chart.Inside{Plot: throughput, Left: true}, seconds}, pageWidth, 3.4*vg.Inch, "svg")
}
