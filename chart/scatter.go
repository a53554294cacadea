package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Points are dots without a line, with an entry in the legend where they have a
// name.
type Points struct {
	Name    string
	Points  plotter.XYs
	Color   color.Color // nil for the palette's next
	Radius  vg.Length   // 0 for 2 points
	Opacity float64     // less than 1 lets crowds show; 0 for 1
}

// AddPoints adds dots to a plot. Those that are not finite, or that a
// logarithmic axis cannot show, are left out; it is an error if none is left.
func AddPoints(p *plot.Plot, sets ...Points) error {
	for i, s := range sets {
		if len(Line{Points: s.Points}.runs(p)) == 0 {
			return fmt.Errorf("chart: points %q: expected at least one that can be drawn; of %d none can", s.Name, len(s.Points))
		}
		if s.Color == nil {
			s.Color = Color(i)
		}
		stretch(p, s.Points)
		p.Add(s)
		if s.Name != "" {
			p.Legend.Add(s.Name, &plotter.Scatter{GlyphStyle: s.glyph()})
		}
	}
	return nil
}

// Plot draws the dots that are within the axes.
func (s Points) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, point := range s.Points {
		c.DrawGlyph(s.glyph(), vg.Point{X: x(point.X), Y: y(point.Y)})
	}
}

func (s Points) glyph() draw.GlyphStyle {
	ink := Line{Color: s.Color}.complete(0).Color
	if s.Opacity > 0 && s.Opacity < 1 {
		ink = Fade(ink, s.Opacity)
	}
	radius := s.Radius
	if radius == 0 {
		radius = 2
	}
	return draw.GlyphStyle{Color: ink, Radius: radius, Shape: draw.CircleGlyph{}}
}
