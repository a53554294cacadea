package animate

import (
	"math"

	"github.com/descent-go/descent/surface"
)

// bounds is the largest window of a picture: what is beyond it is cut off.
func (o Options) bounds() surface.Window {
	start := o.Surface.Start
	if o.Start != nil {
		start = *o.Start
	}
	return o.Surface.Surroundings(start)
}

// left is the point with which a path goes out of bounds for good; 0 for none.
func (o Options) left(path *surface.Path) int {
	w := o.bounds()
	k := len(path.Points)
	for k > 0 && !w.Contains(path.Points[k-1].X, path.Points[k-1].Y) {
		k--
	}
	if k == len(path.Points) {
		return 0
	}
	return k
}

// margin is what stays free around the paths, as a share of what they take up.
const margin = 0.12

// fit is the window that shows the paths as far as they stay, where gradients
// were taken, and the minima: that next to where each path ends always, the
// others where they leave room enough for the paths.
func (o Options) fit(runs []Run) surface.Window {
	limit := o.bounds()
	start := runs[0].Path.Points[0]
	w := surface.Window{X0: start.X, X1: start.X, Y0: start.Y, Y1: start.Y}
	for _, r := range runs {
		for k, p := range r.Path.Points {
			if r.left > 0 && k >= r.left {
				w = w.With(min(max(p.X, limit.X0), limit.X1), min(max(p.Y, limit.Y0), limit.Y1))
				break
			}
			w = w.With(p.X, p.Y)
			for _, e := range p.Evals {
				if len(p.Evals) <= fewEvals && limit.Contains(e.X, e.Y) {
					w = w.With(e.X, e.Y)
				}
			}
		}
		if m, ok := o.nearest(r.Path); ok {
			w = w.With(m[0], m[1])
		}
	}
	return o.spread(o.withMinima(w)).Around(margin)
}

// withMinima widens a window to hold all minima, unless what is in it would then
// take up too small a share.
func (o Options) withMinima(w surface.Window) surface.Window {
	const share = 0.3
	all := w
	for _, m := range o.Surface.Minima {
		all = all.With(m[0], m[1])
	}
	if max((w.X1-w.X0)/(all.X1-all.X0), (w.Y1-w.Y0)/(all.Y1-all.Y0)) < share {
		return w
	}
	return all
}

// nearest is the minimum next to the end of a path.
func (o Options) nearest(path *surface.Path) (m [2]float64, ok bool) {
	end, best := path.Points[len(path.Points)-1], math.Inf(1)
	for _, at := range o.Surface.Minima {
		if d := math.Hypot(at[0]-end.X, at[1]-end.Y); d < best {
			m, best, ok = at, d, true
		}
	}
	return m, ok
}

// spread widens a window so that a short path has its surroundings.
func (o Options) spread(w surface.Window) surface.Window {
	const share = 0.3
	s := o.Surface.Window
	dx := max(0, share*(s.X1-s.X0)-(w.X1-w.X0)) / 2
	dy := max(0, share*(s.Y1-s.Y0)-(w.Y1-w.Y0)) / 2
	return surface.Window{X0: w.X0 - dx, X1: w.X1 + dx, Y0: w.Y0 - dy, Y1: w.Y1 + dy}
}

// shaped is a window widened in one direction to have a ratio of height to
// width, so that a unit is as long along x as along y and gradients stand at
// right angles to contours. A ratio that would dwarf the path leaves it.
func shaped(w surface.Window, ratio float64) surface.Window {
	const most = 5
	have := (w.Y1 - w.Y0) / (w.X1 - w.X0)
	switch {
	case have > most*ratio || have*most < ratio:
	case have > ratio:
		extra := ((w.Y1-w.Y0)/ratio - (w.X1 - w.X0)) / 2
		w.X0, w.X1 = w.X0-extra, w.X1+extra
	default:
		extra := ((w.X1-w.X0)*ratio - (w.Y1 - w.Y0)) / 2
		w.Y0, w.Y1 = w.Y0-extra, w.Y1+extra
	}
	return w
}
