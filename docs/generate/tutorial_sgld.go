package main

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
)

// The Bayesian model of the picture: y = a + b*x with noise of known deviation,
// a and b standard normal before the data. So the posterior is normal too, and
// known in full.
const (
	noiseOfData = 0.6
	sampled     = 4000 // samples, each after thinned steps
	thinned     = 25
)

// linear is the model with its data.
type linear struct{ x, y []float64 }

func newLinear() linear {
	draw := rand.New(rand.NewPCG(5, 0))
	var m linear
	for range 12 {
		x := 0.4 + 1.6*draw.Float64()
		m.x = append(m.x, x)
		m.y = append(m.y, -0.5+1.2*x+noiseOfData*draw.NormFloat64())
	}
	return m
}

// potential is -log of the posterior density, but for a constant.
func (m linear) potential(a, b float64) float64 {
	sum := (a*a + b*b) / 2
	for i, x := range m.x {
		r := (a + b*x - m.y[i]) / noiseOfData
		sum += r * r / 2
	}
	return sum
}

// gradient is that of potential.
func (m linear) gradient(w, g []float64) {
	g[0], g[1] = w[0], w[1]
	for i, x := range m.x {
		r := (w[0] + w[1]*x - m.y[i]) / (noiseOfData * noiseOfData)
		g[0] += r
		g[1] += r * x
	}
}

// ellipse is the line k deviations away from the mean of the posterior. The
// potential is (w-mean)'A(w-mean)/2, and A = LL'.
func (m linear) ellipse(k float64) plotter.XYs {
	g := make([]float64, 2)
	m.gradient([]float64{1, 0}, g)
	atA := slices.Clone(g)
	m.gradient([]float64{0, 1}, g)
	atB := slices.Clone(g)
	m.gradient([]float64{0, 0}, g) // which is -A*mean
	a11, a12, a22 := atA[0]-g[0], atA[1]-g[1], atB[1]-g[1]
	l11 := math.Sqrt(a11)
	l21 := a12 / l11
	l22 := math.Sqrt(a22 - l21*l21)
	mean := plotter.XY{X: (a12*g[1] - a22*g[0]) / (l11 * l11 * l22 * l22), Y: (a12*g[0] - a11*g[1]) / (l11 * l11 * l22 * l22)}
	var line plotter.XYs
	for i := range 121 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 120)
		y := k * sin / l22
		line = append(line, plotter.XY{X: mean.X + (k*cos-l21*y)/l11, Y: mean.Y + y})
	}
	return line
}

// samples are what SGLD draws from the posterior.
func (m linear) samples() (plotter.XYs, error) {
	w, g := []float64{1.6, -1}, make([]float64, 2)
	opt, err := descent.New(optim.SGLD, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.002), descent.Seed(3))
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	points := plotter.XYs{{X: w[0], Y: w[1]}}
	for range sampled {
		for range thinned {
			m.gradient(w, g)
			if err := opt.Step(); err != nil {
				return nil, err
			}
		}
		points = append(points, plotter.XY{X: w[0], Y: w[1]})
	}
	return points, nil
}

// posterior animates SGLD's samples as they gather over the true posterior, and
// beside it the lines through the data that they stand for.
func posterior() ([]byte, error) {
	m := newLinear()
	points, err := m.samples()
	if err != nil {
		return nil, err
	}
	left := chart.New("Samples over the true posterior", "intercept a", "slope b")
	density := chart.Sample(func(a, b float64) float64 { return m.potential(a, b) }, -2, 2, -1.2, 2.4, 120, 120)
	least := math.Inf(1)
	for _, row := range density.Z {
		for _, z := range row {
			least = min(least, z)
		}
	}
	// within k^2/2 above the least lies 1 - exp(-k^2/2) of the posterior
	if err := chart.AddContours(left, density, []float64{least + 0.5, least + 2, least + 4.5}); err != nil {
		return nil, err
	}
	right := chart.New("The data, and the lines sampled", "x", "y")
	right.X.Min, right.X.Max, right.Y.Min, right.Y.Max = 0, 2.4, -1.5, 3.5
	canvas, err := chart.NewCanvas(chart.Row{left, right}, 600, 320)
	if err != nil {
		return nil, err
	}
	return m.gather(canvas, left, right, points)
}

// gather draws the frames, each with more samples than the one before.
func (m linear) gather(canvas *chart.Canvas, left, right *plot.Plot, points plotter.XYs) ([]byte, error) {
	var animation chart.GIF
	faint := color.RGBA{120, 170, 205, 255}
	const frames = 48
	for k := range frames + 1 {
		n := int(math.Pow(float64(len(points)), float64(k)/frames))
		frame := canvas.Frame(func() {
			for i := 1; i < min(n, 40) && n < 200; i++ {
				canvas.Area(left).Draw(chart.Arrow{X0: points[i-1].X, Y0: points[i-1].Y, X1: points[i].X, Y1: points[i].Y, Color: faint, Width: 0.7})
			}
			canvas.Area(left).Draw(cloud(points[:n]))
			for k := range 3 {
				canvas.Area(left).Draw(chart.Line{Points: m.ellipse(float64(k + 1)), Color: chart.Color(1), Width: 0.8})
			}
			canvas.Area(left).Draw(chart.Label{X: -1.9, Y: -1.05, Text: fmt.Sprintf("samples: %d", n)})
			for _, p := range points[max(0, n-60):n] {
				canvas.Area(right).Draw(chart.Line{Points: plotter.XYs{{X: 0, Y: p.X}, {X: 2.4, Y: p.X + 2.4*p.Y}}, Color: faint, Width: 0.6})
			}
			for i := range m.x {
				canvas.Area(right).Draw(chart.Dot{X: m.x[i], Y: m.y[i], Color: chart.Color(1), Radius: 2.5})
			}
		})
		if err := animation.Add(frame, shown(k == frames, 120*time.Millisecond)); err != nil {
			return nil, err
		}
	}
	return encoded(&animation)
}

// cloud draws points that let what is below them shine through.
type cloud plotter.XYs

// Plot implements plot.Plotter.
func (k cloud) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	look := draw.GlyphStyle{Color: color.NRGBA{0, 60, 120, 110}, Radius: 1.1, Shape: draw.CircleGlyph{}}
	for _, point := range k {
		c.DrawGlyph(look, vg.Point{X: x(point.X), Y: y(point.Y)})
	}
}
