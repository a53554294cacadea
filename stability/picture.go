package stability

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent/chart"
)

// Picture draws the map: the rate where the rule converges, grey where it does
// not, and the boundary between; of runs how near the minimum those stay that do
// not converge. A dot marks the system's own values, a ring the best rate. Of a
// line it draws the same as curves, with a dashed line at the system's own value.
func (m *Map) Picture() (chart.Picture, error) {
	pieces, err := m.boundary()
	if err != nil {
		return nil, err
	}
	var panels chart.Column
	for _, view := range m.views() {
		p, err := m.panel(view, pieces)
		if err != nil {
			return nil, err
		}
		panels = append(panels, p)
	}
	if len(panels) == 0 {
		return nil, fmt.Errorf("stability: %s diverges everywhere on these axes: there is nothing to draw; give other ranges", m.System.name)
	}
	return panels, nil
}

// Panels is the number of plots in the picture, one below the other.
func (m *Map) Panels() int { return len(m.views()) }

// view is a plot to be drawn.
type view struct {
	title string
	of    func(Point) float64
	heat  chart.Heat // but for its Grid
}

// views are what there is to draw.
func (m *Map) views() []view {
	var views []view
	loss := "h·x²/2, h = " + chart.Number(m.System.curvature, 4)
	fast := fmt.Sprintf("How fast %s converges on %s\n", m.System.name, loss)
	without := "grey: "
	if m.line() {
		without = "no line: "
	}
	run := fmt.Sprintf("in %d steps from x = 1; ", m.Steps) + without
	switch {
	case !m.any(Converges):
	case m.Steps == 0:
		views = append(views, view{fast + "by the eigenvalues of a step; " + without + "it does not", rate,
			chart.Heat{High: 1, Label: "factor of the distance in a step"}})
	default:
		views = append(views, view{fast + run + "not seen to", Point.StepsPerDigit,
			chart.Heat{Low: 1, High: 1e5, Log: true, Cells: m.any(Stays) || m.any(Diverges), Label: "steps to come ten times nearer"}})
	}
	if m.Steps > 0 && m.any(Stays) {
		views = append(views, view{fmt.Sprintf("How near the minimum %s stays on %s\nlate ", m.System.name, loss) + run + "it diverges", near,
			chart.Heat{Low: 1e-6, High: 10, Log: true, Label: "largest distance, from 1 at first"}})
	}
	return views
}

// any reports whether some point has an outcome.
func (m *Map) any(o Outcome) bool {
	for _, row := range m.Points {
		for _, p := range row {
			if p.Outcome == o {
				return true
			}
		}
	}
	return false
}

func rate(p Point) float64 {
	if p.Outcome == Converges {
		return p.Rate
	}
	return math.NaN()
}

func near(p Point) float64 {
	if p.Outcome == Diverges {
		return math.NaN()
	}
	return p.Near
}

func (m *Map) grid(of func(Point) float64) *chart.Grid {
	g := &chart.Grid{X: m.X.Values, Y: m.Y.Values}
	for _, points := range m.Points {
		row := make([]float64, len(points))
		for i, p := range points {
			row[i] = of(p)
		}
		g.Z = append(g.Z, row)
	}
	return g
}

// panel is a heat map with the boundary and the marks, or a curve.
func (m *Map) panel(v view, pieces []segment) (chart.Picture, error) {
	if m.line() {
		return m.curve(v)
	}
	p := chart.New(v.title, m.X.Name, m.Y.Name)
	set(&p.X, m.X)
	set(&p.Y, m.Y)
	v.heat.Grid = m.grid(v.of)
	picture, err := chart.AddHeat(p, v.heat)
	if err != nil {
		return nil, err
	}
	p.Add(outline(pieces))
	if x, y, _, ok := m.Best(); ok {
		m.mark(p, x, y, "best", true)
	}
	m.mark(p, m.System.values[m.X.Name], m.System.values[m.Y.Name], "set", false)
	return picture, nil
}

// curve is a plot of a line, with the marks.
func (m *Map) curve(v view) (chart.Picture, error) {
	p := chart.New(v.title, m.X.Name, v.heat.Label)
	set(&p.X, m.X)
	if v.heat.Log {
		chart.LogY(p)
	} else {
		p.Y.Min, p.Y.Max = v.heat.Low, v.heat.High
	}
	points := make(plotter.XYs, len(m.X.Values))
	for i, x := range m.X.Values {
		points[i] = plotter.XY{X: x, Y: v.of(m.Points[0][i])}
	}
	if err := chart.AddLines(p, chart.Line{Points: points, Dots: m.Steps > 0}); err != nil {
		return nil, err
	}
	p.X.Min, p.X.Max = points[0].X, points[len(points)-1].X
	if own := m.System.values[m.X.Name]; own >= p.X.Min && own <= p.X.Max {
		p.Add(chart.Line{Points: plotter.XYs{{X: own, Y: p.Y.Min}, {X: own, Y: p.Y.Max}}, Color: chart.Color(3), Dashed: true, Width: 1})
		p.Add(chart.Label{X: own, Y: p.Y.Max, Text: "set", YAlign: -1, Offset: vg.Point{X: 4, Y: -3}})
	}
	if x, _, best, ok := m.Best(); ok {
		m.mark(p, x, v.of(best), "best", true)
	}
	return p, nil
}

// mark marks a point and says what it is.
func (m *Map) mark(p *plot.Plot, x, y float64, what string, ring bool) {
	p.Add(chart.Dot{X: x, Y: y, Color: chart.Color(1), Radius: vg.Points(4), Ring: ring})
	label := chart.Label{X: x, Y: y, Text: what, Offset: vg.Point{X: 8, Y: 3}}
	if p.X.Scale.Normalize(p.X.Min, p.X.Max, x) > 0.9 {
		label.Offset.X, label.XAlign = -8, -1
	}
	if p.Y.Scale.Normalize(p.Y.Min, p.Y.Max, y) > 0.9 {
		label.Offset.Y, label.YAlign = -3, -1
	}
	for _, halo := range []vg.Point{{X: -1}, {X: 1}, {Y: -1}, {Y: 1}} {
		white := label
		white.Color, white.Offset = color.White, label.Offset.Add(halo.Scale(0.7))
		p.Add(white)
	}
	p.Add(label)
}

// set gives an axis of the plot the scale of one of the map.
func set(a *plot.Axis, axis Axis) {
	switch axis.Scale {
	case Log:
		logarithmic := plot.New()
		chart.LogX(logarithmic)
		a.Scale, a.Tick.Marker = logarithmic.X.Scale, logarithmic.X.Tick.Marker
	case NearOne:
		a.Scale, a.Tick.Marker = NearOne, plot.TickerFunc(nearOneTicks)
	}
}

// outline draws pieces of the boundary, in black.
type outline []segment

// Plot implements plot.Plotter.
func (o outline) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: chart.Color(3), Width: vg.Points(1.5)}
	for _, s := range o {
		c.StrokeLine2(style, x(s.x0), y(s.y0), x(s.x1), y(s.y1))
	}
}
