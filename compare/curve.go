package compare

import (
	"slices"
	"time"

	"github.com/descent-go/descent/train"
)

// maxPoints is the number of points of a curve.
const maxPoints = 60

// watch keeps what a training does, and the time of its steps, measurements left out.
type watch struct {
	history train.History
	planned int
	last    time.Duration
	seconds []float64
}

func (w *watch) step(p train.Progress) {
	if !p.EpochEnd {
		w.seconds = append(w.seconds, (p.Elapsed - w.last).Seconds())
	}
	w.last, w.planned = p.Elapsed, p.Steps
}

// fill gives a run its curves and times.
func (w *watch) fill(r *Run, n *Network) {
	r.Steps = len(w.history.Steps)
	r.StepSeconds = median(w.seconds)
	r.Losses = averaged(w.history.Steps, (w.planned+maxPoints-1)/maxPoints)
	for _, t := range w.history.Tests {
		r.Scores = append(r.Scores, Point{t.Step, n.score(t.TestLoss, t.TestAccuracy)})
	}
	r.Scores = thinned(r.Scores, n.epochs(r.Stage))
}

// averaged is the mean loss of every so many steps.
func averaged(steps []train.StepFigures, width int) []Point {
	var points []Point
	done := 0
	for some := range slices.Chunk(steps, max(1, width)) {
		sum := 0.0
		for _, s := range some {
			sum += s.Loss
		}
		done += len(some)
		points = append(points, Point{done, sum / float64(len(some))})
	}
	return points
}

// thinned leaves points out of a curve that has one for every so many steps: at
// most maxPoints of those that are planned stay, and the last of those that are there.
func thinned(points []Point, planned int) []Point {
	every := (planned + maxPoints - 1) / maxPoints
	var kept []Point
	for i, p := range points {
		if (i+1)%every == 0 || i == len(points)-1 {
			kept = append(kept, p)
		}
	}
	return kept
}

// median is the middle number, or the mean of the two in the middle; 0 of none.
func median(v []float64) float64 {
	n := len(v)
	if n == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(n-1)/2] + v[n/2]) / 2
}
