package main

import (
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// dashes and glyphs tell variants apart.
var (
	dashes = [][]vg.Length{nil, {5, 3}, {1.5, 2}, {8, 2, 2, 2}}
	glyphs = []vgdraw.GlyphDrawer{vgdraw.CircleGlyph{}, vgdraw.SquareGlyph{}, vgdraw.TriangleGlyph{}, vgdraw.CrossGlyph{}}
)

// drawLines draws a line for each rule and variant: the colour is the rule's,
// dashes and points are the variant's.
func (c *chart) drawLines() error {
	for i, rule := range c.rules {
		for k, variant := range c.variants {
			if err := c.drawLine(rule, variant, i, k); err != nil {
				return err
			}
		}
	}
	if len(c.variants) > 1 {
		for k, variant := range c.variants {
			line := vgdraw.LineStyle{Color: color.Gray{90}, Width: vg.Points(1.4), Dashes: dashes[k%len(dashes)]}
			dots := vgdraw.GlyphStyle{Color: color.Gray{90}, Radius: vg.Points(2.4), Shape: glyphs[k%len(glyphs)]}
			c.legend.Add(variant, &plotter.Line{LineStyle: line}, &plotter.Scatter{GlyphStyle: dots})
		}
	}
	c.axes()
	return nil
}

// drawLine draws the line of a rule's variant, if that was measured.
func (c *chart) drawLine(rule, variant string, i, k int) error {
	var points plotter.XYs
	for _, r := range c.rows {
		if r.Rule == rule && c.variant(r) == variant {
			points = append(points, plotter.XY{X: float64(r.Weights()), Y: r.NSPerWeight()})
		}
	}
	if len(points) == 0 {
		return nil
	}
	slices.SortFunc(points, func(a, b plotter.XY) int { return int(math.Copysign(1, a.X-b.X)) })
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, line.Width, line.Dashes = colorOf(i), vg.Points(1.4), dashes[k%len(dashes)]
	dots.Color, dots.Radius, dots.Shape = colorOf(i), vg.Points(2.4), glyphs[k%len(glyphs)]
	c.plot.Add(line, dots)
	if k == 0 {
		c.legend.Add(rule, &plotter.Line{LineStyle: vgdraw.LineStyle{Color: colorOf(i), Width: vg.Points(2.4)}})
	}
	return nil
}

// axes sets both axes: weights by powers, nanoseconds too where they differ much.
func (c *chart) axes() {
	x, y := &c.plot.X, &c.plot.Y
	x.Label.Text, y.Label.Text = "weights", "ns per weight"
	x.Min, x.Max = x.Min/1.3, x.Max*1.3
	x.Scale, x.Tick.Marker = plot.LogScale{}, plot.TickerFunc(c.sizeTicks)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{210}, color.Gray{210}
	if y.Max/y.Min > 10 {
		y.Min, y.Max = y.Min/1.2, y.Max*1.2
		y.Scale, y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(steps125)
	} else {
		y.Min, y.Max = 0, y.Max*1.08
	}
	c.plot.Add(grid)
}

// sizeTicks labels the numbers of weights that were measured, as far as there
// is room for them.
func (c *chart) sizeTicks(low, high float64) []plot.Tick {
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

// steps125 labels 1, 2 and 5 times the powers of ten.
func steps125(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for power := math.Floor(math.Log10(low)); power <= math.Log10(high); power++ {
		for _, digit := range []string{"1", "2", "5"} {
			v, _ := strconv.ParseFloat(digit+"e"+strconv.Itoa(int(power)), 64)
			if v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
			}
		}
	}
	return ticks
}
