package main

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/report"
)

// How many weights are named, and how many bins a power of ten of their sizes has.
const (
	topWeights = 20
	sizeBins   = 4
)

// weights has the charts of the weights at the end.
func (r *learnReport) weights() *report.Section {
	if r.NonZero == 0 {
		return nil
	}
	s := &report.Section{Title: "Weights", Text: "As they are when the run ends."}
	if !r.o.Names {
		s.Text += " Features are shown by their numbers; with --names they have names."
	}
	s.Charts = append(s.Charts, r.sizes())
	if c, ok := r.grown(); ok {
		s.Charts = append(s.Charts, c)
	}
	s.Charts = append(s.Charts, r.strongest())
	return s
}

// sizes is a histogram of the weights' sizes.
func (r *learnReport) sizes() report.Chart {
	var counts [2]map[int]float64 // below and above 0
	counts[0], counts[1] = map[int]float64{}, map[int]float64{}
	low, high := math.MaxInt, math.MinInt
	for w := range r.Learner.Weights() {
		size, side := math.Abs(float64(w.Value)), 0
		if w.Value > 0 {
			side = 1
		}
		if math.IsInf(size, 1) || size != size {
			continue
		}
		bin := int(math.Floor(math.Log10(size) * sizeBins))
		counts[side][bin]++
		low, high = min(low, bin), max(high, bin)
	}
	p := chart.New("Sizes", "size of the weight", "weights")
	chart.LogX(p)
	var lines []chart.Line
	for side, name := range []string{"below 0", "above 0"} {
		var heights []float64
		for bin := low; bin <= high; bin++ {
			heights = append(heights, counts[side][bin])
		}
		l := outline(float64(low), float64(high+1), heights)
		for i := range l.Points {
			l.Points[i].X = math.Pow(10, l.Points[i].X/sizeBins)
		}
		l.Name, l.Color = name, chart.Color(1-side)
		lines = append(lines, l)
	}
	r.lines(p, lines...)
	return r.draw(p)
}

// grown is how many weights were not 0 as learning went on.
func (r *learnReport) grown() (report.Chart, bool) {
	var l chart.Line
	for _, s := range r.History.Sizes {
		l.Points = append(l.Points, plotter.XY{X: float64(s.Examples), Y: float64(s.NonZero)})
	}
	if len(l.Points) < 3 {
		return report.Chart{}, false
	}
	p := chart.New("Weights that are not 0", "examples", "weights")
	chart.LogX(p)
	if !r.lines(p, l) {
		return report.Chart{}, false
	}
	p.Y.Min, p.Y.Max = 0, 1.05*p.Y.Max
	return r.draw(p), true
}

// strongest are bars of the largest weights' sizes.
func (r *learnReport) strongest() report.Chart {
	var m modelJSON
	m.strongest(r.Learner, topWeights)
	var b chart.Bars
	series := chart.Series{}
	for _, w := range m.Weights {
		name := w.Feature
		if name == "" {
			name = fmt.Sprint(w.Index)
		}
		b.Names = append(b.Names, shorten(name))
		series.Values = append(series.Values, math.Abs(float64(w.Weight)))
		series.Labels = append(series.Labels, chart.Number(float64(w.Weight), 3))
		series.Colors = append(series.Colors, chart.Color(0))
		if w.Weight < 0 {
			series.Colors[len(series.Colors)-1] = chart.Color(1)
		}
	}
	b.Series = []chart.Series{series}
	p := chart.New(fmt.Sprintf("The strongest %d", len(m.Weights)), "size: above 0 blue, below 0 orange", "")
	r.note(chart.AddBars(p, b))
	return r.drawTall(p, b.Height(p))
}
