package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
)

// answer is the weight that the logistic regression is to find.
const answer = 2

// delays draws how far DCASGD stays from the answer of a logistic regression,
// over lambda, for gradients that are late by some steps.
func delays() ([]byte, error) {
	p := chart.New("Late gradients: how far from the answer, lr = 0.5", "lambda", "root mean square distance")
	var lines []chart.Line
	for _, delay := range []int{0, 8, 16} {
		var points plotter.XYs
		for lambda := 0.0; lambda <= 2; lambda += 0.125 {
			path, err := late(delay, lambda, 4000)
			if err != nil {
				return nil, err
			}
			sum := 0.0
			for _, p := range path {
				sum += (p.Y - answer) * (p.Y - answer)
			}
			points = append(points, plotter.XY{X: lambda, Y: math.Sqrt(sum / float64(len(path)))})
		}
		lines = append(lines, chart.Line{Name: fmt.Sprintf("%d steps late", delay), Points: points, Dots: true})
	}
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	p.Y.Min = 0
	return chart.Render(p, 7*vg.Inch, 3*vg.Inch, "svg")
}

// late gives the weight of a logistic regression, step by step, that is trained
// with gradients taken at the weights of delay steps before.
func late(delay int, lambda float64, steps int) (plotter.XYs, error) {
	w, g := []float64{0}, []float64{0}
	opt, err := descent.New(optim.DCASGD, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.5), descent.Set("lambda", lambda))
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	past := make([][]float64, delay+1)
	for k := range past {
		past[k] = []float64{0}
	}
	draw := rand.New(rand.NewPCG(1, 2))
	var points plotter.XYs
	for step := range steps {
		seen := past[step%len(past)]
		x, label := draw.NormFloat64(), 0.0
		if draw.Float64() < 1/(1+math.Exp(-answer*x)) {
			label = 1
		}
		g[0] = (1/(1+math.Exp(-seen[0]*x)) - label) * x
		if err := descent.SetSeen(opt, "w", seen); err != nil {
			return nil, err
		}
		if err := opt.Step(); err != nil {
			return nil, err
		}
		points = append(points, plotter.XY{X: float64(step + 1), Y: w[0]})
		past[step%len(past)] = []float64{w[0]}
	}
	return points, nil
}

// lateRun animates the weight under gradients that are late, with the correction
// of DCASGD and without.
func lateRun() ([]byte, error) {
	const delay, steps = 16, 600
	p := chart.New("Gradients 16 steps late, lr = 0.5", "step", "w")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, steps, 0, 4
	goal := chart.Line{Points: plotter.XYs{{X: 0, Y: answer}, {X: steps, Y: answer}}, Color: chart.Color(3), Width: 0.8, Dashed: true}
	p.Add(goal)
	p.Legend.Add("the answer", chart.Key(goal)...)
	var lines []chart.Line
	for i, lambda := range []float64{0, 1} {
		points, err := late(delay, lambda, steps)
		if err != nil {
			return nil, err
		}
		line := chart.Line{Name: fmt.Sprintf("lambda = %v", lambda), Points: points, Color: chart.Color(1 - i)}
		lines = append(lines, line)
		p.Legend.Add(line.Name, chart.Key(line)...)
	}
	canvas, err := chart.NewCanvas(p, 600, 300)
	if err != nil {
		return nil, err
	}
	var film chart.GIF
	for n := 10; n <= steps; n += 10 {
		frame := canvas.Frame(func() {
			for _, line := range lines {
				line.Points = line.Points[:n]
				canvas.Area(p).Draw(line)
			}
		})
		if err := film.Add(frame, shown(n == steps, 60*time.Millisecond)); err != nil {
			return nil, err
		}
	}
	return encoded(&film)
}

// shown is how long a frame is shown; the last stays for a while.
func shown(last bool, usual time.Duration) time.Duration {
	if last {
		return 3 * time.Second
	}
	return usual
}

// encoded are the bytes of an animation.
func encoded(film *chart.GIF) ([]byte, error) {
	var file bytes.Buffer
	_, err := film.WriteTo(&file)
	return file.Bytes(), err
}
