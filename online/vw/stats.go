package vw

import (
	"math"

	"github.com/descent-go/descent/online"
)

// stats are the sums that Vowpal Wabbit keeps of a run.
type stats struct {
	Examples             int64 // that count: not those held out
	Features             int64
	Labelled, Unlabelled float64 // importance
	Labels               float64 // weighted by importance
	Loss, LossSince      float64
	LabelledBefore       float64 // importance at the last line of the table
	HeldWeight, HeldLoss float64
	HeldWeightSince      float64 // since the last line of the table
	HeldLossSince        float64
	heldWeightPass       float64 // in this pass
	heldLossPass         float64
	best                 float32 // loss of what is held out, of all passes
	first, second        float32 // labels seen; NaN: none yet
	several              bool    // more than two different labels were seen
	LogLoss, HeldLogLoss float64 // of --probabilities, over examples
	withoutWin           int     // passes since the best
}

const noLoss = math.MaxFloat32

func newStats() stats {
	nan := float32(math.NaN())
	return stats{best: noLoss, first: nan, second: nan}
}

// add adds an example.
func (s *stats) add(x *online.Example, loss float32, held bool, features int, regression bool) {
	labelled, weight := x.Label == x.Label, float64(x.Weight)
	if held && labelled {
		s.HeldWeight += weight
		s.HeldWeightSince += weight
		s.heldWeightPass += weight
		s.HeldLoss += float64(loss)
		s.HeldLossSince += float64(loss)
		s.heldLossPass += float64(loss)
		return
	}
	if labelled {
		s.Labelled += weight
		if regression {
			s.Labels += float64(float64(x.Label) * weight)
		}
	} else {
		s.Unlabelled += weight
	}
	s.Loss += float64(loss)
	s.LossSince += float64(loss)
	s.Features += int64(features)
	s.Examples++
}

// see notes which labels there are.
func (s *stats) see(label float32) {
	switch {
	case label != label || s.several || label == s.first || label == s.second:
	case s.first != s.first:
		s.first = label
	case s.second != s.second:
		s.second = label
	default:
		s.several = true
	}
}

// multiclass adds -log of the probability of an example's class, the first class
// having a number.
func (s *stats) multiclass(x *online.Example, probabilities []float32, first int, held bool) {
	class := int(x.Label) - first
	if x.Label != x.Label || class < 0 || class >= len(probabilities) {
		return
	}
	loss := 999.0 // what Vowpal Wabbit takes for infinite
	if p := probabilities[class]; p > 0 {
		loss = -math.Log(float64(p)) * float64(x.Weight)
	}
	if held {
		s.HeldLogLoss += loss
	} else {
		s.LogLoss += loss
	}
}

// weight is the importance of all examples that count.
func (s *stats) weight() float64 { return s.Labelled + s.Unlabelled }

// pass ends a pass and reports whether its loss of what is held out is the best.
func (s *stats) pass() bool {
	loss := float32(noLoss * 0.5)
	if s.heldWeightPass > 0 {
		loss = float32(s.heldLossPass / s.heldWeightPass)
	}
	s.heldWeightPass, s.heldLossPass = 0, 0
	if loss < s.best {
		s.best, s.withoutWin = loss, 0
		return true
	}
	s.withoutWin++
	return false
}

// average is the loss to report; known is false where there is none.
func (s *stats) average(holdout bool) (loss float64, known bool) {
	switch {
	case holdout:
		return float64(s.best), s.best < noLoss*0.5
	case s.Labelled > 0:
		return s.Loss / s.Labelled, true
	}
	return 0, false
}
