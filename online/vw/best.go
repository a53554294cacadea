package vw

import (
	"math"

	"github.com/descent-go/descent/online"
)

// bestConstant is the prediction that were best, had it to be one number for
// all, and its loss; NaN where it is not known.
func (s *stats) bestConstant(l *online.Learner) (constant, constantLoss float64) {
	nan := math.NaN()
	low, high := s.first, s.second
	if high != high {
		high = 0
	}
	if low > high {
		low, high = high, low
	}
	if low != low || low == high {
		return nan, nan
	}
	lows := float32(s.Labels-float64(float64(high)*s.Labelled)) / (low - high)
	highs := float32(s.Labelled) - lows
	if lows+highs <= 0 {
		return nan, nan
	}
	loss := l.Options().Loss
	best, known := s.constant(loss, lows, highs, low, high)
	switch {
	case !known:
		return nan, nan
	case s.several:
		return float64(best), nan
	}
	if loss.Name() == "logistic" {
		low, high = -1, 1
	}
	var sum float32
	if lows > 0 {
		sum = lossAt(l, best, low) * lows
	}
	if highs > 0 {
		sum += lossAt(l, best, high) * highs
	}
	return float64(best), float64(sum / (lows + highs))
}

// constant is the best constant where so many labels are the lower one and so
// many the higher.
func (s *stats) constant(loss online.Loss, lows, highs, low, high float32) (best float32, known bool) {
	switch name := loss.Name(); {
	case name == "squared" || name == "classic":
		return float32(s.Labels) / float32(s.Labelled), true
	case s.several:
		return 0, false
	case name == "hinge" && highs <= lows || name == "logistic" && highs <= 0:
		return -1, true
	case name == "hinge" || name == "logistic" && lows <= 0:
		return 1, true
	case name == "logistic":
		return float32(math.Log(float64(highs / lows))), true
	case name == "quantile" && loss.Parameter()*(lows+highs) < highs:
		return high, true
	case name == "quantile":
		return low, true
	}
	return 0, false
}

// lossAt is the learner's loss of a prediction.
func lossAt(l *online.Learner, prediction, label float32) float32 {
	low, high := l.Limits()
	return online.LossAt(l.Options().Loss, prediction, label, low, high)
}
