package main

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Colours of Okabe and Ito, which colour-blind people tell apart.
var (
	blue   = color.RGBA{0, 114, 178, 255}
	orange = color.RGBA{213, 94, 0, 255}
	grey   = color.RGBA{153, 153, 153, 255}
)

// draw writes a chart for each case with the most threads, and one of scaling.
func (r *Report) draw(prefix string) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	plotter.DefaultFont = plot.DefaultFont
	threads := 0
	for _, x := range r.Results {
		threads = max(threads, x.Threads)
	}
	for _, c := range cases {
		some := slices.Clone(r.Results)
		some = slices.DeleteFunc(some, func(x Result) bool { return x.Case != c.Name || x.Threads != threads || x.Why != "" })
		if len(some) > 1 {
			if err := bars(fmt.Sprintf("%s-%s.svg", prefix, slug(c.Name)), some); err != nil {
				return err
			}
		}
	}
	if r.Scaling == nil {
		return nil
	}
	return lines(prefix+"-scaling.svg", r.Scaling)
}

// slug is a case's name as part of a file's name.
func slug(name string) string {
	return strings.NewReplacer(", ", "-", ",", "", " ", "-").Replace(name)
}

// bars draws what a step costs, peer by peer, the fastest on top. Where costs
// differ by more than a hundred the axis is logarithmic.
func bars(file string, results []Result) error {
	time := func(r Result) float64 { mid, _, _ := r.median(); return mid / 1e6 }
	slices.SortFunc(results, func(a, b Result) int { return cmp.Compare(time(b), time(a)) })
	least, most := time(results[len(results)-1]), time(results[0])
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s, %d threads", results[0].Case, results[0].Threads)
	p.X.Label.Text, p.Title.Padding = "milliseconds a step", vg.Points(8)
	base := 0.0
	if most > 100*least {
		base = math.Pow(10, math.Floor(math.Log10(least)))
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		p.X.Label.Text += ", logarithmic"
	}
	var labels []string
	for i, r := range results {
		bar, err := plotter.NewPolygon(plotter.XYs{
			{X: base, Y: float64(i) - 0.35}, {X: time(r), Y: float64(i) - 0.35}, {X: time(r), Y: float64(i) + 0.35}, {X: base, Y: float64(i) + 0.35},
		})
		if err != nil {
			return err
		}
		bar.Color, bar.LineStyle.Width = grey, 0
		if strings.HasPrefix(r.Peer, "descent") {
			bar.Color = blue
		}
		value, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: time(r), Y: float64(i)}}, Labels: []string{fmt.Sprintf(" %.3g", time(r))}})
		if err != nil {
			return err
		}
		value.TextStyle[0].YAlign = draw.YCenter
		p.Add(bar, value)
		labels = append(labels, "    "+r.Peer+" ")
	}
	p.NominalY(labels...)
	p.X.Min, p.X.Max = base, most*1.15
	if base > 0 {
		p.X.Max = most * 3
	}
	return p.Save(7.2*vg.Inch, vg.Length(1+0.3*float64(len(results)))*vg.Inch, file)
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
func lines(file string, results []Result) error {
	p := plot.New()
	p.Title.Text = "adam: what a weight costs as their number grows"
	p.X.Label.Text, p.Y.Label.Text, p.Title.Padding = "weights", "ns a weight", vg.Points(8)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(counts)
	series := map[string]plotter.XYs{}
	var order []string
	for _, r := range results {
		if r.Why != "" {
			continue
		}
		name := fmt.Sprintf("%s, %d threads", r.Peer, r.Threads)
		if series[name] == nil {
			order = append(order, name)
		}
		mid, _, _ := r.median()
		series[name] = append(series[name], plotter.XY{X: float64(r.Weights), Y: mid / float64(r.Weights)})
	}
	for i, name := range order {
		line, dots, err := plotter.NewLinePoints(series[name])
		if err != nil {
			return err
		}
		line.Width, line.Color = vg.Points(1.4), orange
		if strings.HasPrefix(name, "descent") {
			line.Color = blue
		}
		if i > 1 {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		dots.Color, dots.Radius, dots.Shape = line.Color, vg.Points(1.8), draw.CircleGlyph{}
		p.Add(line, dots)
		p.Legend.Add(name, line, dots)
	}
	p.Y.Min = 0
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs, p.Legend.Padding = true, -vg.Points(8), -vg.Points(6), vg.Points(3)
	return p.Save(7.2*vg.Inch, 4*vg.Inch, file)
}
