package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Line is a line through points, with an entry in the legend where it has a
// name. Points that are not finite, and those that a logarithmic axis cannot
// show, are left out: the line has a gap there.
type Line struct {
	Name      string
	Points    plotter.XYs
	Low, High []float64   // the band around it, for each point the least and the greatest y; nil for none
	Dots      bool        // marks the points
	Dashed    bool        // dashes of the first kind
	Variant   int         // which dashes and shape of dots, to tell lines of a colour apart; 0 is a plain line
	Color     color.Color // nil for the palette's next; after its last, dashes tell lines apart
	Width     vg.Length   // 0 for 1.4 points
}

// The dashes and dots of variants.
var (
	dashes = [][]vg.Length{nil, {5, 3}, {1.5, 2}, {8, 2, 2, 2}}
	glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}}
)

// AddLines adds lines to a plot, bands below all of them. It is an error if one
// has no points to draw or a band of another length.
func AddLines(p *plot.Plot, lines ...Line) error {
	lines = slices.Clone(lines)
	for i := range lines {
		if err := lines[i].check(p); err != nil {
			return err
		}
		lines[i] = lines[i].complete(i)
	}
	for _, l := range lines {
		l.addBand(p)
	}
	for _, l := range lines {
		l.add(p)
	}
	return nil
}

// Shows reports whether a line has a point that can be drawn on a plot, without
// which [AddLines] does not take it: on a logarithmic axis one above 0.
func Shows(p *plot.Plot, l Line) bool { return len(l.runs(p)) > 0 }

func (l Line) check(p *plot.Plot) error {
	if !Shows(p, l) {
		return fmt.Errorf("chart: line %q: expected at least one point that can be drawn; of %d none can", l.Name, len(l.Points))
	}
	for _, band := range [][]float64{l.Low, l.High} {
		if len(band) != len(l.Low) || len(band) != 0 && len(band) != len(l.Points) {
			return fmt.Errorf("chart: line %q: expected a band of %d points, or none; got low %d and high %d", l.Name, len(l.Points), len(l.Low), len(l.High))
		}
	}
	return nil
}

// complete is the line number i with what it leaves to the house.
func (l Line) complete(i int) Line {
	l.Variant = max(l.Variant, 0)
	if l.Dashed {
		l.Variant = max(l.Variant, 1)
	}
	if l.Color == nil {
		l.Color = Color(i)
		l.Variant += i / len(Palette)
	}
	if l.Width == 0 {
		l.Width = vg.Points(1.4)
	}
	return l
}

// runs are the stretches of points that follow each other and can be drawn, as
// the first and the one after the last.
func (l Line) runs(p *plot.Plot) [][2]int {
	var runs [][2]int
	for i, point := range l.Points {
		if !drawable(p, point.X, point.Y) {
			continue
		}
		if n := len(runs); n > 0 && runs[n-1][1] == i {
			runs[n-1][1]++
		} else {
			runs = append(runs, [2]int{i, i + 1})
		}
	}
	return runs
}

// addBand fills between low and high. On a logarithmic axis a band whose low
// has no logarithm reaches down to the axis.
func (l Line) addBand(p *plot.Plot) {
	if l.Low == nil {
		return
	}
	high := l
	high.Points = make(plotter.XYs, len(l.High))
	for i, point := range l.Points {
		high.Points[i] = plotter.XY{X: point.X, Y: l.High[i]}
		if !usable(l.Low[i]) {
			high.Points[i].Y = math.NaN()
		}
	}
	for _, run := range high.runs(p) {
		ring := append(plotter.XYs{}, high.Points[run[0]:run[1]]...)
		for i := run[1] - 1; i >= run[0]; i-- {
			ring = append(ring, plotter.XY{X: l.Points[i].X, Y: l.Low[i]})
		}
		stretch(p, ring)
		p.Add(unranged{&plotter.Polygon{XYs: []plotter.XYs{ring}, Color: Fade(l.Color, 0.18)}})
	}
}

// unranged is a plotter that leaves the axes as they are.
type unranged struct{ plot.Plotter }

// stretch makes room on the axes for those of the points that can be drawn.
func stretch(p *plot.Plot, points plotter.XYs) {
	for _, point := range points {
		if drawable(p, point.X, point.Y) {
			p.X.Min, p.X.Max = min(p.X.Min, point.X), max(p.X.Max, point.X)
			p.Y.Min, p.Y.Max = min(p.Y.Min, point.Y), max(p.Y.Max, point.Y)
		}
	}
}

// add adds the line, its dots and its entry in the legend.
func (l Line) add(p *plot.Plot) {
	stretch(p, l.Points)
	p.Add(l)
	if l.Name != "" {
		p.Legend.Add(l.Name, l.thumbnails()...)
	}
}

// thumbnails are what the legend shows of the line.
func (l Line) thumbnails() []plot.Thumbnailer {
	shown := []plot.Thumbnailer{&plotter.Line{LineStyle: l.style()}}
	if l.Dots {
		shown = append(shown, &plotter.Scatter{GlyphStyle: l.glyph()})
	}
	return shown
}

func (l Line) style() draw.LineStyle {
	return draw.LineStyle{Color: l.Color, Width: l.Width, Dashes: dashes[l.Variant%len(dashes)]}
}

func (l Line) glyph() draw.GlyphStyle {
	return draw.GlyphStyle{Color: l.Color, Radius: l.Width * 1.6, Shape: glyphs[l.Variant%len(glyphs)]}
}

// Fade makes a colour translucent, so that what is below shines through: opacity
// is from 0, nothing is seen of it, to 1, it is as it was.
func Fade(c color.Color, opacity float64) color.Color {
	solid := color.NRGBAModel.Convert(c).(color.NRGBA)
	solid.A = uint8(opacity*float64(solid.A) + 0.5)
	return solid
}

// Key is what the legend shows of a line, for entries of one's own:
//
//	p.Legend.Add("adam", chart.Key(line)...)
func Key(l Line) []plot.Thumbnailer { return l.complete(0).thumbnails() }
