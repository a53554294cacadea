package main

import (
	"fmt"
	"math"
	"os"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
)

// memory draws what Adam and AdaMax divide by after one gradient of 10 among
// gradients of 1.
func memory() ([]byte, error) {
	p := chart.New("After one gradient of 10 among gradients of 1, beta2 = 0.99", "step", "divisor")
	var lines []chart.Line
	for _, rule := range []optim.Rule{optim.Adam, optim.AdaMax} {
		spike := func(step int, _ float64) float64 {
			if step == 50 {
				return 10
			}
			return 1
		}
		points, err := walk(rule, 0, 400, spike, descent.LR(1), descent.Beta1(0), descent.Beta2(0.99))
		if err != nil {
			return nil, err
		}
		var divisor plotter.XYs
		for k := 1; k < len(points); k++ {
			divisor = append(divisor, plotter.XY{X: float64(k), Y: spike(k, 0) / (points[k-1].Y - points[k].Y)})
		}
		lines = append(lines, chart.Line{Name: rule.Name(), Points: divisor})
	}
	p.Y.Min = 0
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	return chart.Render(p, 7*vg.Inch, 2.8*vg.Inch, "svg")
}

// warmups draws the learning rate of LBSGD's kinds of warm-up, as the step that
// a gradient of 1 makes.
func warmups() ([]byte, error) {
	p := chart.New("LBSGD with batch_scale = 8, warm-up of 5 epochs of 32 batches", "batch", "step / lr")
	var lines []chart.Line
	for _, kind := range []string{"linear", "power2", "sqrt", "none"} {
		points, err := walk(optim.LBSGD, 0, 240, func(int, float64) float64 { return 1 },
			descent.LR(1), descent.Set("batch_scale", 8), descent.Set("warmup", kind))
		if err != nil {
			return nil, err
		}
		var rates plotter.XYs
		for k := 8; k < len(points); k += 8 {
			rates = append(rates, plotter.XY{X: float64(k), Y: points[k-8].Y - points[k].Y})
		}
		lines = append(lines, chart.Line{Name: "warmup = " + kind, Points: rates, Dots: true})
	}
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	p.X.Min, p.Y.Min = 0, 0
	return chart.Render(p, 7*vg.Inch, 3*vg.Inch, "svg")
}

// averaged draws the weights that schedule-free SGD takes gradients at and those
// that it evaluates with, beside SGD's, with noise in all gradients.
func averaged() ([]byte, error) {
	s, err := landscape("noisy")
	if err != nil {
		return nil, err
	}
	plain, err := panel("sgd, lr = 0.1", s, 150, way{label: "sgd", rule: "sgd", settings: "lr=0.1"})
	if err != nil {
		return nil, err
	}
	free, err := panel("schedule-free-sgd, lr = 0.1", s, 150, way{label: "where gradients are taken", rule: "schedule-free-sgd", settings: "lr=0.1"})
	if err != nil {
		return nil, err
	}
	path, err := way{label: "", rule: "schedule-free-sgd", settings: "lr=0.1"}.descend(s, 150)
	if err != nil {
		return nil, err
	}
	var results plotter.XYs
	for _, q := range path.Points {
		results = append(results, plotter.XY{X: q.Result[0], Y: q.Result[1]})
	}
	free.Add(chart.Line{Points: results, Color: chart.Color(1), Width: 2.2})
	return chart.Render(chart.Row{plain, free}, pageWidth, 3*vg.Inch, "svg")
}

// rates draws the loss at the end against the learning rate, for some rules.
func rates() ([]byte, error) {
	s, err := landscape("beale")
	if err != nil {
		return nil, err
	}
	p := chart.New("Loss after 200 steps on Beale's function", "learning rate", "loss")
	chart.LogX(p)
	chart.LogY(p)
	var lines []chart.Line
	for _, w := range []way{{label: "sgd", rule: "sgd", settings: ""}, {label: "sgd, momentum 0.9", rule: "sgd", settings: "momentum=0.9"}, {label: "adagrad", rule: "adagrad", settings: ""}, {label: "adam", rule: "adam", settings: ""}, {label: "lion", rule: "lion", settings: ""}} {
		var points plotter.XYs
		for e := -4.0; e <= 0.5; e += 0.125 {
			lr := math.Pow(10, e)
			one := w
			one.settings += fmt.Sprintf(" lr=%g", lr)
			path, err := one.descend(s, 200)
			if err != nil {
				return nil, err
			}
			if path.Diverged {
				break
			}
			points = append(points, plotter.XY{X: lr, Y: max(path.Points[len(path.Points)-1].Loss, 1e-6)})
		}
		lines = append(lines, chart.Line{Name: w.label, Points: points})
	}
	if err := chart.AddLines(p, lines...); err != nil {
		return nil, err
	}
	return chart.Render(p, 7*vg.Inch, 3.4*vg.Inch, "svg")
}

// brakes draws the rule of the section on one's own, with its brake at some values.
func brakes() ([]byte, error) {
	text, err := os.ReadFile("../tutorial/timid.rule")
	if err != nil {
		return nil, err
	}
	rule, err := optim.Parse("timid", string(text))
	if err != nil {
		return nil, err
	}
	var all chart.Row
	for _, brake := range []string{"0", "0.1", "0.5", "1"} {
		s, err := landscape("quadratic")
		if err != nil {
			return nil, err
		}
		p, err := panel("brake = "+brake, s, 60, way{own: rule, settings: "lr=0.3 brake=" + brake})
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return rendered(all)
}
