package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The bands of contours go from the deepest to the highest: light, so that
// paths stand out.
var (
	deep = color.RGBA{190, 209, 229, 255}
	high = color.RGBA{250, 251, 253, 255}
	edge = color.RGBA{166, 184, 204, 255} // the lines between them
)

// AddContours draws a function of two variables as bands with lines between
// them, deeper where darker, over the whole of the plot. Levels are the heights
// of the lines, ascending; [Grid.Levels] finds some that suit.
func AddContours(p *plot.Plot, g *Grid, levels []float64) error {
	if err := g.check(); err != nil {
		return err
	}
	fit(p, g)
	p.Add(contours{g, levels})
	return nil
}

// fit makes the plot show the grid and nothing else.
func fit(p *plot.Plot, g *Grid) {
	p.X.Min, p.X.Max, p.X.Padding = g.X[0], g.X[len(g.X)-1], 0
	p.Y.Min, p.Y.Max, p.Y.Padding = g.Y[0], g.Y[len(g.Y)-1], 0
}

type contours struct {
	grid   *Grid
	levels []float64
}

func (k contours) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.SetColor(deep)
	c.Fill(c.Rectangle.Path())
	line := draw.LineStyle{Color: edge, Width: vg.Points(0.5)}
	for i, level := range k.levels {
		region, borders := k.grid.above(level, x, y)
		c.SetColor(mix(deep, high, float64(i+1)/float64(len(k.levels))))
		c.Fill(region)
		c.SetLineStyle(line)
		c.Stroke(borders)
	}
}

// mix is a colour between two, at a share from 0 to 1 of the way.
func mix(a, b color.RGBA, share float64) color.RGBA {
	between := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 255}
}
