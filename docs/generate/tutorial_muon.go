package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"gonum.org/v1/plot"
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
	for _, n := range []int{0, 1, 3, 5} {
		var points plotter.XYs
		for e := -3.0; e <= 0; e += 0.01 {
			x := math.Pow(10, e)
			points = append(points, plotter.XY{X: x, Y: pushed(x, n)})
		}
		lines = append(lines, chart.Line{Name: "rounds: " + strconv.Itoa(n), Points: points})
	}
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	return chart.Render(p, 7*vg.Inch, 3*vg.Inch, "svg")
}

// pushed is what rounds of the iteration make of a singular value.
func pushed(x float64, rounds int) float64 {
	for range rounds {
		x = 3.4445*x - 4.775*x*x*x + 2.0315*x*x*x*x*x
	}
	return x
}

// rounds animates the singular values of a matrix, round by round.
func rounds() ([]byte, error) {
	const values, moving, resting = 16, 12, 8 // frames of a round
	p := chart.New("The singular values of a gradient, made those of a step", "direction, the strongest first", "singular value")
	p.X.Tick.Marker = plot.ConstantTicks{}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, values+1, 0, 1.45
	canvas, err := chart.NewCanvas(p, 600, 300)
	if err != nil {
		return nil, err
	}
	start, norm := make([]float64, values), 0.0
	for i := range start {
		start[i] = math.Pow(10, -2.3*float64(i)/(values-1))
		norm += start[i] * start[i]
	}
	var film chart.GIF
	for k := range 5*(moving+resting) + resting + 1 {
		round, part := k/(moving+resting), min(float64(k%(moving+resting))/moving, 1)
		if round == 5 {
			part = 0
		}
		frame := canvas.Frame(func() {
			area := canvas.Area(p)
			for i, x := range start {
				x /= math.Sqrt(norm)
				y := pushed(x, round)*(1-part) + pushed(x, round+1)*part
				area.Draw(chart.Line{Points: plotter.XYs{{X: float64(i + 1)}, {X: float64(i + 1), Y: y}}, Width: 9})
			}
			area.Draw(chart.Label{X: values + 0.7, Y: 1.32, Text: fmt.Sprintf("round %d of 5", min(round+int(part), 5)), XAlign: -1})
		})
		if err := film.Add(frame, shown(round == 5 && k%(moving+resting) == resting, 50*time.Millisecond)); err != nil {
			return nil, err
		}
	}
	return encoded(&film)
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
