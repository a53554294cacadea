package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Palette are the colours of lines, in the order of their use: those of Okabe
// and Ito, which colour-blind people tell apart, but for yellow, which is too
// bright for lines; then some for crowds.
var Palette = []color.RGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {0, 0, 0, 255},
	{204, 121, 167, 255}, {86, 180, 233, 255}, {230, 159, 0, 255},
	{117, 68, 40, 255}, {94, 60, 153, 255}, {150, 150, 150, 255}, {120, 130, 20, 255},
}

// Color is the palette's colour i, counted from 0; after the last comes the first,
// and below 0 there is the first.
func Color(i int) color.RGBA { return Palette[max(i, 0)%len(Palette)] }

// What is drawn around the data.
var (
	paper = color.RGBA{255, 255, 255, 255}
	ink   = color.RGBA{40, 40, 40, 255}    // text
	frame = color.RGBA{120, 120, 120, 255} // axes
	rule  = color.RGBA{226, 226, 226, 255} // grid
)

// The sizes of text, in points.
const (
	titleSize = 12
	labelSize = 10
	tickSize  = 9
)

// sans is the house's font, in which everything is written.
func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
}

// style is how text of a size, in points, is written.
func style(points float64) text.Style {
	return text.Style{Color: ink, Font: sans(points), Handler: plot.DefaultTextHandler}
}

// New makes a plot in the house's style, with its title, which may have several
// lines, and the labels of its axes, which say the unit. An empty text leaves
// its room to the data. The legend comes to the right of the plot; [Inside] puts
// it over the data.
func New(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.Title.Padding = title, vg.Points(8)
	restyle(&p.Title.TextStyle, titleSize)
	axis(&p.X, x)
	axis(&p.Y, y)
	p.X.Label.Padding, p.Y.Label.Padding = vg.Points(3), vg.Points(2)
	restyle(&p.Legend.TextStyle, labelSize)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.ThumbnailWidth, p.Legend.Padding = vg.Points(22), vg.Points(3)
	p.Add(grid{})
	return p
}

// grid are quiet lines at the ticks of axes that have ticks.
type grid struct{}

func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	line := draw.LineStyle{Color: rule, Width: vg.Points(0.5)}
	lines := plotter.Grid{Vertical: line, Horizontal: line}
	if p.X.Tick.Length == 0 {
		lines.Vertical.Color = nil
	}
	if p.Y.Tick.Length == 0 {
		lines.Horizontal.Color = nil
	}
	lines.Plot(c, p)
}

// restyle sets font and colour of a text and leaves how it is aligned.
func restyle(s *text.Style, points float64) {
	s.Font, s.Color = sans(points), ink
}

// axis gives an axis its style and its label.
func axis(a *plot.Axis, label string) {
	a.Label.Text = label
	restyle(&a.Label.TextStyle, labelSize)
	restyle(&a.Tick.Label, tickSize)
	a.Color, a.Tick.LineStyle.Color = frame, frame
	a.Width, a.Tick.LineStyle.Width = vg.Points(0.5), vg.Points(0.5)
	a.Tick.Length, a.Padding = vg.Points(3.5), vg.Points(4)
	a.Tick.Marker = rounds(mostRounds)
}
