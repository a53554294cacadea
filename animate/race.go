package animate

import (
	"context"
	"fmt"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/descent-go/descent/chart"
)

// The picture of a race, in points: 900 pixels wide.
const (
	raceWidth  = 675
	raceHeader = 50
	raceFooter = 8
	raceSplit  = 425 // where the losses begin
	entryStep  = 14  // from one line of the legend to the next
	leastLoss  = 150 // the height of the losses at least
)

// MaxRunners are as many as colours tell apart.
var MaxRunners = len(chart.Palette)

// Race makes the animation of several optimizers on the same surface from the
// same start, and of their losses beside.
func Race(ctx context.Context, runners []Runner, o Options) (*Animation, error) {
	o, err := o.complete(len(runners))
	if err != nil {
		return nil, err
	}
	if n := len(runners); n < 1 || n > MaxRunners {
		return nil, fmt.Errorf("animate: a race of %d optimizers: expected 1 to %d", n, MaxRunners)
	}
	r := &race{o: o}
	for _, one := range runners {
		run, err := o.descend(ctx, one)
		if err != nil {
			return nil, err
		}
		r.runs = append(r.runs, run)
	}
	r.beats = evenBeats(o.Steps)
	if err := r.layout(); err != nil {
		return nil, err
	}
	r.draw()
	return &Animation{r.runs, r.scene}, nil
}

// race is the animation of several in the making.
type race struct {
	o             Options
	runs          []Run
	scene         *scene
	paths, losses *panel
	loss          lossScale
	beats         []float64
}

// layout makes the scene and its panels.
func (r *race) layout() error {
	w := r.o.fit(r.runs)
	list := vg.Length(len(r.runs)*entryStep + 8)
	tall := max(height(w, raceSplit-2*edge), list+leastLoss)
	r.scene = &scene{width: raceWidth, height: whole(tall + raceHeader + raceFooter), end: r.beats[len(r.beats)-1] + held}
	r.scene.back = r.background
	top := r.scene.height - raceHeader
	var err error
	r.paths, err = r.o.landscape(w, vg.Rectangle{Min: vg.Point{X: edge, Y: raceFooter}, Max: vg.Point{X: raceSplit - edge, Y: top}})
	if err != nil {
		return err
	}
	r.loss = newLossScale(r.o.Surface, r.runs)
	p := chart.New("", "step", r.loss.label)
	if r.loss.log {
		chart.LogY(p)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(r.o.Steps), r.loss.low, r.loss.high
	area := vg.Rectangle{Min: vg.Point{X: raceSplit, Y: raceFooter}, Max: vg.Point{X: raceWidth - 1.5*edge, Y: top - list}}
	r.losses = newPanel(p, area, 6)
	return nil
}

// draw makes the layers.
func (r *race) draw() {
	top := r.scene.height
	words := &layer{area: vg.Rectangle{
		Min: vg.Point{X: whole(raceSplit), Y: whole(top - raceHeader - vg.Length(len(r.runs)*entryStep))},
		Max: vg.Point{X: raceWidth, Y: top},
	}}
	r.scene.layers = append(r.scene.layers, words, r.paths.layer, r.losses.layer)
	r.count(words)
	for i := range r.runs {
		r.trails(i)
		r.ends(words, i)
	}
}

// count writes the step.
func (r *race) count(l *layer) {
	size, from := l.area.Size(), 0.0
	for k := range r.beats {
		to := r.scene.end
		if k+1 < len(r.beats) {
			to = r.beats[k+1]
		}
		if to-from < perceived {
			continue
		}
		l.add(from, to, label{vg.Point{X: size.X - 1.5*edge, Y: size.Y - 19}, "step " + strconv.Itoa(k), titleSize - 1, true, ink, draw.XRight})
		from = to
	}
}

// trails are the path of a run and its losses.
func (r *race) trails(i int) {
	run := &r.runs[i]
	c := chart.Color(i)
	head := disc{radius: 4.2, fill: c, rim: white, width: 1.2}
	path, loss := trail{width: 1.7, color: c, head: head}, trail{width: 1.7, color: c, head: head}
	loss.head.radius = 3
	for k, p := range run.Path.Points[:run.shown()+1] {
		path.points, path.times = append(path.points, r.paths.stop(run.Path, k)), append(path.times, r.beats[k])
		loss.points = append(loss.points, r.losses.at(float64(k), r.loss.of(p.Loss)))
		loss.times = append(loss.times, r.beats[k])
	}
	r.paths.layer.trails = append(r.paths.layer.trails, path)
	r.losses.layer.trails = append(r.losses.layer.trails, loss)
}

// ends says in the legend when a run has left or diverged.
func (r *race) ends(l *layer, i int) {
	run := &r.runs[i]
	why := run.Trouble()
	if why == "" {
		return
	}
	size := l.area.Size()
	at := vg.Point{X: size.X - 1.5*edge, Y: size.Y - raceHeader - vg.Length(i*entryStep) - 9}
	l.add(r.beats[run.shown()], r.scene.end, label{at, why, smallSize, true, warning, draw.XRight})
}

// background draws what stays.
func (r *race) background(c draw.Canvas) {
	r.paths.draw(c)
	r.losses.draw(c)
	top := r.scene.height
	start := r.runs[0].Path.Points[0]
	const room = raceSplit - 2*edge
	about := fmt.Sprintf("%d steps from (%s, %s)", r.o.Steps, short(start.X), short(start.Y))
	label{vg.Point{X: edge, Y: top - 19}, r.title(), titleSize, true, ink, draw.XLeft}.paint(c)
	label{vg.Point{X: edge, Y: top - 33}, about, textSize, false, quiet, draw.XLeft}.paint(c)
	function(r.o.Surface, vg.Point{X: edge, Y: top - 45}, room).paint(c)
	for i := range r.runs {
		r.entry(c, i)
	}
}

// title is the surface's name; a function has none.
func (r *race) title() string {
	if r.o.Surface.Summary == "" {
		return "race"
	}
	return r.o.Surface.Name
}

// entry is a line of the legend.
func (r *race) entry(c draw.Canvas, i int) {
	run := &r.runs[i]
	at := vg.Point{X: raceSplit + 8, Y: r.scene.height - raceHeader - vg.Length(i*entryStep) - 9}
	col := chart.Color(i)
	stroke{[]vg.Point{{X: at.X, Y: at.Y + 3}, {X: at.X + 18, Y: at.Y + 3}}, 1.7, col, false}.paint(c)
	disc{at: vg.Point{X: at.X + 9, Y: at.Y + 3}, radius: 3.4, fill: col, rim: white, width: 1}.paint(c)
	room := vg.Length(raceWidth - 1.5*edge - at.X - 24)
	if run.Trouble() != "" {
		room -= label{text: run.Trouble(), size: smallSize, bold: true}.width() + 6
	}
	name := fitted(label{vg.Point{X: at.X + 24, Y: at.Y}, run.Name, textSize, true, ink, draw.XLeft}, room)
	name.paint(c)
	rest := room - name.width() - 5
	settings := label{vg.Point{X: name.at.X + name.width() + 5, Y: at.Y}, run.settings(rest), smallSize, false, quiet, draw.XLeft}
	if rest > 0 {
		fitted(settings, rest).paint(c)
	}
}
