package animate

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/surface"
)

// guide draws what the steps of a path are made of.
type guide struct {
	anatomy
	path  *surface.Path
	panel *panel
}

// The widths of lines, and the length of the arrow of the steepest gradient
// where gradients are drawn to a scale of their own, all in points.
const (
	broad   = 2.6
	middle  = 1.8
	narrow  = 1.4
	wide    = 5.2
	longest = 62
)

// stage is what is shown from a share of a step's time on, to the step's end.
type stage struct {
	from  float64
	marks []mark
}

// moves is the share of a slow step's time at which the point moves.
const moves = 0.66

// stages are what a step shows, one after the other: momentum, gradient, step;
// in the order in which they are drawn.
func (g *guide) stages(k int) []stage {
	p := g.path.Points[k]
	here, e := g.panel.at(p.X, p.Y), taken(p)
	look := g.panel.toward(here, e.X, e.Y)
	var list []stage
	from := 0.0
	show := func(lasts float64, marks ...mark) {
		list = append(list, stage{from, marks})
		from += lasts
	}
	if g.sum && g.momentum > 0 && k > 0 {
		before := step(g.path, k-1)
		marks := []mark{arrow{here, g.panel.toward(here, p.X+g.momentum*before.x, p.Y+g.momentum*before.y), middle, kept, true}}
		if g.ahead {
			marks = append(marks, ring(look))
		}
		show(0.22, marks...)
	} else if g.ahead && len(p.Evals) <= fewEvals && (e.X != p.X || e.Y != p.Y) {
		show(0.22, stroke{[]vg.Point{here, look}, narrow, looking, true}, ring(look))
	}
	show(0.24, g.gradients(p, look)...)
	if k+1 == len(g.path.Points) {
		return list
	}
	next := g.path.Points[k+1]
	moved := stage{from, []mark{arrow{here, g.panel.toward(here, next.X, next.Y), g.stepWidth(), stepping, false}}}
	if g.alone() {
		return append(list, moved)
	}
	return append([]stage{moved}, list...) // below its parts
}

// ring marks where a gradient is taken.
func ring(at vg.Point) mark { return disc{at: at, radius: 3.4, rim: looking, fill: white, width: 1.6} }

// spot is a ring where there are many.
func spot(at vg.Point) mark { return disc{at: at, radius: 1.8, fill: looking} }

// gradients draws those of a step: an arrow downhill from where the gradient was
// taken, or, where they are many, that of the first and dots where the others
// were.
func (g *guide) gradients(p surface.Point, look vg.Point) []mark {
	if len(p.Evals) == 0 {
		return nil
	}
	e := taken(p)
	var marks []mark
	if len(p.Evals) > fewEvals {
		for _, other := range p.Evals {
			marks = append(marks, spot(g.panel.toward(look, other.X, other.Y)))
		}
		e = p.Evals[0]
		look = g.panel.at(e.X, e.Y)
	}
	if g.sum {
		return append(marks, arrow{look, g.panel.toward(look, e.X-g.rate*e.GX, e.Y-g.rate*e.GY), g.width(), downhill, false})
	}
	return append(marks, g.downhill(e, look))
}

// alone reports whether the gradient is the whole step. The step's arrow then
// lies within the gradient's.
func (g *guide) alone() bool { return g.sum && g.momentum == 0 }

func (g *guide) width() vg.Length {
	if g.alone() {
		return wide
	}
	return middle
}

func (g *guide) stepWidth() vg.Length {
	if g.alone() {
		return narrow
	}
	return broad
}

// downhill is the arrow of a gradient to a scale of its own: as long as the root
// of the gradient's norm, so that small ones are still seen.
func (g *guide) downhill(e surface.Eval, from vg.Point) mark {
	tip := g.panel.at(e.X-e.GX, e.Y-e.GY)
	dx, dy := float64(tip.X-from.X), float64(tip.Y-from.Y)
	length := math.Hypot(dx, dy)
	if !(length > 0) || math.IsInf(length, 0) {
		return arrow{from, from, narrow, downhill, false}
	}
	want := longest * math.Sqrt(math.Hypot(e.GX, e.GY)/g.steepest)
	return arrow{from, vg.Point{X: from.X + vg.Length(dx/length*want), Y: from.Y + vg.Length(dy/length*want)}, narrow, downhill, false}
}

// entry is a line of the legend: what is drawn, in the middle of the point
// given, and what it means.
type entry struct {
	draw func(at vg.Point) []mark
	text string
}

// legend says what the marks are.
func (g *guide) legend() []entry {
	line := func(width vg.Length, c color.RGBA, dashed bool) func(at vg.Point) []mark {
		return func(at vg.Point) []mark {
			return []mark{arrow{vg.Point{X: at.X - 10, Y: at.Y}, vg.Point{X: at.X + 10, Y: at.Y}, width, c, dashed}}
		}
	}
	var list []entry
	gradient, where, moved := "−gradient (length: root of its norm)", "where it is taken", "step"
	switch {
	case g.alone():
		gradient, moved = "−lr × gradient", "step: the same"
	case g.sum:
		list = append(list, entry{line(middle, kept, true), "momentum: " + short(g.momentum) + " × last step"})
		gradient, where = "−lr × gradient", "lookahead"
	}
	if g.many {
		list = append(list, entry{func(at vg.Point) []mark { return []mark{spot(at)} }, "where gradients are taken"})
	} else if g.ahead {
		list = append(list, entry{func(at vg.Point) []mark { return []mark{ring(at)} }, where})
	}
	list = append(list, entry{line(g.width(), downhill, false), gradient}, entry{line(g.stepWidth(), stepping, false), moved})
	if g.averages {
		list = append(list, entry{func(at vg.Point) []mark {
			return []mark{stroke{[]vg.Point{{X: at.X - 10, Y: at.Y}, {X: at.X + 10, Y: at.Y}}, narrow, looking, false}}
		}, "average"})
	}
	return list
}
