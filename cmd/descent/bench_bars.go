package main

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// The height of a bar, and what is between those of a rule and the next.
const barHeight, barGap = 13, 10

// barsHeight is the height of the picture.
func (c *chart) barsHeight() vg.Length {
	return 1.4*vg.Inch + vg.Points(float64(len(c.rules)*(len(c.variants)*barHeight+barGap)))
}

// drawBars draws a bar for each rule and variant, in the variant's colour, the
// first on top, with its number at the end.
func (c *chart) drawBars() error {
	places := len(c.rules)
	for k, variant := range c.variants {
		values := make(plotter.Values, places)
		var numbers plotter.XYLabels
		for _, r := range c.rows {
			if c.variant(r) == variant {
				place, ns := places-1-slices.Index(c.rules, r.Rule), r.NSPerWeight()
				values[place] = ns
				numbers.XYs = append(numbers.XYs, plotter.XY{X: ns, Y: float64(place)})
				numbers.Labels = append(numbers.Labels, digits(ns))
			}
		}
		bars, err := plotter.NewBarChart(values, vg.Points(barHeight-1))
		if err != nil {
			return err
		}
		labels, err := plotter.NewLabels(numbers)
		if err != nil {
			return err
		}
		bars.Horizontal, bars.Color, bars.LineStyle.Width = true, colorOf(k+1), 0
		bars.Offset = vg.Points(barHeight * (float64(len(c.variants)-1)/2 - float64(k)))
		labels.Offset = vg.Point{X: vg.Points(3), Y: bars.Offset}
		for i := range labels.TextStyle {
			labels.TextStyle[i].YAlign, labels.TextStyle[i].Font = text.YCenter, font.From(plot.DefaultFont, 9)
		}
		c.plot.Add(bars, labels)
		if len(c.variants) > 1 {
			c.legend.Add(variant, bars)
		}
	}
	names := slices.Clone(c.rules)
	slices.Reverse(names)
	c.plot.NominalY(names...)
	c.plot.Y.Min, c.plot.Y.Max = -0.5, float64(places)-0.5
	c.plot.X.Label.Text = "ns per weight"
	c.plot.X.Min = 0
	c.plot.X.Max *= 1.1
	return nil
}
