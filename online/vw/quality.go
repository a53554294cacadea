package vw

import (
	"math"
	"slices"

	"github.com/descent-go/descent/online"
)

// quality measures predictions of two labels: how well they are told apart, and
// whether the probabilities are right. It counts what the average loss counts.
type quality struct {
	counts *scoreCounts // nil before the first label
	labels []float32    // as they came up, at most two
	more   bool         // there are more: nothing is measured

	logLoss, expected, hits, weight float64 // of the logistic loss
	bins                            [bins]Bin

	best *Quality // of the best pass
}

// Quality is how good predictions of two labels are, before the link.
type Quality struct {
	AUC         float64 // probability that of two examples with different labels the higher one has the higher prediction
	AUCError    float64 // the AUC is exact to this: predictions that agree in 8 bits count as equal
	LogLoss     float64 // mean of -log of the label's probability; NaN but for the logistic loss
	Calibration float64 // predicted frequency of the higher label by observed; NaN but for the logistic loss
	Bins        []Bin   // calibration in detail; nil but for the logistic loss
	Curve       []Rates // receiver operating characteristic, some 400 points at most
	Spread      *Spread // of the predictions
}

// Bin is the examples with predicted probabilities of a range.
type Bin struct {
	Weight    float64 // importance of its examples
	Predicted float64 // sum of their probabilities
	Observed  float64 // importance of those with the higher label
}

const bins = 20

// scoreCounts are the importances of examples by prediction, for the first and
// the second label.
type scoreCounts [1 << scoreBits][2]float64

const scoreBits = 17 // sign, exponent and 8 bits of a float32

// bucket keeps the order of scores.
func bucket(score float32) uint32 {
	b := math.Float32bits(score)
	if b>>31 == 1 {
		b = ^b
	} else {
		b |= 1 << 31
	}
	return b >> (32 - scoreBits)
}

// add counts an example.
func (q *quality) add(x *online.Example, p *online.Prediction, logistic bool) {
	side := q.side(x.Label)
	if side < 0 {
		return
	}
	weight := float64(x.Weight)
	q.counts[bucket(p.Raw)][side] += weight
	if logistic && (x.Label == 1 || x.Label == -1) {
		q.probability(float64(p.Raw), weight, x.Label == 1)
	}
}

// side tells the two labels apart, -1 where there are more.
func (q *quality) side(label float32) int {
	i := slices.Index(q.labels, label)
	switch {
	case i >= 0 || q.more:
		return i
	case len(q.labels) == 2:
		q.more, q.counts, q.labels = true, nil, nil
		return -1
	case q.counts == nil:
		q.counts = new(scoreCounts)
	}
	q.labels = append(q.labels, label)
	return len(q.labels) - 1
}

// probability counts an example whose prediction is log(p/(1-p)).
func (q *quality) probability(sum, weight float64, hit bool) {
	if sum != sum {
		sum = 0 // as the learner takes it
	}
	sum = max(-50, min(50, sum)) // as the learner limits it
	p := 1 / (1 + math.Exp(-sum))
	bin := &q.bins[min(bins-1, int(p*bins))]
	signed := -sum
	if hit {
		signed = sum
		q.hits += weight
		bin.Observed += weight
	}
	q.logLoss += weight * math.Log1p(math.Exp(-signed))
	q.expected += weight * p
	q.weight += weight
	bin.Weight += weight
	bin.Predicted += weight * p
}

// result is what has been measured; nil where there are not two labels.
func (q *quality) result() *Quality {
	if q.best != nil {
		return q.best
	}
	if len(q.labels) != 2 {
		return nil
	}
	out := &Quality{LogLoss: math.NaN(), Calibration: math.NaN()}
	out.AUC, out.AUCError = q.auc()
	out.Curve, out.Spread = q.rates(), q.spread()
	if q.weight > 0 {
		out.LogLoss = q.logLoss / q.weight
		out.Bins = slices.Clone(q.bins[:])
	}
	if q.hits > 0 {
		out.Calibration = q.expected / q.hits
	}
	return out
}

// auc counts the pairs of examples of different labels in whose order the
// predictions are; of those with equal predictions half.
func (q *quality) auc() (auc, uncertain float64) {
	low, high := 0, 1
	if q.labels[0] > q.labels[1] {
		low, high = 1, 0
	}
	var right, equal, lows, highs float64
	for _, c := range q.counts {
		right += lows * c[high]
		equal += c[low] * c[high]
		lows += c[low]
		highs += c[high]
	}
	pairs := lows * highs
	return (right + equal/2) / pairs, equal / 2 / pairs
}

// pass ends a pass: what is measured starts anew, and the best is kept.
func (q *quality) pass(best bool) {
	if best {
		q.best = nil
		q.best = q.result()
	}
	*q = quality{best: q.best}
}
