package animate

import (
	"math"

	"github.com/descent-go/descent/surface"
)

// anatomy says what the steps of a path are made of. Where each is the same
// share of the step before less the same rate times the gradient, as with sgd,
// momentum and nag, they are drawn as that sum.
type anatomy struct {
	sum            bool
	momentum, rate float64 // of the sum
	ahead          bool    // gradients are taken elsewhere than at the point
	many           bool    // of them a step, more than are drawn with arrows
	averages       bool    // the weights to evaluate with are others than those that move
	steepest       float64 // the largest gradient's norm
}

// fewEvals are as many gradients a step as are drawn with arrows.
const fewEvals = 2

// delta is a difference on the plane.
type delta struct{ x, y float64 }

func (d delta) dot(e delta) float64 { return d.x*e.x + d.y*e.y }

// step is the move from the point k to the next.
func step(path *surface.Path, k int) delta {
	a, b := path.Points[k], path.Points[k+1]
	return delta{b.X - a.X, b.Y - a.Y}
}

// taken is the gradient that counts for the step from a point: the last.
func taken(p surface.Point) surface.Eval {
	if len(p.Evals) == 0 {
		return surface.Eval{X: p.X, Y: p.Y}
	}
	return p.Evals[len(p.Evals)-1]
}

// dissect finds what the steps of a path are made of.
func dissect(path *surface.Path) anatomy {
	var a anatomy
	one := true
	for _, p := range path.Points {
		if p.Result != [2]float64{p.X, p.Y} {
			a.averages = true
		}
		if len(p.Evals) == 0 {
			continue
		}
		e := taken(p)
		a.ahead = a.ahead || e.X != p.X || e.Y != p.Y
		a.steepest = max(a.steepest, math.Hypot(e.GX, e.GY))
		one, a.many = one && len(p.Evals) == 1, a.many || len(p.Evals) > fewEvals
	}
	if one {
		a.sum = a.fit(path, false) || a.fit(path, true)
	}
	return a
}

// fit finds momentum and rate by least squares and reports whether they explain
// the steps: without momentum, or with it.
func (a *anatomy) fit(path *surface.Path, momentum bool) bool {
	var ss, sg, gg, ts, tg, tt float64 // products of the step before s, the gradient g and the step t
	before := delta{}
	a.steps(path, func(t, g delta) {
		s := before
		before = t
		ss, sg, gg, ts, tg, tt = ss+s.dot(s), sg+s.dot(g), gg+g.dot(g), ts+t.dot(s), tg+t.dot(g), tt+t.dot(t)
	})
	a.momentum, a.rate = 0, -tg/gg
	if momentum {
		det := ss*gg - sg*sg
		a.momentum, a.rate = (ts*gg-tg*sg)/det, -(ss*tg-sg*ts)/det
	}
	rest, before := 0.0, delta{}
	a.steps(path, func(t, g delta) {
		d := delta{t.x - a.momentum*before.x + a.rate*g.x, t.y - a.momentum*before.y + a.rate*g.y}
		rest, before = rest+d.dot(d), t
	})
	return rest <= 1e-12*tt && a.rate > 0 && a.momentum >= 0
}

// steps visits every step with the gradient taken for it.
func (a *anatomy) steps(path *surface.Path, visit func(t, g delta)) {
	for k := range len(path.Points) - 1 {
		e := taken(path.Points[k])
		visit(step(path, k), delta{e.GX, e.GY})
	}
}
