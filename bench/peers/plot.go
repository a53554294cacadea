package main

import (
	"cmp"
	"fmt"
	"image/color"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
)

// The colours of descent and of others.
var (
	blue   = chart.Color(0)
	orange = chart.Color(1)
	grey   = color.Gray{160}
)

// width is that of the charts.
const width = 7.2 * vg.Inch

// draw writes a chart for each case with the most threads, and one of scaling.
func (r *Report) draw(prefix string) error {
	threads := 0
	for _, x := range r.Results {
		threads = max(threads, x.Threads)
	}
	for _, c := range cases {
		some := slices.Clone(r.Results)
		some = slices.DeleteFunc(some, func(x Result) bool { return x.Case != c.Name || x.Threads != threads || x.Why != "" })
		if len(some) > 1 {
			p, height, err := bars(some)
			if err := save(fmt.Sprintf("%s-%s.svg", prefix, slug(c.Name)), p, height, err); err != nil {
				return err
			}
		}
	}
	if r.Scaling == nil {
		return nil
	}
	p, err := lines(r.Scaling)
	return save(prefix+"-scaling.svg", p, 4*vg.Inch, err)
}

// save writes a chart that was made without an error.
func save(file string, p *plot.Plot, height vg.Length, err error) error {
	if err != nil {
		return err
	}
	text, err := chart.Render(p, width, height, "svg")
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// slug is a case's name as part of a file's name.
func slug(name string) string {
	return strings.NewReplacer(", ", "-", ",", "", " ", "-").Replace(name)
}

// bars draws what a step costs, peer by peer, the fastest on top, and tells how
// high the chart is. Where costs differ by more than a hundred the axis is
// logarithmic.
func bars(results []Result) (*plot.Plot, vg.Length, error) {
	time := func(r Result) float64 { mid, _, _ := r.median(); return mid / 1e6 }
	slices.SortFunc(results, func(a, b Result) int { return cmp.Compare(time(a), time(b)) })
	p := chart.New(fmt.Sprintf("%s, %d threads", results[0].Case, results[0].Threads), "milliseconds a step", "")
	if time(results[len(results)-1]) > 100*time(results[0]) {
		chart.LogX(p)
		p.X.Label.Text += ", logarithmic"
	}
	s := chart.Series{Color: grey, Colors: make([]color.Color, len(results))}
	b := chart.Bars{}
	for i, r := range results {
		b.Names, s.Values = append(b.Names, r.Peer), append(s.Values, time(r))
		if strings.HasPrefix(r.Peer, "descent") {
			s.Colors[i] = blue
		}
	}
	b.Series = []chart.Series{s}
	return p, b.Height(p), chart.AddBars(p, b)
}

// counts are ticks at powers of ten, in words.
func counts(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for x := 1.0; x <= high; x *= 10 {
		label := fmt.Sprintf("%.0f", x)
		for _, unit := range []struct {
			size float64
			name string
		}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
			if x >= unit.size {
				label = fmt.Sprintf("%.0f%s", x/unit.size, unit.name)
				break
			}
		}
		if x >= low {
			ticks = append(ticks, plot.Tick{Value: x, Label: label})
		}
	}
	return ticks
}

// lines draws what a weight costs as their number grows.
func lines(results []Result) (*plot.Plot, error) {
	p := chart.New("adam: what a weight costs as their number grows", "weights", "ns a weight")
	chart.LogX(p)
	var all []chart.Line
	for _, r := range results {
		if r.Why != "" {
			continue
		}
		name := fmt.Sprintf("%s, %d threads", r.Peer, r.Threads)
		at := slices.IndexFunc(all, func(l chart.Line) bool { return l.Name == name })
		if at < 0 {
			line := chart.Line{Name: name, Color: orange, Dots: true, Dashed: len(all) > 1}
			if strings.HasPrefix(name, "descent") {
				line.Color = blue
			}
			at, all = len(all), append(all, line)
		}
		mid, _, _ := r.median()
		all[at].Points = append(all[at].Points, plotter.XY{X: float64(r.Weights), Y: mid / float64(r.Weights)})
	}
	err := chart.AddLines(p, all...)
	p.X.Tick.Marker = plot.TickerFunc(counts)
	p.Y.Min = 0
	return p, err
}
