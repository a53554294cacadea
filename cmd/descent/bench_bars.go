package main

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/internal/measure"
)

// drawBars draws a bar for each rule and variant, in the variant's colour, the
// first on top, with its number at the end, and tells how high the picture is.
func (c *benchChart) drawBars(title string) (*plot.Plot, vg.Length, error) {
	bars := chart.Bars{Names: c.rules}
	for _, variant := range c.variants {
		s := chart.Series{Name: variant}
		for _, rule := range c.rules {
			at := slices.IndexFunc(c.rows, func(r measure.Row) bool { return r.Rule == rule && c.variant(r) == variant })
			if at < 0 {
				s.Values, s.Labels = append(s.Values, math.NaN()), append(s.Labels, "")
				continue
			}
			ns := c.rows[at].NSPerWeight()
			s.Values, s.Labels = append(s.Values, ns), append(s.Labels, digits(ns))
		}
		bars.Series = append(bars.Series, s)
	}
	p := chart.New(title, "ns per weight", "")
	return p, bars.Height(p), chart.AddBars(p, bars)
}
