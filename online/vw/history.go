package vw

import (
	"slices"
	"time"

	"github.com/descent-go/descent/online"
)

// History is how a run went, in memory that does not grow with the stream. All
// but the seconds is the same every time.
type History struct {
	Points []Point // one after the other, of equally many examples but for the last
	Passes []Pass  // that were completed, where there are several
	Sizes  []Size  // at the start often, then ever more seldom; nil where nothing was learned

	// What was predicted: as the average loss, of the best pass where examples
	// are held out. Nil where there is nothing of the kind.
	Groups    []Group     // of predictions that are numbers, some twenty with about as many examples each
	Residuals []float64   // label less prediction: the percentiles 0 to 100, exact to 0.4 %
	Confusion [][]float64 // importance by class of the label and class predicted, for up to MaxConfusion classes
	First     int         // number of the first class
}

// Point is a run of examples.
type Point struct {
	Examples             int64   // at its end, all counted
	Weight, Loss         float64 // importance of its examples with a label, and the sum of their losses
	HeldWeight, HeldLoss float64 // of those held out, which do not count above
	Seconds              float64 // at its end
}

// Pass is a pass over the data.
type Pass struct {
	Examples             int64 // at its end, those of earlier passes counted
	HeldWeight, HeldLoss float64
}

// Size is how many weights are not 0 after so many examples.
type Size struct {
	Examples int64
	NonZero  int
}

// maxPoints is how many points a history has at most. Then two become one.
const maxPoints = 512

// history makes a History.
type history struct {
	l        *online.Learner
	began    time.Time
	points   []Point
	passes   []Pass
	sizes    []Size
	each     int // examples of a point
	n        int // of them there
	now      Point
	pass     Pass
	nextSize int64
	measured *measures
	best     *measures // of the best pass
}

func newHistory(l *online.Learner) *history {
	return &history{l: l, each: 1, measured: newMeasures(l.Options().Classes)}
}

// add adds an example; counts says that its prediction is one to measure.
func (h *history) add(x *online.Example, p *online.Prediction, held, counts bool) {
	h.now.Examples++
	if labelled := x.Label == x.Label && x.Weight > 0; labelled {
		weight, loss := float64(x.Weight), float64(p.Loss)
		if held {
			h.now.HeldWeight += weight
			h.now.HeldLoss += loss
			h.pass.HeldWeight += weight
			h.pass.HeldLoss += loss
		} else {
			h.now.Weight += weight
			h.now.Loss += loss
		}
		if counts {
			h.measured.add(x, p)
		}
	}
	if h.now.Examples >= h.nextSize {
		h.size()
	}
	if h.n++; h.n == h.each {
		h.close()
	}
}

// size notes how many weights are not 0, ten times while examples grow tenfold.
func (h *history) size() {
	n := h.now.Examples
	h.sizes = append(h.sizes, Size{n, h.l.NonZero()})
	h.nextSize = n + n/4 + 1
}

// close ends a point.
func (h *history) close() {
	h.now.Seconds = time.Since(h.began).Seconds()
	h.points = append(h.points, h.now)
	h.now, h.n = Point{Examples: h.now.Examples}, 0
	if len(h.points) == maxPoints {
		h.halve()
	}
}

// halve makes one point of two.
func (h *history) halve() {
	h.each *= 2
	for i := range maxPoints / 2 {
		a, b := h.points[2*i], h.points[2*i+1]
		b.Weight += a.Weight
		b.Loss += a.Loss
		b.HeldWeight += a.HeldWeight
		b.HeldLoss += a.HeldLoss
		h.points[i] = b
	}
	h.points = h.points[:maxPoints/2]
}

// endPass ends a pass. Where examples are held out what is measured starts
// anew, and the best is kept.
func (h *history) endPass(holdout, best bool) {
	h.pass.Examples = h.now.Examples
	h.passes = append(h.passes, h.pass)
	h.pass = Pass{}
	if !holdout {
		return
	}
	if best {
		h.best = h.measured
	}
	h.measured = newMeasures(h.l.Options().Classes)
}

// result is what there is so far.
func (h *history) result(test bool) *History {
	if h.n > 0 {
		h.close()
	}
	out := &History{Points: h.points}
	if len(h.passes) > 1 {
		out.Passes = h.passes
	}
	if !test && h.now.Examples > 0 {
		out.Sizes = append(slices.Clone(h.sizes), Size{h.now.Examples, h.l.NonZero()})
	}
	m := h.best
	if m == nil {
		m = h.measured
	}
	m.result(out)
	return out
}
