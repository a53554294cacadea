package main

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"github.com/descent-go/descent/chart"
)

// drawLines draws a line for each rule and variant: the colour is the rule's,
// dashes and points are the variant's.
func (c *benchChart) drawLines(title string) (*plot.Plot, error) {
	p := chart.New(title, "weights", "ns per weight")
	chart.LogX(p)
	least, most := c.spread()
	if most > 10*least {
		chart.LogY(p)
	}
	for i, rule := range c.rules {
		for k, variant := range c.variants {
			line := chart.Line{Points: c.points(rule, variant), Dots: true, Variant: k, Color: chart.Color(i)}
			if k == 0 {
				p.Legend.Add(rule, chart.Key(chart.Line{Color: chart.Color(i)})...)
			}
			if len(line.Points) == 0 {
				continue
			}
			if err := chart.AddLines(p, line); err != nil {
				return nil, err
			}
		}
	}
	if len(c.variants) > 1 {
		for k, variant := range c.variants {
			p.Legend.Add(variant, chart.Key(chart.Line{Dots: true, Variant: k, Color: color.Gray{90}})...)
		}
	}
	p.X.Tick.Marker = plot.TickerFunc(c.sizeTicks)
	if most <= 10*least {
		p.Y.Min = 0
	}
	return p, nil
}

// spread is the least and the greatest time that was measured.
func (c *benchChart) spread() (least, most float64) {
	times := make([]float64, len(c.rows))
	for i, r := range c.rows {
		times[i] = r.NSPerWeight()
	}
	return slices.Min(times), slices.Max(times)
}

// points are what was measured of a rule's variant, by number of weights.
func (c *benchChart) points(rule, variant string) plotter.XYs {
	var points plotter.XYs
	for _, r := range c.rows {
		if r.Rule == rule && c.variant(r) == variant {
			points = append(points, plotter.XY{X: float64(r.Weights()), Y: r.NSPerWeight()})
		}
	}
	slices.SortFunc(points, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	return points
}

// sizeTicks labels the numbers of weights that were measured, as far as there
// is room for them.
func (c *benchChart) sizeTicks(low, high float64) []plot.Tick {
	var sizes []int
	for _, r := range c.rows {
		sizes = append(sizes, r.Weights())
	}
	slices.Sort(sizes)
	var ticks []plot.Tick
	last := 0.0
	for _, n := range slices.Compact(sizes) {
		tick := plot.Tick{Value: float64(n)}
		if last == 0 || math.Log(tick.Value/last) > math.Log(high/low)/14 {
			tick.Label, last = short(n), tick.Value
		}
		ticks = append(ticks, tick)
	}
	return ticks
}
