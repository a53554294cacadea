package vw

import (
	"math"
	"slices"
)

// Rates is a point of the curve of a classifier that says yes to all
// predictions above a threshold.
type Rates struct {
	False float64 // share of the lower label that gets a yes
	True  float64 // share of the higher label that does
}

// Spread is how predictions are distributed for either label.
type Spread struct {
	Labels    [2]float32   // the lower first
	Low, High float64      // ends of the range; probabilities are 0 to 1
	Counts    [2][]float64 // importance in parts of the range that are equally wide
}

// How fine curves and distributions are.
const (
	rateStep   = 1. / 200
	spreadBins = 40
)

// sides are the columns of the lower and the higher label.
func (q *quality) sides() (low, high int) {
	if q.labels[0] > q.labels[1] {
		return 1, 0
	}
	return 0, 1
}

// rates is the curve from nothing to all, ROC.
func (q *quality) rates() []Rates {
	low, high := q.sides()
	var all Rates
	for _, c := range q.counts {
		all.False += c[low]
		all.True += c[high]
	}
	out := []Rates{{}}
	var sum Rates
	for _, c := range slices.Backward(q.counts[:]) {
		sum.False += c[low]
		sum.True += c[high]
		at, last := Rates{sum.False / all.False, sum.True / all.True}, out[len(out)-1]
		if at.False-last.False >= rateStep || at.True-last.True >= rateStep {
			out = append(out, at)
		}
	}
	if out[len(out)-1] != (Rates{1, 1}) {
		out = append(out, Rates{1, 1})
	}
	return out
}

// spread distributes the predictions: probabilities where the loss is logistic.
// Infinite ones are left out.
func (q *quality) spread() *Spread {
	low, high := q.sides()
	s := &Spread{Labels: [2]float32{q.labels[low], q.labels[high]}, Low: math.Inf(1), High: math.Inf(-1)}
	if q.weight > 0 {
		s.Low, s.High = 0, 1
	}
	q.each(func(at float64, _ [2]float64) { s.Low, s.High = min(s.Low, at), max(s.High, at) })
	if s.Low >= s.High { // all are equal
		s.Low, s.High = s.Low-0.5, s.High+0.5
	}
	s.Counts = [2][]float64{make([]float64, spreadBins), make([]float64, spreadBins)}
	q.each(func(at float64, c [2]float64) {
		i := min(spreadBins-1, int((at-s.Low)/(s.High-s.Low)*spreadBins))
		s.Counts[0][i] += c[low]
		s.Counts[1][i] += c[high]
	})
	return s
}

// each gives the predictions that are finite and how many there are of each.
func (q *quality) each(do func(at float64, counts [2]float64)) {
	for b, c := range q.counts {
		at := middle(uint32(b))
		if c[0]+c[1] == 0 || at-at != 0 {
			continue
		}
		if q.weight > 0 {
			at = 1 / (1 + math.Exp(-at))
		}
		do(at, c)
	}
}
