package animate

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// scene is an animation before it is drawn, as a GIF or as SVG: a background
// that stays, and layers above it with what comes, goes and moves.
type scene struct {
	width, height vg.Length
	back          func(c draw.Canvas) // draws the background
	layers        []*layer
	end           float64 // seconds, the last picture's holding included
}

// background is what stays of a scene, for package chart.
type background struct{ scene *scene }

// Draw implements chart.Picture.
func (b background) Draw(c draw.Canvas) { b.scene.back(c) }

// layer is a rectangle of a scene, which cuts off what is drawn beyond it.
type layer struct {
	area   vg.Rectangle
	stay   []mark // above trails, below what comes and goes
	items  []item
	trails []trail
}

// item is shown from a second to another, to the end where that is the scene's.
type item struct {
	from, to float64
	marks    []mark
}

// add shows marks for some time.
func (l *layer) add(from, to float64, marks ...mark) {
	if to > from {
		l.items = append(l.items, item{from, to, marks})
	}
}

// trail is a line that grows: it reaches points[k] at the second times[k]. A
// disc is at its head. A scene ends with all trails whole.
type trail struct {
	points []vg.Point
	times  []float64
	width  vg.Length
	color  color.RGBA
	head   disc // where it is does not matter
}

// at is where the head is, and behind how many points.
func (t *trail) at(now float64) (vg.Point, int) {
	n := 0
	for n < len(t.times) && t.times[n] <= now {
		n++
	}
	if n == 0 {
		return t.points[0], 1
	}
	if n == len(t.times) {
		return t.points[n-1], n
	}
	a, b := t.points[n-1], t.points[n]
	u := vg.Length((now - t.times[n-1]) / (t.times[n] - t.times[n-1]))
	return vg.Point{X: a.X + u*(b.X-a.X), Y: a.Y + u*(b.Y-a.Y)}, n
}

// lengths are how far along the trail its points are, and all of it.
func (t *trail) lengths() (list []float64, total float64) {
	for k, p := range t.points {
		if k > 0 {
			total += math.Hypot(float64(p.X-t.points[k-1].X), float64(p.Y-t.points[k-1].Y))
		}
		list = append(list, total)
	}
	return list, total
}

// paint draws the trail as it is at a time, its head apart: heads come last.
func (t *trail) paint(c draw.Canvas, now float64) {
	head, n := t.at(now)
	stroke{points: append(t.points[:n:n], head), width: t.width, color: t.color}.paint(c)
}

func (t *trail) paintHead(c draw.Canvas, now float64) {
	d := t.head
	d.at, _ = t.at(now)
	d.paint(c)
}

// paint draws a layer as it is at a time: trails below what comes and goes,
// heads on top.
func (l *layer) paint(c draw.Canvas, now float64) {
	for i := range l.trails {
		l.trails[i].paint(c, now)
	}
	for _, m := range l.stay {
		m.paint(c)
	}
	for _, it := range l.items {
		if it.from <= now && now < it.to {
			for _, m := range it.marks {
				m.paint(c)
			}
		}
	}
	for i := range l.trails {
		l.trails[i].paintHead(c, now)
	}
}

// changed reports whether a layer looks different at a time than at one before.
func (l *layer) changed(before, now float64) bool {
	for _, it := range l.items {
		if before < it.from && it.from <= now || before < it.to && it.to <= now {
			return true
		}
	}
	for i := range l.trails {
		a, _ := l.trails[i].at(before)
		b, _ := l.trails[i].at(now)
		if a != b {
			return true
		}
	}
	return false
}
