package animate

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/surface"
)

// The colours of pictures.
var (
	ink      = color.RGBA{40, 40, 40, 255}
	quiet    = color.RGBA{105, 105, 105, 255}
	warning  = color.RGBA{190, 30, 30, 255}
	white    = color.RGBA{255, 255, 255, 255}
	downhill = color.RGBA{213, 94, 0, 255}
	stepping = color.RGBA{0, 114, 178, 255}
	kept     = color.RGBA{204, 121, 167, 255}
	looking  = color.RGBA{0, 158, 115, 255}
)

// panel is a plot of a scene and the layer over its data.
type panel struct {
	plot  *plot.Plot
	area  vg.Rectangle // of the plot with its axes
	data  vg.Rectangle // of its data
	layer *layer
}

// newPanel puts a plot, whose axes are set, into an area. The layer reaches
// beyond the data by some points.
func newPanel(p *plot.Plot, area vg.Rectangle, beyond vg.Length) *panel {
	data := dataArea(p, area)
	over := vg.Rectangle{
		Min: vg.Point{X: whole(data.Min.X - beyond), Y: whole(data.Min.Y - beyond)},
		Max: vg.Point{X: whole(data.Max.X + beyond), Y: whole(data.Max.Y + beyond)},
	}
	return &panel{p, area, data, &layer{area: over}}
}

// dataArea is the part of an area that a plot's data takes up.
func dataArea(p *plot.Plot, area vg.Rectangle) vg.Rectangle {
	return p.DataCanvas(draw.Canvas{Rectangle: area}).Rectangle
}

func (p *panel) draw(c draw.Canvas) {
	p.plot.Draw(draw.Canvas{Canvas: c.Canvas, Rectangle: p.area})
}

// at is where a point of the data is in the layer.
func (p *panel) at(x, y float64) vg.Point {
	size := p.data.Size()
	return vg.Point{
		X: p.data.Min.X - p.layer.area.Min.X + size.X*vg.Length(p.plot.X.Norm(x)),
		Y: p.data.Min.Y - p.layer.area.Min.Y + size.Y*vg.Length(p.plot.Y.Norm(y)),
	}
}

// toward is where a point is in the layer or, where that is far out of it, a
// point out of it on the way there from another. What is not finite stays.
func (p *panel) toward(from vg.Point, x, y float64) vg.Point {
	const far = 1500
	to := p.at(x, y)
	d := to.Sub(from)
	length := math.Hypot(float64(d.X), float64(d.Y))
	switch {
	case math.IsNaN(length) || math.IsInf(length, 0):
		return from
	case length > far:
		return from.Add(d.Scale(vg.Length(far / length)))
	}
	return to
}

// stop is where the point k of a path is, seen from the one before.
func (p *panel) stop(path *surface.Path, k int) vg.Point {
	to := path.Points[k]
	if k == 0 {
		return p.at(to.X, to.Y)
	}
	from := path.Points[k-1]
	return p.toward(p.at(from.X, from.Y), to.X, to.Y)
}

// The grid on which contours are computed, in points of the picture a step,
// and their number.
const (
	gridStep = 3
	levels   = 12
)

// landscape makes the panel of a surface's contours, as wide as its area.
func (o Options) landscape(w surface.Window, area vg.Rectangle) (*panel, error) {
	p := chart.New("", "x", "y")
	size := area.Size()
	for range 3 { // the room for ticks depends on what they say
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = w.X0, w.X1, w.Y0, w.Y1
		p.X.Padding, p.Y.Padding = 0, 0
		size = dataArea(p, area).Size()
		w = shaped(w, float64(size.Y/size.X))
	}
	g := chart.Sample(o.Surface.At, w.X0, w.X1, w.Y0, w.Y1, int(size.X/gridStep), int(size.Y/gridStep))
	if err := chart.AddContours(p, g, g.Levels(levels)); err != nil {
		return nil, fmt.Errorf("animate: the contours of %s: %w", o.Surface.Name, err)
	}
	out := newPanel(p, area, 0)
	for _, m := range o.Surface.Minima {
		if w.Contains(m[0], m[1]) {
			out.layer.stay = append(out.layer.stay, star(out.at(m[0], m[1]), 6))
		}
	}
	return out, nil
}

// height is what a landscape's area needs to be high for a window of a width,
// within what looks well.
func height(w surface.Window, width vg.Length) vg.Length {
	const axes = 40
	ratio := min(max((w.Y1-w.Y0)/(w.X1-w.X0), 0.5), 0.88)
	return whole((width-axes)*vg.Length(ratio) + axes)
}
