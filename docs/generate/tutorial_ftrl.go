package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
)

// The two handwritten digits that the picture tells apart, and the side of an image.
const (
	yes, no = 8, 3
	side    = 28
)

// sparseWeights draws the weights of logistic regression on images of two
// digits, learnt by FTRL in one pass, as l1 grows: white is exactly 0.
func sparseWeights() ([]byte, error) {
	train, test, err := dataset.MNIST()
	if err != nil {
		return nil, err
	}
	var all chart.Row
	for _, l1 := range []float64{0, 3, 30, 100} {
		w, err := learn(train, l1)
		if err != nil {
			return nil, err
		}
		zero := 0
		for _, v := range w {
			if v == 0 {
				zero++
			}
		}
		p := chart.New(fmt.Sprintf("l1 = %v\n%d of %d weights not 0\n%.1f %% right", l1, len(w)-zero, len(w), 100*right(test, w)), "", "")
		p.HideAxes()
		p.Add(weights(w))
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, side, 0, side
		all = append(all, p)
	}
	return chart.Render(all, pageWidth, 2.85*vg.Inch, "png")
}

// learn goes through the images of the two digits once, one by one.
func learn(d *dataset.Data, l1 float64) ([]float64, error) {
	w, g := make([]float64, side*side), make([]float64, side*side)
	opt, err := descent.New(optim.FTRL, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.1), descent.Set("l1", l1))
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	for i := range d.N {
		x, label, ok := example(d, i)
		if !ok {
			continue
		}
		miss := 1/(1+math.Exp(-score(w, x))) - label
		for k, v := range x {
			g[k] = miss * float64(v)
		}
		if err := opt.Step(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// right is the share of the two digits' images that weights tell apart rightly.
func right(d *dataset.Data, w []float64) float64 {
	good, all := 0, 0
	for i := range d.N {
		if x, label, ok := example(d, i); ok {
			all++
			if (score(w, x) > 0) == (label == 1) {
				good++
			}
		}
	}
	return float64(good) / float64(all)
}

func score(w []float64, x []float32) float64 {
	sum := 0.0
	for k, v := range x {
		sum += float64(w[k] * float64(v))
	}
	return sum
}

// example is an image, and 1 for the one digit or 0 for the other; others are none.
func example(d *dataset.Data, i int) (x []float32, label float64, ok bool) {
	switch int(d.Y[i]) {
	case yes:
		label = 1
	case no:
	default:
		return nil, 0, false
	}
	return d.X[i*side*side : (i+1)*side*side], label, true
}

// weights draws one weight for each pixel of an image.
type weights []float64

// Plot implements plot.Plotter: orange speaks for the one digit, blue for the
// other, white is exactly 0.
func (w weights) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	most := 0.0
	for _, v := range w {
		most = max(most, math.Abs(v))
	}
	for k, v := range w {
		if v == 0 {
			continue
		}
		hue := chart.Color(1)
		if v < 0 {
			hue = chart.Color(0)
		}
		column, line := float64(k%side), float64(side-k/side)
		c.FillPolygon(chart.Fade(hue, 0.12+0.88*math.Sqrt(math.Abs(v)/most)), []vg.Point{
			{X: x(column), Y: y(line)}, {X: x(column + 1), Y: y(line)}, {X: x(column + 1), Y: y(line - 1)}, {X: x(column), Y: y(line - 1)},
		})
	}
	frame := color.Gray{190}
	c.StrokeLines(draw.LineStyle{Color: frame, Width: 0.7}, []vg.Point{
		{X: x(0), Y: y(0)}, {X: x(side), Y: y(0)}, {X: x(side), Y: y(side)}, {X: x(0), Y: y(side)}, {X: x(0), Y: y(0)},
	})
}
