package compare

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/report"
)

// place is a row of a ranking: an optimizer with a number for each run that did
// not diverge.
type place struct {
	name   string
	values []float64
}

// span is what a ranking shows of an axis.
type span struct{ low, high float64 }

var everything = span{math.Inf(-1), math.Inf(1)}

// ranking draws a row for each optimizer, the first on top: a dot at the median, a
// line from the lowest to the highest number and a small dot for each. Rows beyond
// the span are written at the edge.
func ranking(title, label string, places []place, log bool, shown span) *plot.Plot {
	p := chart.New(title, label, "")
	if log {
		chart.LogX(p)
	}
	var ticks []plot.Tick
	for i, place := range places {
		y := float64(len(places) - i)
		ticks = append(ticks, plot.Tick{Value: y, Label: place.name})
		place.draw(p, y, shown)
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Y.Min, p.Y.Max = 0.4, float64(len(places))+0.6
	return p
}

func (l place) draw(p *plot.Plot, y float64, shown span) {
	if len(l.values) == 0 {
		p.Add(edge{y: y, text: "diverged"})
		return
	}
	low, high, middle := slices.Min(l.values), slices.Max(l.values), median(l.values)
	switch {
	case middle < shown.low:
		p.Add(edge{y: y, text: "‹ " + Metric{}.Format(middle)})
		return
	case middle > shown.high:
		p.Add(edge{y: y, text: Metric{}.Format(middle) + " ›", right: true})
		return
	}
	low, high = max(low, shown.low), min(high, shown.high)
	p.X.Min, p.X.Max = min(p.X.Min, low), max(p.X.Max, high)
	p.Add(chart.Line{Points: plotter.XYs{{X: low, Y: y}, {X: high, Y: y}}, Width: 3, Color: chart.Fade(chart.Color(0), 0.35)})
	for _, v := range l.values {
		p.Add(chart.Dot{X: v, Y: y, Radius: 1.2})
	}
	p.Add(chart.Dot{X: middle, Y: y, Color: chart.Color(1)})
}

// edge is a text at the left or the right end of a row.
type edge struct {
	y     float64
	text  string
	right bool
}

// Plot writes the text.
func (e edge) Plot(c draw.Canvas, p *plot.Plot) {
	l := chart.Label{X: p.X.Min, Y: e.y, Text: e.text, Size: 8, YAlign: -0.4, Offset: vg.Point{X: 3}}
	if e.right {
		l.X, l.XAlign, l.Offset = p.X.Max, -1, vg.Point{X: -3}
	}
	l.Plot(c, p)
}

// ranks draws the scores of all, and what they cost.
func (r *Result) ranks() ([]report.Chart, error) {
	var scores, costs []place
	for _, s := range r.Standings {
		score, cost := place{name: s.Optimizer}, place{name: s.Optimizer}
		for _, run := range s.Final {
			cost.values = append(cost.values, 1e3*run.StepSeconds)
			if !run.Diverged {
				score.values = append(score.values, r.Metric.drawn(run.Score))
			}
		}
		scores, costs = append(scores, score), append(costs, cost)
	}
	height := 0.9*vg.Inch + row*vg.Length(len(scores))
	a, err := svg(ranking("Score at the end", r.Metric.label(), scores, r.Metric.Log, r.shown(scores)), height, "the scores of all optimizers, the best on top")
	if err != nil || r.onSurface() {
		return []report.Chart{a}, err
	}
	b, err := svg(ranking("Time of a step", "milliseconds", costs, true, everything), height, "the time of a step of all optimizers")
	return []report.Chart{a, b}, err
}

// shown is where the axis of scores ends: with far worse ones on it there would be no
// room to tell the better ones apart.
func (r *Result) shown(places []place) span {
	var medians []float64
	for _, p := range places {
		if len(p.values) > 0 {
			medians = append(medians, median(p.values))
		}
	}
	if r.Metric.Log || len(medians) < 3 {
		return everything
	}
	return room(medians, r.Metric.Higher)
}

// room is the part of an axis from the best value to six times as far as the median.
func room(values []float64, higher bool) span {
	best, middle := slices.Min(values), median(values)
	if higher {
		best = slices.Max(values)
	}
	far := 6 * max(math.Abs(best-middle), 0.005*math.Abs(best))
	if higher {
		return span{best - far, math.Inf(1)}
	}
	return span{math.Inf(-1), best + far}
}
