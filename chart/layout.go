package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Row puts pictures side by side. The axes of its plots lie on one line. What
// is not a [Part] has one share of the width.
type Row []Picture

// Column puts pictures below each other, the first on top. The axes of its
// plots lie on one line. What is not a [Part] has one share of the height.
type Column []Picture

// Part is a picture with its part of a row's width or a column's height: Size,
// in points, or where that is 0 so many shares of what is left.
type Part struct {
	Picture
	Share float64
	Size  vg.Length
}

// Inside is a plot with its legend over the data, in a corner.
type Inside struct {
	*plot.Plot
	Left, Bottom bool // the corner; neither is the upper right
}

// gap is what stays free between pictures.
const gap = 12

// A finder is told where something of each plot is.
type finder func(p *plot.Plot, data draw.Canvas)

func ignore(*plot.Plot, draw.Canvas) {}

// Draw draws the row on white that is there.
func (r Row) Draw(c draw.Canvas) { compose(r, c, ignore) }

// Draw draws the column on white that is there.
func (k Column) Draw(c draw.Canvas) { compose(k, c, ignore) }

// Draw draws the plot and its legend.
func (in Inside) Draw(c draw.Canvas) { compose(in, c, ignore) }

// compose draws a picture with as many marks on its axes as there is room for.
func compose(p Picture, c draw.Canvas, found finder) {
	each(p, c, func(one *plot.Plot, axes draw.Canvas) {
		limit(&one.X, math.MaxInt)
		limit(&one.Y, math.MaxInt)
		size := dataCanvas(one, axes).Size()
		thin(&one.X, size.X, func(label string) vg.Length { return one.X.Tick.Label.Width(label) + 8 })
		thin(&one.Y, size.Y, func(string) vg.Length { return one.Y.Tick.Label.Height("0") * 1.1 })
	})
	arrange(p, c, found)
}

// each tells about where the plots of a picture and their axes are.
func each(p Picture, c draw.Canvas, do finder) {
	var parts []Picture
	var rooms []draw.Canvas
	switch p := p.(type) {
	case *plot.Plot:
		axes, _ := split(p, c)
		do(p, axes)
	case Inside:
		do(p.Plot, c)
	case Part:
		each(p.Picture, c, do)
	case Row:
		parts, rooms = p, cells(p, c, false)
	case Column:
		parts, rooms = p, cells(p, c, true)
	}
	for i, part := range parts {
		each(part, rooms[i], do)
	}
}

// arrange draws a picture and tells where the data of its plots is.
func arrange(p Picture, c draw.Canvas, found finder) {
	switch p := p.(type) {
	case *plot.Plot:
		beside(p, c, found)
	case Inside:
		p.draw(c, found)
	case Part:
		arrange(p.Picture, c, found)
	case Row:
		for i, cell := range align(p, cells(p, c, false), false) {
			arrange(p[i], cell, found)
		}
	case Column:
		for i, cell := range align(p, cells(p, c, true), true) {
			arrange(p[i], cell, found)
		}
	default:
		p.Draw(c)
	}
}

// plots lists the plots of a picture.
func plots(p Picture) []*plot.Plot {
	var all []*plot.Plot
	each(p, draw.Canvas{}, func(one *plot.Plot, _ draw.Canvas) { all = append(all, one) })
	return all
}

// beside draws a plot with its legend on the right.
func beside(p *plot.Plot, c draw.Canvas, found finder) {
	c, legend := split(p, c)
	bare(p, c, found)
	if legend.Size().X > 0 {
		key := p.Legend
		key.Left, key.Top = true, true
		key.Draw(legend)
	}
}

// split divides the room of a plot into that of its axes and data and that of
// its legend.
func split(p *plot.Plot, c draw.Canvas) (axes, legend draw.Canvas) {
	size := p.Legend.Rectangle(c).Size()
	if size.Y <= 0 {
		return c, draw.Canvas{}
	}
	top := vg.Length(0)
	if p.Title.Text != "" {
		top = p.Title.TextStyle.Height(p.Title.Text) + p.Title.Padding
	}
	return draw.Crop(c, 0, -size.X-gap, 0, 0), draw.Crop(c, c.Size().X-size.X, 0, 0, -top)
}

// bare draws a plot without its legend.
func bare(p *plot.Plot, c draw.Canvas, found finder) {
	legend := p.Legend
	defer func() { p.Legend = legend }()
	p.Legend = plot.NewLegend()
	drawPlot(p, c)
	found(p, dataCanvas(p, c))
}

// draw draws the legend into a corner of the data, on white that lets a little
// shine through.
func (in Inside) draw(c draw.Canvas, found finder) {
	var data draw.Canvas
	bare(in.Plot, c, func(_ *plot.Plot, d draw.Canvas) { data = d })
	found(in.Plot, data)
	size := in.Legend.Rectangle(c).Size()
	if size.Y <= 0 {
		return
	}
	const pad, off = 4, 6
	room := data.Size()
	left, bottom := room.X-size.X-pad-off, room.Y-size.Y-pad-off
	if in.Left {
		left = pad + off
	}
	if in.Bottom {
		bottom = pad + off
	}
	box := draw.Crop(data, left, left+size.X-room.X, bottom, bottom+size.Y-room.Y)
	back := draw.Crop(box, -pad, pad, -pad-1, pad)
	back.SetColor(Fade(paper, 0.85))
	back.Fill(back.Rectangle.Path())
	legend := in.Legend
	legend.Left, legend.Top = true, true
	legend.Draw(box)
}
