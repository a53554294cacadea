package main

import (
	"bytes"
	"fmt"
	"html/template"
	"math"
	"os"
	"runtime"

	"github.com/guptarohit/asciigraph"
	"gonum.org/v1/plot/plotter"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed/simulate"
	"github.com/descent-go/descent/report"
)

// simulateShow shows a simulation: a bar on a terminal, lines on standard output.
type simulateShow struct {
	*display
	target dataset.Target
	bar    *waitBar
}

func (s *simulateShow) progress(p simulate.Progress) {
	if p.Measured {
		s.clear()
		s.point(*p.Last)
	}
	if s.bar == nil {
		s.bar = newWaitBar(p.Work)
	}
	if s.terminal {
		s.bar.set(p.Batches)
	}
}

func (s *simulateShow) clear() {
	if s.bar != nil {
		s.bar.clear()
	}
}

// point prints a line for a measurement.
func (s *simulateShow) point(p simulate.Point) {
	switch {
	case s.json:
		s.encode(p)
	case !s.quiet:
		fmt.Fprintf(s.out, "%7d batches  %9s simulated s  test %s\n", p.Batches, plain(p.Seconds), s.pointScore(p))
	}
}

func (s *simulateShow) pointScore(p simulate.Point) string {
	accuracy := math.NaN()
	if p.TestAccuracy != nil {
		accuracy = *p.TestAccuracy
	}
	return s.score(p.TestLoss, accuracy)
}

// result prints the last line.
func (s *simulateShow) result(r *simulate.Result) {
	if s.json {
		s.encode(r)
		return
	}
	if !s.quiet && !r.Sync && len(r.Delays.Counts) > 0 {
		fmt.Fprintf(s.out, "updates late    gradients\n%s", bars(r.Delays))
	}
	fmt.Fprintf(s.out, "test %s (%s)\n", s.pointScore(r.Last()), sentence(r))
}

// figures are what is measured: the test accuracy in percent, or the error.
func (s *simulateShow) figures(r *simulate.Result) (name string, values []float64) {
	name = "test accuracy, %"
	for _, p := range r.Points {
		if p.TestAccuracy != nil {
			values = append(values, 100**p.TestAccuracy)
		} else {
			name = "test RMSE of " + s.target.Name
			values = append(values, math.Sqrt(p.TestLoss))
		}
	}
	return name, values
}

// plot draws the measurements into the terminal.
func (s *simulateShow) plot(r *simulate.Result) {
	name, values := s.figures(r)
	if len(values) < 2 {
		return
	}
	fmt.Fprintf(s.out, "\n%s\n\n", asciigraph.Plot(values, asciigraph.Height(graphHeight), asciigraph.Width(graphWidth),
		asciigraph.Caption(name+" over simulated seconds"), asciigraph.YAxisValueFormatter(plain),
		asciigraph.XAxisRange(0, r.Last().Seconds), asciigraph.XAxisValueFormatter(plain)))
}

// writePage writes what --report asks for.
func (f *simulateFlags) writePage(r *simulate.Result, data *dataset.Data) error {
	show := &simulateShow{target: data.Schema.Target}
	charts := &runReport{target: data.Schema.Target}
	page := &report.Page{
		Title:   fmt.Sprintf("%s with %s on %s, simulated", r.Optimizer, count(r.Workers, "worker"), data.Name),
		Intro:   fmt.Sprintf("Test %s: %s.", (&simulateShow{display: &display{target: data.Schema.Target}}).pointScore(r.Last()), sentence(r)),
		Facts:   f.pageFacts(r, data),
		Command: shellCommand(os.Args[1:]),
	}
	section := report.Section{Title: "Learning", Text: "The test data, over the batches used and over simulated time."}
	name, values := show.figures(r)
	for _, axis := range []struct {
		title string
		of    func(simulate.Point) float64
	}{{"batches", func(p simulate.Point) float64 { return float64(p.Batches) }}, {"simulated seconds", func(p simulate.Point) float64 { return p.Seconds }}} {
		p := chart.New("", axis.title, name)
		var points plotter.XYs
		for i, point := range r.Points {
			points = append(points, plotter.XY{X: axis.of(point), Y: values[i]})
		}
		charts.lines(p, chart.Line{Points: points, Dots: true})
		section.Charts = append(section.Charts, charts.draw(p))
	}
	page.Sections = append(page.Sections, section)
	if !r.Sync && r.Delays.Max > 0 {
		page.Sections = append(page.Sections, delaySection(r.Delays, charts))
	}
	if charts.err != nil {
		return charts.err
	}
	var out bytes.Buffer
	if _, err := page.WriteTo(&out); err != nil {
		return err
	}
	return writeFile(f.report, out.Bytes())
}

// delaySection is how late gradients were.
func delaySection(d simulate.Lateness, charts *runReport) report.Section {
	b := chart.Bars{Series: []chart.Series{{}}}
	for i, n := range d.Counts {
		from, to := d.Range(i)
		name := fmt.Sprintf("%d to %d", from, to)
		if from == to {
			name = fmt.Sprint(from)
		}
		b.Names, b.Series[0].Values = append(b.Names, name), append(b.Series[0].Values, float64(n))
	}
	p := chart.New("", "gradients", "updates late")
	section := report.Section{Title: "Delays", Text: fmt.Sprintf("How many updates others had made between a worker's pull and its push: %.1f on average, at most %d.", d.Mean, d.Max)}
	if err := chart.AddBars(p, b); err != nil {
		charts.err = err
		return section
	}
	svg, err := chart.SVG(p, chartWidth, b.Height(p))
	if charts.err == nil {
		charts.err = err
	}
	section.Charts = []report.Chart{{SVG: template.HTML(svg)}}
	return section
}

// pageFacts are the settings, and what the simulation took.
func (f *simulateFlags) pageFacts(r *simulate.Result, data *dataset.Data) []report.Fact {
	bound := "none"
	if f.maxDelay >= 0 {
		bound = count(f.maxDelay, "update")
	}
	if r.Sync {
		bound = "workers go in step"
	}
	return []report.Fact{
		{Name: "optimizer", Value: r.Optimizer},
		{Name: "network", Value: r.Model},
		{Name: "workers", Value: fmt.Sprint(r.Workers)},
		{Name: "time for a gradient", Value: r.Delay},
		{Name: "messages", Value: fmt.Sprintf("%s, of %d bytes", r.Network, r.Bytes)},
		{Name: "bound on delays", Value: bound},
		{Name: "training examples", Value: fmt.Sprint(data.N)},
		{Name: "batch of a worker", Value: fmt.Sprint(f.batch)},
		{Name: "batches", Value: fmt.Sprint(r.Batches)},
		{Name: "updates", Value: fmt.Sprint(r.Updates)},
		{Name: "seed", Value: fmt.Sprint(f.seed)},
		{Name: "real time", Value: fmt.Sprintf("%.1f s", r.RealSeconds)},
		{Name: "made by", Value: fmt.Sprintf("descent %s, %s, %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)},
	}
}
