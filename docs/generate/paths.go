package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// runner is one optimizer on its way down.
type runner struct {
	label   string
	rule    optim.Rule
	options []descent.Option
	color   color.RGBA
}

// The colours are those of Okabe and Ito, which colour-blind people tell apart.
var runners = []runner{
	{"sgd", optim.SGD, []descent.Option{descent.LR(0.02)}, color.RGBA{0, 0, 0, 255}},
	{"sgd, momentum 0.9", optim.SGD, []descent.Option{descent.LR(0.02), descent.Momentum(0.9)}, color.RGBA{0, 114, 178, 255}},
	{"nag", optim.NAG, []descent.Option{descent.LR(0.02)}, color.RGBA{0, 158, 115, 255}},
	{"adam", optim.Adam, []descent.Option{descent.LR(0.15)}, color.RGBA{213, 94, 0, 255}},
}

const (
	curvature = 12.0 // across the ravine, for 1 along
	steps     = 60
)

var start = [2]float64{-3.6, 1.25}

// gradient is that of the loss of a ravine, flat along x and steep across:
// (x^2 + curvature y^2)/2.
func gradient(w, g []float64) float64 {
	g[0], g[1] = w[0], curvature*w[1]
	return (w[0]*w[0] + curvature*w[1]*w[1]) / 2
}

// paths draws the optimizers of runners from the same start.
func paths(file string) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text = "Down a ravine: 60 steps from the same point"
	p.X.Label.Text, p.Y.Label.Text = "x", "y"
	for height := 0.05; height < 20; height *= 1.7 {
		line, err := contour(height)
		if err != nil {
			return err
		}
		p.Add(line)
	}
	for _, r := range runners {
		line, dots, err := r.draw()
		if err != nil {
			return err
		}
		p.Add(line, dots)
		p.Legend.Add(r.label, line, dots)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -4, 2, -1.6, 1.6
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs, p.Legend.Padding = true, -vg.Points(12), -vg.Points(6), vg.Points(3)
	return p.Save(7.2*vg.Inch, 4.2*vg.Inch, file)
}

// contour is the line on which the loss has this height: an ellipse.
func contour(height float64) (*plotter.Line, error) {
	var ring plotter.XYs
	for k := range 97 {
		angle := 2 * math.Pi * float64(k) / 96
		ring = append(ring, plotter.XY{X: math.Sqrt(2*height) * math.Cos(angle), Y: math.Sqrt(2*height/curvature) * math.Sin(angle)})
	}
	line, err := plotter.NewLine(ring)
	if err != nil {
		return nil, err
	}
	line.Color = color.Gray{200}
	return line, nil
}

// draw runs the optimizer and gives its path as a line with a dot at each step.
func (r runner) draw() (*plotter.Line, *plotter.Scatter, error) {
	w, g := []float64{start[0], start[1]}, make([]float64, 2)
	opt, err := descent.New(r.rule, []descent.Param{descent.NewParam("w", w, g)}, r.options...)
	if err != nil {
		return nil, nil, err
	}
	path := plotter.XYs{{X: w[0], Y: w[1]}}
	for range steps {
		if _, err := opt.StepFunc(func() (float64, error) { return gradient(w, g), nil }); err != nil {
			return nil, nil, err
		}
		if math.Abs(w[0]) > 100 || math.Abs(w[1]) > 100 {
			break // it has diverged: the path leaves the picture
		}
		path = append(path, plotter.XY{X: w[0], Y: w[1]})
	}
	line, dots, err := plotter.NewLinePoints(path)
	if err != nil {
		return nil, nil, err
	}
	line.Color, line.Width = r.color, vg.Points(1.4)
	dots.Color, dots.Radius, dots.Shape = r.color, vg.Points(1.8), draw.CircleGlyph{}
	return line, dots, nil
}
