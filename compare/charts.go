package compare

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/report"
)

const (
	wide   = 4.8 * vg.Inch // of a chart
	tall   = 3.4 * vg.Inch
	row    = 0.2 * vg.Inch // of an optimizer in a ranking
	lowest = 1e-12         // scores below are drawn there on a logarithmic axis
	rise   = 1e4           // of a loss that is still shown, over where it began
	crowd  = 6             // lines in a chart at most
)

// label names the metric with its unit, for an axis.
func (m Metric) label() string {
	if m.Unit == "" {
		return m.Name
	}
	return m.Name + ", " + m.Unit
}

// drawn is a score on an axis.
func (m Metric) drawn(score float64) float64 {
	if m.Log {
		return max(score, lowest)
	}
	return m.shown(score)
}

// svg draws a chart for a page.
func svg(p *plot.Plot, height vg.Length, label string) (report.Chart, error) {
	text, err := chart.SVG(p, wide, height)
	return report.Chart{SVG: template.HTML(text), Label: label}, err
}

// band is the median over the runs at each point of a curve, from the lowest to
// the highest. Where some runs have diverged it is of the others.
func band(runs []*Run, curve func(*Run) []Point, drawn func(float64) float64) chart.Line {
	var l chart.Line
	for i := 0; ; i++ {
		var values []float64
		step := 0
		for _, r := range runs {
			if points := curve(r); i < len(points) {
				step = max(step, points[i].Step) // one that diverged may have ended before
				values = append(values, drawn(points[i].Value))
			}
		}
		if len(values) == 0 {
			return l
		}
		l.Points = append(l.Points, plotter.XY{X: float64(step), Y: median(values)})
		l.Low, l.High = append(l.Low, slices.Min(values)), append(l.High, slices.Max(values))
	}
}

// a curve is a kind of chart with a line for each optimizer.
type curve struct {
	title, x, y string
	logX, logY  bool
	higher      bool // the higher the better
	line        func(*Standing) chart.Line
}

// losses shows the training loss.
func (r *Result) losses() curve {
	c := curve{title: "Training loss", x: "steps", y: "loss", logY: true}
	drawn := func(v float64) float64 { return v }
	if r.onSurface() {
		c.title, c.y, c.logY, drawn = "Loss", r.Metric.label(), r.Metric.Log, r.Metric.drawn
	}
	c.line = func(s *Standing) chart.Line {
		return band(s.Final, func(run *Run) []Point { return run.Losses }, drawn)
	}
	return c
}

// onSurface reports whether there are no scores on the way.
func (r *Result) onSurface() bool {
	for _, s := range r.Standings {
		for _, run := range s.Final {
			if len(run.Scores) > 0 {
				return false
			}
		}
	}
	return true
}

// scores shows the score on the way.
func (r *Result) scores() curve {
	return curve{title: strings.ToUpper(r.Metric.Name[:1]) + r.Metric.Name[1:], x: "steps", y: r.Metric.label(), higher: r.Metric.Higher, logY: r.Metric.Log, line: func(s *Standing) chart.Line {
		l := band(s.Final, func(run *Run) []Point { return run.Scores }, r.Metric.drawn)
		l.Dots = true
		return l
	}}
}

// rates shows the score that each learning rate reached in the runs that choose.
func (r *Result) rates() curve {
	c := curve{title: "Learning rates", x: "learning rate", y: "score when choosing", logX: true, logY: r.Metric.Log, higher: r.Metric.Higher}
	if r.Metric.Unit != "" {
		c.y += ", " + r.Metric.Unit
	}
	c.line = func(s *Standing) chart.Line {
		l := chart.Line{Dots: true}
		for _, run := range s.Choice {
			if !run.Diverged {
				l.Points = append(l.Points, plotter.XY{X: run.LR, Y: r.Metric.drawn(run.Score)})
			}
		}
		return l
	}
	return c
}

// draw draws the charts of some optimizers, none where there is nothing to draw.
func (c curve) draw(standings []*Standing) (*plot.Plot, error) {
	p := chart.New(c.title, c.x, c.y)
	if c.logX {
		chart.LogX(p)
	}
	if c.logY {
		chart.LogY(p)
	}
	var lines []chart.Line
	for i, s := range standings {
		l := c.line(s)
		if len(l.Points) == 0 {
			continue
		}
		l.Name, l.Color = s.Optimizer, chart.Color(i)
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	err := chart.AddLines(p, lines...)
	c.cut(p, lines)
	return p, err
}

// cut ends the axis where far worse values would leave no room to tell the better
// ones apart; lines go on beyond it.
func (c curve) cut(p *plot.Plot, lines []chart.Line) {
	var starts, values []float64
	for _, l := range lines {
		starts = append(starts, l.Points[0].Y)
		for _, point := range l.Points {
			values = append(values, point.Y)
		}
	}
	shown := span{math.Inf(-1), rise * median(starts)}
	if !c.logY {
		shown = room(values, c.higher)
	}
	p.Y.Min, p.Y.Max = max(p.Y.Min, shown.low), min(p.Y.Max, shown.high)
}

// charts are the kinds of curves for a few optimizers at a time, in the order of
// the standings.
func (r *Result) charts(curves ...curve) ([]report.Chart, error) {
	var all []report.Chart
	done := 0
	for some := range slices.Chunk(r.Standings, crowd) {
		places := ""
		if len(r.Standings) > crowd {
			places = fmt.Sprintf(", places %d to %d", done+1, done+len(some))
		}
		for _, c := range curves {
			c.title += places
			p, err := c.draw(some)
			if err != nil {
				return nil, err
			}
			if p == nil {
				continue
			}
			drawn, err := svg(p, tall, c.title)
			if err != nil {
				return nil, err
			}
			all = append(all, drawn)
		}
		done += len(some)
	}
	return all, nil
}
