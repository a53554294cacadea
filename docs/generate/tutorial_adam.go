package main

import (
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// uncorrected is Adam whose averages are used as they are.
const uncorrected = `
	hyper lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8
	state m, v

	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	w = w - lr*m/(sqrt(v) + eps)
`

// walk is where one weight goes, step by step: gradient tells its gradient.
func walk(rule optim.Rule, start float64, steps int, gradient func(step int, w float64) float64, options ...descent.Option) (plotter.XYs, error) {
	w, g := []float64{start}, []float64{0}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		return nil, err
	}
	defer opt.Close()
	points := plotter.XYs{{X: 0, Y: start}}
	for step := 1; step <= steps; step++ {
		g[0] = gradient(step, w[0])
		if err := opt.Step(); err != nil {
			return nil, err
		}
		points = append(points, plotter.XY{X: float64(step), Y: w[0]})
	}
	return points, nil
}

// biasCorrection draws Adam's first twenty steps with and without it: how long
// they are where the gradient is always 1, and where they lead on w^2/2.
func biasCorrection() ([]byte, error) {
	without, err := optim.Parse("adam without correction", uncorrected)
	if err != nil {
		return nil, err
	}
	const lr, steps = 0.1, 20
	size := chart.New("Length of a step, gradient always 1", "step", "step / lr")
	where := chart.New("The weight in a bowl, lr = 0.1", "step", "w")
	for i, rule := range []optim.Rule{optim.Adam, without} {
		name := []string{"corrected", "not corrected"}[i]
		constant, err := walk(rule, 0, steps, func(int, float64) float64 { return 1 }, descent.LR(lr))
		if err != nil {
			return nil, err
		}
		for k := steps; k > 0; k-- {
			constant[k].Y = (constant[k-1].Y - constant[k].Y) / lr
		}
		bowl, err := walk(rule, 1, steps, func(_ int, w float64) float64 { return w }, descent.LR(lr))
		if err != nil {
			return nil, err
		}
		if err := chart.AddLines(size, chart.Line{Points: constant[1:], Dots: true, Color: chart.Color(i)}); err != nil {
			return nil, err
		}
		if err := chart.AddLines(where, chart.Line{Name: name, Points: bowl, Dots: true, Color: chart.Color(i)}); err != nil {
			return nil, err
		}
	}
	size.X.Min, size.Y.Min, size.Y.Max, where.Y.Max = 0, 0, 7, 1.1
	return chart.Render(chart.Row{size, where}, pageWidth, 3*vg.Inch, "svg")
}

// counterexample draws the problem of Reddi et al. where Adam goes to the wrong
// end: of three gradients one is 3, the others are -1, so that the mean loss is
// least at -1; the weight is kept from -1 to 1.
func counterexample() ([]byte, error) {
	p := chart.New("Gradients 3, -1, -1, 3, -1, -1, ...: the best w is -1", "step", "w")
	gradient := func(step int, _ float64) float64 {
		if step%3 == 1 {
			return 3
		}
		return -1
	}
	stay, err := optim.Parse("stay", "w = clip(w, -1, 1)")
	if err != nil {
		return nil, err
	}
	falling := schedule.Func(func(step int) float64 { return 1 / math.Sqrt(float64(step+1)) })
	beta2 := descent.Beta2(0.1) // 1/(1 + 3^2)
	var lines []chart.Line
	for _, way := range []struct {
		rule    optim.Rule
		options []descent.Option
	}{{optim.Adam, []descent.Option{descent.Beta1(0), beta2}}, {optim.AMSGrad, []descent.Option{descent.Beta1(0), beta2}}, {optim.SGD, nil}} {
		points, err := walk(optim.Chain(way.rule, stay), 0, 3000, gradient, append(way.options, descent.LR(0.1), descent.Schedule(falling))...)
		if err != nil {
			return nil, err
		}
		var rounds plotter.XYs // each of three steps
		for k := 0; k < len(points); k += 3 {
			rounds = append(rounds, points[k])
		}
		lines = append(lines, chart.Line{Name: way.rule.Name(), Points: rounds})
	}
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	p.Y.Min, p.Y.Max = -1.05, 1.05
	return chart.Render(p, 7*vg.Inch, 3.2*vg.Inch, "svg")
}
