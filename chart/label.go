package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Package plot makes room for an axis's label where it takes the middle of the
// axis to be, halfway between its ends: on a logarithmic axis that is near the
// end, and the data shrinks. So the labels of these axes are drawn here.

// dataCanvas is where the data of a plot is.
func dataCanvas(p *plot.Plot, c draw.Canvas) draw.Canvas {
	rest, _, _, back := unlabeled(p, c)
	defer back()
	return p.DataCanvas(rest)
}

// drawPlot draws a plot.
func drawPlot(p *plot.Plot, c draw.Canvas) {
	rest, x, y, back := unlabeled(p, c)
	defer back()
	p.Draw(rest)
	data := p.DataCanvas(rest)
	if x != "" {
		style := p.X.Label.TextStyle
		c.FillText(style, vg.Point{X: data.Center().X, Y: c.Min.Y + style.FontExtents().Descent}, x)
	}
	if y != "" {
		style := p.Y.Label.TextStyle
		left := c.Min.X + style.Height(y) - style.FontExtents().Descent
		style.Rotation += math.Pi / 2
		c.FillText(style, vg.Point{X: left, Y: data.Center().Y}, y)
	}
}

// unlabeled takes the labels of logarithmic axes from a plot, and from its
// canvas the room for them, until back is called.
func unlabeled(p *plot.Plot, c draw.Canvas) (rest draw.Canvas, x, y string, back func()) {
	labelX, labelY := p.X.Label.Text, p.Y.Label.Text
	back = func() { p.X.Label.Text, p.Y.Label.Text = labelX, labelY }
	var left, bottom vg.Length
	if isLog(p.X) && labelX != "" {
		bottom, x, p.X.Label.Text = labelRoom(p.X), labelX, ""
	}
	if isLog(p.Y) && labelY != "" {
		left, y, p.Y.Label.Text = labelRoom(p.Y)+p.Y.Label.TextStyle.FontExtents().Descent, labelY, ""
	}
	return draw.Crop(c, left, 0, bottom, 0), x, y, back
}

// labelRoom is the room of an axis's label across the axis.
func labelRoom(a plot.Axis) vg.Length {
	return a.Label.TextStyle.Height(a.Label.Text) + a.Label.Padding
}
