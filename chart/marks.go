package chart

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Plot draws the line without its band. So a Line, as the other marks below, can
// be added to a plot, whose axes it leaves as they are, or drawn on an [Area].
func (l Line) Plot(c draw.Canvas, p *plot.Plot) {
	l = l.complete(0)
	x, y := p.Transforms(&c)
	for _, run := range l.runs(p) {
		points := make([]vg.Point, 0, run[1]-run[0])
		for _, point := range l.Points[run[0]:run[1]] {
			points = append(points, vg.Point{X: x(point.X), Y: y(point.Y)})
		}
		c.StrokeLines(l.style(), c.ClipLinesXY(points)...)
		if l.Dots || len(points) == 1 {
			c.SetLineStyle(draw.LineStyle{})
			for _, point := range points {
				c.DrawGlyph(l.glyph(), point)
			}
		}
	}
}

// Arrow goes from one point of a plot to another. It has a head as far as it is
// long enough; one without length is not drawn.
type Arrow struct {
	X0, Y0, X1, Y1 float64
	Color          color.Color // nil for the palette's first
	Width          vg.Length   // of the shaft, 0 for 1.4 points
	Dashed         bool
}

// Plot draws the arrow, as far as it is within the axes.
func (a Arrow) Plot(c draw.Canvas, p *plot.Plot) {
	if !drawable(p, a.X0, a.Y0) || !drawable(p, a.X1, a.Y1) {
		return
	}
	line := Line{Color: a.Color, Width: a.Width, Dashed: a.Dashed}.complete(0)
	x, y := p.Transforms(&c)
	from, to := vg.Point{X: x(a.X0), Y: y(a.Y0)}, vg.Point{X: x(a.X1), Y: y(a.Y1)}
	length := vg.Length(math.Hypot(float64(to.X-from.X), float64(to.Y-from.Y)))
	if length < 0.5 {
		return
	}
	along := to.Sub(from).Scale(1 / length)
	head := min(2.5*line.Width+3.5, length)
	neck := to.Sub(along.Scale(head))
	side := vg.Point{X: -along.Y, Y: along.X}.Scale(head * 0.4)
	c.StrokeLines(line.style(), c.ClipLinesXY([]vg.Point{from, to.Sub(along.Scale(head * 0.8))})...)
	if c.Contains(to) {
		c.FillPolygon(line.Color, []vg.Point{to, neck.Add(side), to.Sub(along.Scale(head * 0.8)), neck.Sub(side)})
	}
}

// Dot marks a point.
type Dot struct {
	X, Y   float64
	Color  color.Color // nil for the palette's first
	Radius vg.Length   // 0 for 3 points
	Ring   bool        // white within
}

// Plot draws the dot, with a thin white rim that sets it off, if its centre is
// within the axes.
func (d Dot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := vg.Point{X: x(d.X), Y: y(d.Y)}
	if !c.Contains(at) {
		return
	}
	ink := Line{Color: d.Color}.complete(0).Color
	radius := d.Radius
	if radius == 0 {
		radius = 3
	}
	disc := func(fill color.Color, radius vg.Length) {
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: fill, Radius: radius, Shape: draw.CircleGlyph{}}, at)
	}
	disc(paper, radius+0.8)
	disc(ink, radius)
	if d.Ring {
		disc(paper, radius*0.55)
	}
}

// Label writes text at a point of a plot, moved by Offset.
type Label struct {
	X, Y           float64
	Text           string
	Offset         vg.Point        // in points, to the right and up
	Size           float64         // of the letters, in points; 0 for 10
	Color          color.Color     // nil for that of other text
	XAlign, YAlign text.XAlignment // where the point is in the text: 0 is the left or the bottom, -0.5 the middle, -1 the right or the top
}

// Plot writes the text if the point is within the axes.
func (l Label) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := vg.Point{X: x(l.X), Y: y(l.Y)}
	if !c.Contains(at) {
		return
	}
	look := style(labelSize)
	if l.Size > 0 {
		look = style(l.Size)
	}
	if l.Color != nil {
		look.Color = l.Color
	}
	look.XAlign, look.YAlign = l.XAlign, text.YAlignment(l.YAlign)
	c.FillText(look, at.Add(l.Offset), l.Text)
}
