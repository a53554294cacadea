package main

import (
	"fmt"
	"html/template"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/online/vw"
	"github.com/descent-go/descent/report"
)

// pageCharts draws charts of a page and keeps the first mistake.
type pageCharts struct{ err error }

func (c *pageCharts) note(err error) {
	if c.err == nil {
		c.err = err
	}
}

// draw is a chart of the usual size.
func (c *pageCharts) draw(p chart.Picture) report.Chart { return c.drawTall(p, chartHeight) }

// drawTall is a chart of the usual width.
func (c *pageCharts) drawTall(p chart.Picture, height vg.Length) report.Chart {
	svg, err := chart.SVG(p, chartWidth, height)
	c.note(err)
	return report.Chart{SVG: template.HTML(svg)}
}

// lines adds those lines of which something shows and reports whether there are any.
func (c *pageCharts) lines(p *plot.Plot, lines ...chart.Line) bool {
	lines = slices.DeleteFunc(lines, func(l chart.Line) bool { return !chart.Shows(p, l) })
	if len(lines) > 0 {
		c.note(chart.AddLines(p, lines...))
	}
	return len(lines) > 0
}

// learning has the charts of the stream.
func (r *learnReport) learning() *report.Section {
	s := &report.Section{Title: "Learning", Text: "The average is that of all examples so far, each predicted before it is learned."}
	if r.c.TestOnly {
		s.Text = "The average is that of all examples so far; nothing is learned."
	}
	size := groupSize(len(r.History.Points), maxPoints/2)
	groups := slices.Collect(slices.Chunk(r.History.Points, size))
	if len(groups) == 0 {
		return nil
	}
	if n := groups[0][len(groups[0])-1].Examples; n > 1 {
		s.Text += fmt.Sprintf(" Other lines are means over %d examples.", n)
	}
	if r.Holdout {
		s.Text += " Examples held out are never learned."
	}
	if len(r.History.Passes) > 1 {
		s.Text += " Passes end at the dashed lines; a dot is the mean loss of what a pass held out."
	}
	for _, c := range []*plot.Plot{r.lossPlot(groups), r.speedPlot(groups)} {
		if c != nil {
			r.passes(c)
			s.Charts = append(s.Charts, r.draw(c))
		}
	}
	return s
}

// unit is what examples are counted in, so that numbers are short.
func (r *learnReport) unit() (examples float64, name string) {
	switch n := r.lastExample(); {
	case n >= 2_000_000:
		return 1e6, "million examples"
	case n >= 20_000:
		return 1e3, "thousand examples"
	}
	return 1, "examples"
}

// lossPlot is nil where there are no labels.
func (r *learnReport) lossPlot(groups [][]vw.Point) *plot.Plot {
	average := chart.Line{Name: "average", Color: chart.Color(0)}
	since := chart.Line{Name: "since last", Color: chart.Fade(chart.Color(1), 0.7), Width: 0.9}
	held := chart.Line{Name: "held out", Color: chart.Color(2), Width: 0.9}
	per, unit := r.unit()
	var weight, loss float64
	for _, g := range groups {
		var sum vw.Point
		for _, p := range g {
			sum.Weight, sum.Loss = sum.Weight+p.Weight, sum.Loss+p.Loss
			sum.HeldWeight, sum.HeldLoss = sum.HeldWeight+p.HeldWeight, sum.HeldLoss+p.HeldLoss
		}
		weight, loss = weight+sum.Weight, loss+sum.Loss
		at := float64(g[len(g)-1].Examples)
		average.Points = append(average.Points, plotter.XY{X: at / per, Y: loss / weight})
		since.Points = append(since.Points, plotter.XY{X: at / per, Y: sum.Loss / sum.Weight})
		if sum.HeldWeight > 0 && len(r.History.Passes) == 0 { // else passes have dots
			held.Points = append(held.Points, plotter.XY{X: at / per, Y: sum.HeldLoss / sum.HeldWeight})
		}
	}
	lines := []chart.Line{since, held, average, r.passLosses()}
	p := chart.New("Loss", unit, "mean "+r.o.Loss.Name()+" loss")
	if r.o.Classes > 0 {
		p.Y.Label.Text = "share of wrong predictions"
	}
	if lopsided(lines) {
		chart.LogY(p)
	}
	if !r.lines(p, lines...) {
		return nil
	}
	return p
}

// lopsided reports whether most of the lines would lie at the bottom of an axis.
func lopsided(lines []chart.Line) bool {
	var all []float64
	for _, l := range lines {
		for _, p := range l.Points {
			if p.Y == p.Y {
				all = append(all, p.Y)
			}
		}
	}
	slices.Sort(all)
	return len(all) > 0 && largest(all) > 10*quantile(all, 0.5)
}

// passLosses are the losses of what was held out, a dot a pass.
func (r *learnReport) passLosses() chart.Line {
	per, _ := r.unit()
	l := chart.Line{Name: "held out, a pass", Color: chart.Color(3), Dots: len(r.History.Passes) <= 40}
	for _, p := range r.History.Passes {
		if p.HeldWeight > 0 {
			l.Points = append(l.Points, plotter.XY{X: float64(p.Examples) / per, Y: p.HeldLoss / p.HeldWeight})
		}
	}
	return l
}

// passes marks the ends of passes, if they are not too many to see.
func (r *learnReport) passes(p *plot.Plot) {
	if len(r.History.Passes) > 30 {
		return
	}
	per, _ := r.unit()
	for _, pass := range r.History.Passes {
		x := float64(pass.Examples) / per
		p.Add(chart.Line{Points: plotter.XYs{{X: x, Y: p.Y.Min}, {X: x, Y: p.Y.Max}}, Dashed: true, Color: chart.Color(9), Width: 0.6})
	}
}

// speedPlot is nil where the run was too short to tell.
func (r *learnReport) speedPlot(groups [][]vw.Point) *plot.Plot {
	if r.Seconds < 0.5 {
		return nil
	}
	per, unit := r.unit()
	var l chart.Line
	var before vw.Point
	for part := range slices.Chunk(groups, groupSize(len(groups), 30)) {
		last := part[len(part)-1]
		end := last[len(last)-1]
		if took := end.Seconds - before.Seconds; took > 0 {
			l.Points = append(l.Points, plotter.XY{X: float64(end.Examples) / per, Y: float64(end.Examples-before.Examples) / took / 1000})
		}
		before = end
	}
	p := chart.New("Speed", unit, "thousand examples a second")
	if !r.lines(p, l) {
		return nil
	}
	p.Y.Min, p.Y.Max = 0, 1.05*p.Y.Max
	return p
}
