package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Heat colours a plane by the values of a grid, from dark blue for low over
// green to yellow for high, in steps that look alike and that colour-blind
// people tell apart. What is not finite is grey.
type Heat struct {
	Grid      *Grid
	Label     string  // of the values, with their unit: stands beside the bar that explains the colours
	Low, High float64 // what has the first and the last colour; both 0 for the least and the greatest value
	Log       bool    // colours go by the values' logarithm
	Cells     bool    // a rectangle for each value; otherwise colours run from one into the next
}

// AddHeat draws a heat map over the whole of a plot and gives the picture of
// that plot with a bar of colours on its right. Marks that are added to the plot
// come over it.
func AddHeat(p *plot.Plot, h Heat) (Picture, error) {
	if err := h.Grid.check(); err != nil {
		return nil, err
	}
	if h.Low == 0 && h.High == 0 {
		values := h.Grid.sorted()
		h.Low, h.High = values[0], values[len(values)-1]
	}
	if h.Log && h.Low <= 0 || h.High < h.Low || !usable(h.Low) || !usable(h.High) {
		return nil, fmt.Errorf("chart: colours from %g to %g: expected finite numbers, the first less, above 0 where they are logarithmic", h.Low, h.High)
	}
	fit(p, h.Grid)
	if h.Cells {
		p.X.Min, p.X.Max = outward(h.Grid.X)
		p.Y.Min, p.Y.Max = outward(h.Grid.Y)
	}
	p.Add(heat{h})
	return Row{p, Part{Picture: h.bar(), Size: vg.Points(58)}}, nil
}

// outward are the ends of cells around numbers.
func outward(at []float64) (low, high float64) {
	n := len(at)
	return at[0] - (at[1]-at[0])/2, at[n-1] + (at[n-1]-at[n-2])/2
}

// bar is the plot that explains the colours.
func (h Heat) bar() *plot.Plot {
	p := New("", "", h.Label)
	if h.Log {
		LogY(p)
	}
	g := &Grid{X: []float64{0, 1}}
	for _, share := range spaced(0, 1, 256) {
		v := h.Low + share*(h.High-h.Low)
		if h.Log {
			v = h.Low * math.Pow(h.High/h.Low, share)
		}
		g.Y, g.Z = append(g.Y, v), append(g.Z, []float64{v, v})
	}
	fit(p, g)
	p.X.Tick.Marker, p.X.Tick.Length, p.X.Width = plot.ConstantTicks(nil), 0, 0
	h.Grid, h.Cells = g, false
	p.Add(heat{h})
	return p
}

type heat struct{ Heat }

// Plot draws the map as an image as fine as a PNG picture.
func (h heat) Plot(c draw.Canvas, p *plot.Plot) {
	const fine = dpi / 72.0
	size := c.Size()
	width, height := max(1, int(fine*size.X.Points())), max(1, int(fine*size.Y.Points()))
	out := image.NewPaletted(image.Rect(0, 0, width, height), heatColors())
	across := h.find(p.X, h.Grid.X, width)
	up := h.find(p.Y, h.Grid.Y, height)
	for y := range height {
		row := up[height-1-y]
		for x, column := range across {
			out.SetColorIndex(x, y, h.index(h.Grid.between(column, row)))
		}
	}
	c.DrawImage(c.Rectangle, out)
}

// place is where a pixel is among the lines of a grid: so far from line i, as a
// share of the way to the next.
type place struct {
	i     int
	share float64
}

// find gives the places of n pixels along an axis.
func (h heat) find(a plot.Axis, lines []float64, n int) []place {
	places := make([]place, n)
	i := 0
	for pixel := range places {
		at := (float64(pixel) + 0.5) / float64(n)
		for i < len(lines)-2 && a.Norm(lines[i+1]) <= at {
			i++
		}
		from, to := a.Norm(lines[i]), a.Norm(lines[i+1])
		share := min(max((at-from)/(to-from), 0), 1)
		if h.Cells {
			share = math.Round(share)
		}
		places[pixel] = place{i, share}
	}
	return places
}

// between is the value at a place: what is between four is their mixture.
func (g *Grid) between(x, y place) float64 {
	weigh := func(a, b, share float64) float64 {
		switch share {
		case 0:
			return a
		case 1:
			return b
		}
		return a*(1-share) + b*share
	}
	low, high := g.Z[y.i], g.Z[y.i+1]
	return weigh(weigh(low[x.i], low[x.i+1], x.share), weigh(high[x.i], high[x.i+1], x.share), y.share)
}

// index is a value's colour among [heatColors].
func (h heat) index(v float64) uint8 {
	if !usable(v) {
		return 255
	}
	low, high := h.Low, h.High
	if h.Log {
		low, high, v = math.Log(low), math.Log(high), math.Log(max(v, low))
	}
	if high == low {
		return 127
	}
	return uint8(254*min(max((v-low)/(high-low), 0), 1) + 0.5)
}

// viridis has the colours of the map of that name, by Smith and van der Walt,
// at even distances.
var viridis = []color.RGBA{
	{68, 1, 84, 255}, {72, 40, 120, 255}, {62, 73, 137, 255}, {49, 104, 142, 255}, {38, 130, 142, 255},
	{31, 158, 137, 255}, {53, 183, 121, 255}, {110, 206, 88, 255}, {181, 222, 43, 255}, {253, 231, 37, 255},
}

// heatColors are 255 colours from low to high, then that of what is not finite.
func heatColors() color.Palette {
	var colors color.Palette
	for i := range 255 {
		at := float64(i) / 254 * float64(len(viridis)-1)
		k := min(int(at), len(viridis)-2)
		colors = append(colors, mix(viridis[k], viridis[k+1], at-float64(k)))
	}
	return append(colors, color.RGBA{205, 205, 205, 255})
}
