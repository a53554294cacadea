package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/palette"
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

// ravine is a long valley: flat along x, steep across.
type ravine struct{}

func (ravine) loss(x, y float64) float64 { return (x*x + curvature*y*y) / 2 }

func (ravine) gradient(w, g []float64) float64 {
	g[0], g[1] = w[0], curvature*w[1]
	return ravine{}.loss(w[0], w[1])
}

// Dims, X, Y and Z are the grid of heights that the contours are drawn from.
func (ravine) Dims() (c, r int)     { return 120, 60 }
func (ravine) X(c int) float64      { return -4 + 6*float64(c)/119 }
func (ravine) Y(r int) float64      { return -1.6 + 3.2*float64(r)/59 }
func (v ravine) Z(c, r int) float64 { return v.loss(v.X(c), v.Y(r)) }

// paths draws the optimizers of runners from the same start.
func paths(file string) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text = "Down a ravine: 60 steps from the same point"
	p.X.Label.Text, p.Y.Label.Text = "x", "y"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -4, 2, -1.6, 1.6
	p.Add(contours())
	for _, r := range runners {
		line, dots, err := r.draw()
		if err != nil {
			return err
		}
		p.Add(line, dots)
		p.Legend.Add(r.label, line, dots)
	}
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs, p.Legend.Padding = true, -vg.Points(12), -vg.Points(6), vg.Points(3)
	return p.Save(7.2*vg.Inch, 4.2*vg.Inch, file)
}

func contours() *plotter.Contour {
	var levels []float64
	for h := 0.05; h < 20; h *= 1.7 {
		levels = append(levels, h)
	}
	c := plotter.NewContour(ravine{}, levels, nil)
	c.Palette = grey{}
	return c
}

type grey struct{}

func (grey) Colors() []color.Color { return []color.Color{color.Gray{200}} }

var _ palette.Palette = grey{}

// draw runs the optimizer and gives its path as a line with a dot at each step.
func (r runner) draw() (*plotter.Line, *plotter.Scatter, error) {
	w, g := []float64{start[0], start[1]}, make([]float64, 2)
	opt, err := descent.New(r.rule, []descent.Param{descent.NewParam("w", w, g)}, r.options...)
	if err != nil {
		return nil, nil, err
	}
	path := plotter.XYs{{X: w[0], Y: w[1]}}
	for range steps {
		if _, err := opt.StepFunc(func() (float64, error) { return ravine{}.gradient(w, g), nil }); err != nil {
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
