package main

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

// way is a rule with settings on its way down a surface.
type way struct {
	label    string
	rule     string
	settings string     // as in "lr=0.1 momentum=0.9"
	own      optim.Rule // in place of the one that rule names
}

// descend runs a way on a surface.
func (w way) descend(s *surface.Surface, steps int) (*surface.Path, error) {
	rule := w.own
	if rule == nil {
		var err error
		if rule, err = optim.Lookup(w.rule); err != nil {
			return nil, err
		}
	}
	path, err := s.Descend(rule, surface.Config{Steps: steps, Seed: 1, Options: optionsOf(w.settings)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.label, err)
	}
	return path, nil
}

// optionsOf are settings as options.
func optionsOf(settings string) []descent.Option {
	var options []descent.Option
	for _, s := range strings.Fields(settings) {
		name, value, _ := strings.Cut(s, "=")
		options = append(options, descent.Set(name, value))
	}
	return options
}

// panel is a plot of a surface with the paths of some ways.
func panel(title string, s *surface.Surface, steps int, ways ...way) (*plot.Plot, error) {
	p := chart.New(title, "", "")
	w := s.Window
	g := chart.Sample(s.At, w.X0, w.X1, w.Y0, w.Y1, 90, 70)
	if err := chart.AddContours(p, g, g.Levels(11)); err != nil {
		return nil, err
	}
	p.HideAxes()
	for i, way := range ways {
		path, err := way.descend(s, steps)
		if err != nil {
			return nil, err
		}
		if err := addPath(p, path, way, chart.Color(i), len(ways) > 1); err != nil {
			return nil, err
		}
	}
	for _, m := range s.Minima {
		p.Add(mark{x: m[0], y: m[1]})
	}
	if s.Text == off { // 0 is where something pulls to
		p.Add(mark{ring: true})
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = w.X0, w.X1, w.Y0, w.Y1
	return p, nil
}

// mark is a place on a map: a plus or a ring.
type mark struct {
	x, y float64
	ring bool
}

// Plot implements plot.Plotter.
func (m mark) Plot(c draw.Canvas, p *plot.Plot) {
	const size = 4
	x, y := p.Transforms(&c)
	at := vg.Point{X: x(m.x), Y: y(m.y)}
	var path vg.Path
	if m.ring {
		path.Move(vg.Point{X: at.X + size, Y: at.Y})
		path.Arc(at, size, 0, 2*math.Pi)
	} else {
		path.Move(vg.Point{X: at.X - size, Y: at.Y})
		path.Line(vg.Point{X: at.X + size, Y: at.Y})
		path.Move(vg.Point{X: at.X, Y: at.Y - size})
		path.Line(vg.Point{X: at.X, Y: at.Y + size})
	}
	c.SetLineStyle(draw.LineStyle{Color: color.Black, Width: vg.Points(1.2)})
	c.Stroke(path)
}

// addPath draws a path with a dot for each step, and a larger one at the start.
func addPath(p *plot.Plot, path *surface.Path, way way, c color.RGBA, named bool) error {
	var points plotter.XYs
	for _, q := range path.Points {
		points = append(points, plotter.XY{X: q.X, Y: q.Y})
	}
	line := chart.Line{Points: points, Dots: true, Color: c, Width: vg.Points(1)}
	if named {
		line.Name = way.label
	}
	if err := chart.AddLines(p, line); err != nil {
		return err
	}
	p.Add(chart.Dot{X: points[0].X, Y: points[0].Y, Color: color.Black})
	return nil
}

// curves is a plot of the losses of some ways, step by step.
func curves(title string, s *surface.Surface, steps int, ways ...way) (*plot.Plot, error) {
	p := chart.New(title, "step", "loss")
	chart.LogY(p)
	var lines []chart.Line
	for _, way := range ways {
		path, err := way.descend(s, steps)
		if err != nil {
			return nil, err
		}
		var points plotter.XYs
		for k, q := range path.Points {
			points = append(points, plotter.XY{X: float64(k), Y: max(q.Loss, 1e-12)})
		}
		lines = append(lines, chart.Line{Name: way.label, Points: points})
	}
	return p, chart.AddLines(p, lines...)
}
