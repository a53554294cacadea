package chart

import (
	"fmt"
	"image"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Canvas is a picture to be drawn over again and again: the frames of an
// animation, of which what stays is drawn once.
//
//	canvas, err := chart.NewCanvas(picture, 600, 400)
//	area := canvas.Area(contour)
//	for k := range path {
//		frame := canvas.Frame(func() { area.Draw(chart.Line{Points: path[:k+1]}) })
//		animation.Add(frame, 50*time.Millisecond)
//	}
type Canvas struct {
	image *image.RGBA
	still []uint8 // the pixels of what stays
	areas map[*plot.Plot]*Area
}

// pixel is the size of a pixel of a canvas.
const pixel = vg.Inch / vgimg.DefaultDPI

// NewCanvas draws a picture of so many pixels. Sizes in points are as on a page:
// four pixels are three points.
func NewCanvas(p Picture, width, height int) (*Canvas, error) {
	if width <= 0 || height <= 0 {
		return nil, fmt.Errorf("chart: a canvas of %d by %d pixels: expected more than 0", width, height)
	}
	canvas := vgimg.New(vg.Length(width)*pixel, vg.Length(height)*pixel)
	c := &Canvas{image: canvas.Image().(*image.RGBA), areas: map[*plot.Plot]*Area{}}
	paint(p, draw.New(canvas), func(one *plot.Plot, data draw.Canvas) {
		c.areas[one] = &Area{one, data}
	})
	c.still = append(c.still, c.image.Pix...)
	return c, nil
}

// Area is where the data of one of the picture's plots is drawn, nil if the
// picture has no such plot.
func (c *Canvas) Area(p *plot.Plot) *Area { return c.areas[p] }

// Frame gives the picture with what over draws on its areas. The next call
// draws in the same image.
func (c *Canvas) Frame(over func()) *image.RGBA {
	copy(c.image.Pix, c.still)
	over()
	return c.image
}

// Area is the part of a canvas in which the data of a plot is.
type Area struct {
	plot   *plot.Plot
	canvas draw.Canvas
}

// Draw draws marks over the plot: a [Line], an [Arrow], a [Dot], a [Label], or
// any other plotter.
func (a *Area) Draw(marks ...plot.Plotter) {
	for _, m := range marks {
		m.Plot(a.canvas, a.plot)
	}
}
