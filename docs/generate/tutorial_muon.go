package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
)

// orthogonal draws what Muon's iteration makes of singular values.
func orthogonal() ([]byte, error) {
	p := chart.New("What Muon makes of the singular values of a matrix", "singular value, of a matrix scaled to norm 1", "after the iteration")
	chart.LogX(p)
	var lines []chart.Line
	for _, rounds := range []int{0, 1, 3, 5} {
		var points plotter.XYs
		for e := -3.0; e <= 0; e += 0.01 {
			x := math.Pow(10, e)
			y := x
			for range rounds {
				y = 3.4445*y - 4.775*y*y*y + 2.0315*y*y*y*y*y
			}
			points = append(points, plotter.XY{X: x, Y: y})
		}
		lines = append(lines, chart.Line{Name: "rounds: " + strconv.Itoa(rounds), Points: points})
	}
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	return chart.Render(p, 7*vg.Inch, 3*vg.Inch, "svg")
}

// The problem of the picture: a matrix is to be found whose directions are
// looked at with strengths from 1 to 1/strongest.
const (
	matrixSide = 16
	strongest  = 100.0
)

// matrixRates draws how Muon's loss falls at some learning rates, and Adam's at
// the best of as many.
func matrixRates() ([]byte, error) {
	p := chart.New(fmt.Sprintf("A matrix of %d by %d, its directions of very different strength", matrixSide, matrixSide), "step", "loss")
	chart.LogY(p)
	var lines []chart.Line
	for _, lr := range []float64{0.003, 0.01, 0.03, 0.1} {
		points, err := matrixLosses(optim.Muon, lr)
		if err != nil {
			return nil, err
		}
		lines = append(lines, chart.Line{Name: fmt.Sprintf("muon, lr = %v", lr), Points: points})
	}
	best := chart.Line{Name: "adam, the best lr", Dashed: true}
	for _, lr := range []float64{0.003, 0.01, 0.03, 0.1} {
		points, err := matrixLosses(optim.Adam, lr)
		if err != nil {
			return nil, err
		}
		if last := len(points) - 1; best.Points == nil || points[last].Y < best.Points[last].Y {
			best.Points = points
		}
	}
	if err := chart.AddLines(p, append(lines, best)...); err != nil {
		return nil, err
	}
	return chart.Render(p, 7*vg.Inch, 3.2*vg.Inch, "svg")
}

// matrixLosses trains W for the loss of the sum of (S (W - T))^2 over 2, where T
// is given and S turns and stretches.
func matrixLosses(rule optim.Rule, lr float64) (plotter.XYs, error) {
	const n = matrixSide
	draw := rand.New(rand.NewPCG(1, 0))
	s, target := make([]float64, n*n), make([]float64, n*n)
	for i := range s {
		s[i], target[i] = draw.NormFloat64()/4, draw.NormFloat64()/4
	}
	for i := range n {
		for j := range n {
			s[i*n+j] *= math.Pow(strongest, -float64(i)/(n-1))
		}
	}
	w, g := make([]float64, n*n), make([]float64, n*n)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, n, n)}, descent.LR(lr))
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	var points plotter.XYs
	for step := range 301 {
		points = append(points, plotter.XY{X: float64(step), Y: matrixGradient(s, target, w, g)})
		if err := opt.Step(); err != nil {
			return nil, err
		}
	}
	return points, nil
}

// matrixGradient gives the loss and, in g, its gradient.
func matrixGradient(s, target, w, g []float64) float64 {
	const n = matrixSide
	miss, loss := make([]float64, n*n), 0.0
	for i := range n {
		for j := range n {
			for k := range n {
				miss[i*n+j] += float64(s[i*n+k] * (w[k*n+j] - target[k*n+j]))
			}
			loss += float64(miss[i*n+j]*miss[i*n+j]) / 2
		}
	}
	for i := range n {
		for j := range n {
			g[i*n+j] = 0
			for k := range n {
				g[i*n+j] += float64(s[k*n+i] * miss[k*n+j])
			}
		}
	}
	return loss
}
