package animate

import (
	"context"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent/surface"
)

// Animation is what [Single] and [Race] make: pictures that Encode draws.
type Animation struct {
	Runs  []Run // in the order given
	scene *scene
}

// The picture of one, in points: 600 pixels wide.
const (
	singleWidth  = 450
	singleHeader = 52
	singleFooter = 24
	edge         = 9 // what stays free left and right
)

// Single makes the animation of one optimizer step by step on the contours of a
// surface: arrows for the gradient, the momentum where there is some, and the
// step; where the rule takes its gradient elsewhere than at its point, as nag
// does, the lookahead point and the gradient there. The last picture shows the
// arrows of the longest step once more.
func Single(ctx context.Context, r Runner, o Options) (*Animation, error) {
	open := o.Steps == 0
	o, err := o.complete(1)
	if err != nil {
		return nil, err
	}
	if open {
		if o, err = o.suit(r); err != nil {
			return nil, err
		}
	}
	run, err := o.descend(ctx, r)
	if err != nil {
		return nil, err
	}
	w := o.fit([]Run{run})
	tall := height(w, singleWidth-2*edge)
	s := &single{o: o, run: &run, beats: beats(run.shown())}
	s.scene = &scene{width: singleWidth, height: whole(tall + singleHeader + singleFooter), end: s.beats[len(s.beats)-1] + held}
	area := vg.Rectangle{
		Min: vg.Point{X: edge, Y: singleFooter},
		Max: vg.Point{X: singleWidth - edge, Y: s.scene.height - singleHeader},
	}
	if s.panel, err = o.landscape(w, area); err != nil {
		return nil, err
	}
	s.guide = &guide{dissect(run.Path), run.Path, s.panel}
	s.scene.back = s.background
	s.draw()
	return &Animation{[]Run{run}, s.scene}, nil
}

// single is the animation of one in the making.
type single struct {
	o     Options
	run   *Run
	scene *scene
	panel *panel
	guide *guide
	beats []float64
}

// shown is the number of steps that a picture shows of a run.
func (r *Run) shown() int {
	if r.left > 0 {
		return r.left
	}
	return len(r.Path.Points) - 1
}

// draw makes the layers: the text that changes, then the path.
func (s *single) draw() {
	top := s.scene.height
	words := &layer{area: vg.Rectangle{
		Min: vg.Point{X: whole(s.aside()), Y: whole(top - 38)},
		Max: vg.Point{X: singleWidth, Y: top},
	}}
	s.scene.layers = append(s.scene.layers, words, s.panel.layer)
	s.count(words)
	s.trails()
	for k := range s.beats[:len(s.beats)-1] {
		s.arrows(k)
	}
	s.recap()
}

// aside is where the text begins that changes, as far left as its words need.
func (s *single) aside() vg.Length {
	why := label{text: s.run.Trouble(), size: textSize, bold: true}.width()
	return min(0.7*singleWidth, singleWidth-2*edge-why)
}

// count writes the step and the loss, as long as there is time to read.
func (s *single) count(l *layer) {
	size := l.area.Size()
	last, from := len(s.beats)-1, 0.0
	for k, p := range s.run.Path.Points[:last+1] {
		to := s.scene.end
		if k < last {
			to = s.beats[k+1]
		}
		if to-from < perceived {
			continue
		}
		right := vg.Point{X: size.X - edge, Y: size.Y - 19}
		below := vg.Point{X: right.X, Y: right.Y - 14}
		marks := []mark{
			label{right, "step " + strconv.Itoa(k), titleSize - 1, true, ink, draw.XRight},
			label{below, "loss " + short(p.Loss), textSize, false, quiet, draw.XRight},
		}
		if why := s.run.Trouble(); why != "" && k == last {
			marks[1] = label{below, why, textSize, true, warning, draw.XRight}
		}
		l.add(from, to, marks...)
		from = to
	}
}

// trails are the path and, where others are to evaluate with, that of these.
func (s *single) trails() {
	at := func(k int) vg.Point { return s.panel.stop(s.run.Path, k) }
	if s.guide.averages {
		t := s.trail(looking, narrow, func(k int) vg.Point {
			p := s.run.Path.Points[k]
			return s.panel.toward(at(k), p.Result[0], p.Result[1])
		})
		t.head = disc{radius: 3, fill: looking, rim: white, width: 1}
		s.panel.layer.trails = append(s.panel.layer.trails, t)
	}
	t := s.trail(ink, 1.5, at)
	t.head = disc{radius: 4.2, fill: ink, rim: white, width: 1.4}
	s.panel.layer.trails = append(s.panel.layer.trails, t)
	if len(s.beats) > manyDots {
		return
	}
	for k := range s.beats {
		s.panel.layer.add(s.beats[k]*min(float64(k), 1), s.scene.end, disc{at: at(k), radius: 1.9, fill: ink})
	}
}

// manyDots are more than can be told apart.
const manyDots = 200

// trail goes through the points at the beats. In a slow step it waits for the
// arrows first.
func (s *single) trail(c color.RGBA, width vg.Length, at func(k int) vg.Point) trail {
	t := trail{color: c, width: width}
	for k, now := range s.beats {
		t.points, t.times = append(t.points, at(k)), append(t.times, now)
		if k+1 < len(s.beats) && s.slow(k) {
			t.points, t.times = append(t.points, at(k)), append(t.times, now+moves*s.lasts(k))
		}
	}
	return t
}

func (s *single) lasts(k int) float64 { return s.beats[k+1] - s.beats[k] }
func (s *single) slow(k int) bool     { return s.lasts(k) >= unhurried }

// arrows shows what a step is made of.
func (s *single) arrows(k int) {
	if s.lasts(k) < readable {
		return
	}
	for _, g := range s.guide.stages(k) {
		from := s.beats[k]
		if s.slow(k) {
			from += g.from * s.lasts(k)
		}
		s.panel.layer.add(from, s.beats[k+1], g.marks...)
	}
}

// recap shows once more, in the last picture, what the longest step is made of:
// what the legend names is then in a picture that does not move.
func (s *single) recap() {
	n := len(s.beats) - 1
	if s.run.left > 0 && n > 1 {
		n-- // the last leads out
	}
	best, longest := 0, -1.0
	for k := max(0, min(1, n-1)); k < n; k++ { // the first has no momentum
		a, b := s.panel.stop(s.run.Path, k), s.panel.stop(s.run.Path, k+1)
		if length := math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y)); length > longest {
			best, longest = k, length
		}
	}
	for _, g := range s.guide.stages(best) {
		s.panel.layer.add(s.beats[len(s.beats)-1], s.scene.end, g.marks...)
	}
}

// background draws what stays.
func (s *single) background(c draw.Canvas) {
	s.panel.draw(c)
	top := s.scene.height
	room := s.aside() - edge
	fitted(label{vg.Point{X: edge, Y: top - 19}, s.run.Name, titleSize, true, ink, draw.XLeft}, room).paint(c)
	fitted(label{vg.Point{X: edge, Y: top - 33}, s.run.settings(room), textSize, false, quiet, draw.XLeft}, room).paint(c)
	function(s.o.Surface, vg.Point{X: edge, Y: top - 45}, singleWidth-2*edge).paint(c)
	s.legend(c)
}

// function is the label of a surface's function.
func function(s *surface.Surface, at vg.Point, room vg.Length) label {
	return fitted(label{at, "f(x, y) = " + set(s.Function().String()), smallSize, false, quiet, draw.XLeft}, room)
}

// legend is the row at the bottom.
func (s *single) legend(c draw.Canvas) {
	const icon, gap = 26, 14
	at := vg.Point{X: edge + 4, Y: 8}
	for _, e := range s.guide.legend() {
		for _, m := range e.draw(vg.Point{X: at.X + 10, Y: at.Y + 3}) {
			m.paint(c)
		}
		l := label{vg.Point{X: at.X + icon, Y: at.Y}, e.text, smallSize, false, ink, draw.XLeft}
		l.paint(c)
		at.X = l.at.X + l.width() + gap
	}
}
