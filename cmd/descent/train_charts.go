package main

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/report"
	"github.com/descent-go/descent/train"
)

// The size of a chart on a page, of which two stand side by side.
const (
	chartWidth  = 4.75 * vg.Inch
	chartHeight = 3.2 * vg.Inch
)

// maxPoints is the number of points that a line of steps has at most: more
// steps are drawn as means of neighbours.
const maxPoints = 150

// draw is a chart of the page, of the usual size.
func (r *runReport) draw(p chart.Picture) report.Chart {
	svg, err := chart.SVG(p, chartWidth, chartHeight)
	if r.err == nil {
		r.err = err
	}
	return report.Chart{SVG: template.HTML(svg)}
}

// lines adds lines to a plot, but for those of which nothing shows.
func (r *runReport) lines(p *plot.Plot, lines ...chart.Line) {
	lines = slices.DeleteFunc(lines, func(l chart.Line) bool { return !chart.Shows(p, l) })
	if len(lines) == 0 {
		p.Title.Text += ": nothing above 0"
		p.HideAxes()
	}
	if err := chart.AddLines(p, lines...); r.err == nil {
		r.err = err
	}
}

// learning has the charts of the run as a whole.
func (r *runReport) learning() *report.Section {
	if len(r.Steps) == 0 {
		return nil
	}
	s := &report.Section{Title: "Learning", Text: "The training figures are those of the batches, before each step."}
	if n := groupSize(len(r.Steps), maxPoints); n > 1 {
		s.Text = fmt.Sprintf("The training lines are means over %d steps, each of its batch before the step; the bands hold the middle 80 %% of the batches.", n)
	}
	if !trained(r.History) {
		s.Text = "What the workers, who are elsewhere, have measured on their batches is not known here."
	}
	if r.First > 0 {
		s.Text += fmt.Sprintf(" The lines begin at step %d, where the run was resumed: what came before is not in the file.", r.First)
	}
	if r.regression() {
		s.Charts = append(s.Charts, r.rmseChart())
	} else {
		s.Charts = append(s.Charts, r.lossChart(), r.accuracyChart())
	}
	if r.Steps[0].LR != 0 {
		s.Charts = append(s.Charts, r.lrChart())
	}
	return s
}

// trained reports whether there are figures of training.
func trained(h *train.History) bool {
	return slices.ContainsFunc(h.Steps, func(s train.StepFigures) bool { return !math.IsNaN(s.Loss) })
}

func (r *runReport) lossChart() report.Chart {
	p := chart.New("Loss", "step", "mean cross-entropy (nats)")
	chart.LogY(p)
	r.lines(p, r.steps(func(s train.StepFigures) float64 { return s.Loss }), r.tests(func(t train.TestFigures) float64 { return t.TestLoss }))
	return r.draw(p)
}

func (r *runReport) accuracyChart() report.Chart {
	p := chart.New("Accuracy", "step", "classified rightly (%)")
	r.lines(p, r.steps(func(s train.StepFigures) float64 { return 100 * s.Accuracy }), r.tests(func(t train.TestFigures) float64 { return 100 * t.TestAccuracy }))
	return r.draw(p)
}

func (r *runReport) rmseChart() report.Chart {
	p := chart.New("Error", "step", "root mean squared error of "+r.target.Name)
	chart.LogY(p)
	r.lines(p, r.steps(func(s train.StepFigures) float64 { return math.Sqrt(s.Loss) }), r.tests(func(t train.TestFigures) float64 { return math.Sqrt(t.TestLoss) }))
	return r.draw(p)
}

func (r *runReport) lrChart() report.Chart {
	p := chart.New("Learning rate", "step", "learning rate")
	l := r.steps(func(s train.StepFigures) float64 { return s.LR })
	r.lines(p, chart.Line{Points: l.Points})
	p.Y.Min, p.Y.Max = 0, 1.05*p.Y.Max
	return r.draw(p)
}

// steps is the line of a figure of the steps, with a band where a point stands
// for several.
func (r *runReport) steps(figure func(train.StepFigures) float64) chart.Line {
	l := chart.Line{Name: "training", Points: stepPoints(r.History, maxPoints, figure)}
	size := groupSize(len(r.Steps), maxPoints)
	if size == 1 {
		return l
	}
	for group := range slices.Chunk(r.Steps, size) {
		var values []float64
		for _, s := range group {
			values = append(values, figure(s))
		}
		slices.Sort(values)
		l.Low, l.High = append(l.Low, quantile(values, 0.1)), append(l.High, quantile(values, 0.9))
	}
	return l
}

// stepPoints are means of a figure, so many at most, each at the middle of its steps.
func stepPoints(h *train.History, most int, figure func(train.StepFigures) float64) plotter.XYs {
	var points plotter.XYs
	at := float64(h.First)
	for group := range slices.Chunk(h.Steps, groupSize(len(h.Steps), most)) {
		sum := 0.0
		for _, s := range group {
			sum += figure(s)
		}
		n := float64(len(group))
		points = append(points, plotter.XY{X: at + (n+1)/2, Y: sum / n})
		at += n
	}
	return points
}

// tests is the line of a figure of the measurements.
func (r *runReport) tests(figure func(train.TestFigures) float64) chart.Line {
	l := chart.Line{Name: "test", Dots: len(r.Tests) <= 40}
	for _, t := range r.Tests {
		l.Points = append(l.Points, plotter.XY{X: float64(t.Step), Y: figure(t)})
	}
	return l
}

// groupSize is the number of steps of n that share a point, for so many points
// at most.
func groupSize(n, most int) int { return max(1, (n+most-1)/most) }

// quantile is the value below which a share of the sorted values is.
func quantile(sorted []float64, share float64) float64 {
	return sorted[int(math.Round(share*float64(len(sorted)-1)))]
}

// layers has the charts of the layers' norms.
func (r *runReport) layers() *report.Section {
	if len(r.Norms) == 0 {
		return nil
	}
	s := &report.Section{Title: "Layers", Text: "Euclidean norms over a layer's weights and biases together: of the gradient before clipping, of what a step adds to the weights, and of that over the norm of the weights. Where the last is around a thousandth, the learning rate is often about right."}
	for _, c := range []struct {
		title, y string
		figure   func(n train.Norms, layer int) float64
	}{
		{"Gradients", "norm of the gradient", func(n train.Norms, i int) float64 { return n.Gradient[i] }},
		{"Updates", "norm of the update", func(n train.Norms, i int) float64 { return n.Update[i] }},
		{"Updates by weights", "norm of update / weights", func(n train.Norms, i int) float64 { return n.Update[i] / n.Weights[i] }},
	} {
		if p := r.normPlot(c.title, c.y, c.figure); p != nil {
			s.Charts = append(s.Charts, r.draw(p))
		}
	}
	if len(s.Charts) == 0 {
		return nil
	}
	return s
}

// normPlot is nil where all is 0.
func (r *runReport) normPlot(title, y string, figure func(n train.Norms, layer int) float64) *plot.Plot {
	p := chart.New(title, "step", y)
	chart.LogY(p)
	var lines []chart.Line
	for i, name := range r.Layers {
		l := chart.Line{Name: name, Color: chart.Color(i)}
		for group := range slices.Chunk(r.Norms, groupSize(len(r.Norms), maxPoints)) {
			sum := 0.0
			for _, n := range group {
				sum += figure(n, i)
			}
			if sum > 0 {
				l.Points = append(l.Points, plotter.XY{X: float64(group[0].Step+group[len(group)-1].Step) / 2, Y: sum / float64(len(group))})
			}
		}
		lines = append(lines, l)
	}
	if slices.MaxFunc(lines, func(a, b chart.Line) int { return cmp.Compare(len(a.Points), len(b.Points)) }).Points == nil {
		return nil
	}
	r.lines(p, lines...)
	return p
}
