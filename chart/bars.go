package chart

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars are horizontal bars, for each name one of each series, the first on top.
type Bars struct {
	Names  []string
	Series []Series
	Dots   bool // a dot at each value in place of a bar from zero: for values close to each other
}

// Series are bars of one colour, one for each name, with an entry in the legend
// where they have a name.
type Series struct {
	Name      string
	Values    []float64     // NaN for a bar that is missing
	Low, High []float64     // the ends of a whisker for each bar; nil for none
	Labels    []string      // what stands at the end of each bar; nil for its value to three digits
	Color     color.Color   // nil for the palette's next
	Colors    []color.Color // of single bars, where they are not nil; may be nil
}

// The height of a bar, and what is between those of a name and the next, in points.
const barHeight, barGap = 12, 9

// Height is that of a picture in which the bars have their natural height.
func (b Bars) Height(p *plot.Plot) vg.Length {
	around := p.Title.TextStyle.Height(p.Title.Text) + p.Title.Padding + 4*labelSize + 2*margin
	return around + vg.Points(float64(len(b.Names)*(len(b.Series)*barHeight+barGap)))
}

// AddBars makes a plot one of bars; its axis y has their names. On a logarithmic
// axis, for which [LogX] is called before, they begin at a power of ten.
func AddBars(p *plot.Plot, b Bars) error {
	if err := b.check(p); err != nil {
		return err
	}
	b.Series = slices.Clone(b.Series)
	for k := range b.Series {
		if b.Series[k].Color == nil {
			b.Series[k].Color = Color(k)
		}
	}
	b.axes(p)
	p.Add(bars{b})
	for _, s := range b.Series {
		if s.Name != "" {
			p.Legend.Add(s.Name, swatch{s.Color})
		}
	}
	return nil
}

func (b Bars) check(p *plot.Plot) error {
	shown := false
	for _, s := range b.Series {
		for _, n := range []int{len(s.Low), len(s.High), len(s.Labels), len(s.Colors)} {
			if len(s.Values) != len(b.Names) || n != 0 && n != len(b.Names) {
				return fmt.Errorf("chart: bars %q: expected a value for each of %d names, and as many of what else they have", s.Name, len(b.Names))
			}
		}
		if len(s.Low) != len(s.High) {
			return fmt.Errorf("chart: bars %q: expected both ends of whiskers or none", s.Name)
		}
		for _, v := range s.Values {
			shown = shown || drawable(p, v, 1)
		}
	}
	if !shown {
		return errors.New("chart: bars without a value that can be drawn")
	}
	return nil
}

// axes sets the range of x, and the names as ticks of y.
func (b Bars) axes(p *plot.Plot) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range b.Series {
		for _, values := range [][]float64{s.Values, s.Low, s.High} {
			for _, v := range values {
				if drawable(p, v, 1) {
					low, high = min(low, v), max(high, v)
				}
			}
		}
	}
	switch {
	case isLog(p.X):
		low = math.Pow(10, math.Floor(math.Log10(low*(1-1e-9))))
	case b.Dots:
		room := 0.05 * (high - low)
		low, high = low-room, high+room
	default:
		low, high = min(low, 0), max(high, 0)
	}
	p.X.Min, p.X.Max = low, high
	var names []plot.Tick
	for i, name := range b.Names {
		names = append(names, plot.Tick{Value: float64(len(b.Names) - 1 - i), Label: name})
	}
	p.Y.Tick.Marker, p.Y.Tick.Length, p.Y.Width = plot.ConstantTicks(names), 0, 0
	p.Y.Min, p.Y.Max, p.Y.Padding, p.X.Padding = -0.5, float64(len(b.Names))-0.5, 0, 0
	restyle(&p.Y.Tick.Label, labelSize)
}

type bars struct{ Bars }

// Plot draws the bars.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	b.each(p, func(s Series, i int, y, half float64) {
		fill := s.Color
		if s.Colors != nil && s.Colors[i] != nil {
			fill = s.Colors[i]
		}
		x0, x1 := c.X(p.X.Norm(p.X.Min)), c.X(p.X.Norm(s.Values[i]))
		if p.X.Min < 0 && !b.Dots {
			x0 = c.X(p.X.Norm(0))
		}
		bottom, top := c.Y(p.Y.Norm(y-half)), c.Y(p.Y.Norm(y+half))
		if !b.Dots {
			c.FillPolygon(fill, []vg.Point{{X: x0, Y: bottom}, {X: x1, Y: bottom}, {X: x1, Y: top}, {X: x0, Y: top}})
		}
		if s.Low != nil && drawable(p, s.Low[i], 1) && drawable(p, s.High[i], 1) {
			middle := c.Y(p.Y.Norm(y))
			c.StrokeLine2(draw.LineStyle{Color: ink, Width: vg.Points(1)}, c.X(p.X.Norm(s.Low[i])), middle, c.X(p.X.Norm(s.High[i])), middle)
		}
		if b.Dots {
			Dot{X: s.Values[i], Y: y, Color: fill, Radius: 3.5}.Plot(c, p)
		}
		c.FillText(s.numbers(), vg.Point{X: c.X(p.X.Norm(s.end(i))) + 4, Y: c.Y(p.Y.Norm(y)) + 1.5}, s.label(i))
	})
}

// GlyphBoxes tells where the numbers are, for which the plot makes room.
func (b bars) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	var boxes []plot.GlyphBox
	b.each(p, func(s Series, i int, y, half float64) {
		box := s.numbers().Rectangle(s.label(i)).Add(vg.Point{X: 4})
		boxes = append(boxes, plot.GlyphBox{X: p.X.Norm(s.end(i)), Y: p.Y.Norm(y), Rectangle: box})
	})
	return boxes
}

// each goes through the bars that can be drawn, with the middle of each and half
// its height.
func (b bars) each(p *plot.Plot, do func(s Series, i int, y, half float64)) {
	unit := 1 / float64(len(b.Series)*barHeight+barGap)
	for k, s := range b.Series {
		for i, v := range s.Values {
			if drawable(p, v, 1) {
				y := float64(len(b.Names)-1-i) + unit*barHeight*(float64(len(b.Series)-1)/2-float64(k))
				do(s, i, y, unit*(barHeight-1)/2)
			}
		}
	}
}

// end is where a bar or its whisker ends.
func (s Series) end(i int) float64 {
	if s.High != nil && usable(s.High[i]) {
		return max(s.Values[i], s.High[i])
	}
	return s.Values[i]
}

func (s Series) label(i int) string {
	if s.Labels != nil {
		return s.Labels[i]
	}
	return Number(s.Values[i], 3)
}

func (s Series) numbers() text.Style {
	look := style(tickSize)
	look.YAlign = text.YCenter
	return look
}

// swatch is a legend's sample of a colour.
type swatch struct{ color color.Color }

// Thumbnail fills the middle of the room for the sample.
func (s swatch) Thumbnail(c *draw.Canvas) {
	c.SetColor(s.color)
	c.Fill(draw.Crop(*c, 4, -4, 1, 0).Rectangle.Path())
}
