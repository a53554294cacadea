package vw

import (
	"math"

	"github.com/descent-go/descent/online"
)

// MaxConfusion is the number of classes up to which a history has a confusion
// matrix.
const MaxConfusion = 20

// Group is the examples with predictions of a range.
type Group struct {
	Weight    float64 // their importance
	Predicted float64 // mean of their predictions
	Label     float64 // mean of their labels
}

// groups is how many a history has, about.
const groups = 20

// measures is what is measured of predictions: numbers by their sign, exponent
// and some bits, classes by themselves.
type measures struct {
	sums      []sums    // by prediction, of groupBits
	residuals []float64 // importance by bucket
	confusion [][]float64
	first     int
}

// sums are those of examples, weighted.
type sums struct{ weight, predicted, label float64 }

const groupBits = 13

func newMeasures(classes int) *measures {
	m := &measures{}
	switch {
	case classes == 0:
		m.sums, m.residuals = make([]sums, 1<<groupBits), make([]float64, 1<<scoreBits)
	case classes <= MaxConfusion:
		m.confusion = make([][]float64, classes)
		for i := range m.confusion {
			m.confusion[i] = make([]float64, classes)
		}
	}
	return m
}

// add adds an example that has a label.
func (m *measures) add(x *online.Example, p *online.Prediction) {
	if m.confusion != nil {
		m.class(x, p)
	}
	residual := x.Label - p.Value
	if m.sums == nil || residual-residual != 0 { // infinite, or no number
		return
	}
	weight := float64(x.Weight)
	s := &m.sums[bucket(p.Value)>>(scoreBits-groupBits)]
	s.weight += weight
	s.predicted += float64(weight * float64(p.Value))
	s.label += float64(weight * float64(x.Label))
	m.residuals[bucket(residual)] += weight
}

// class counts which class was taken for which. A label that is no class is
// left out.
func (m *measures) class(x *online.Example, p *online.Prediction) {
	m.first = int(p.Value) - bestOf(p.Scores)
	label, predicted := int(math.Round(float64(x.Label)))-m.first, bestOf(p.Scores)
	if label >= 0 && label < len(m.confusion) {
		m.confusion[label][predicted] += float64(x.Weight)
	}
}

// result puts what was measured into a history.
func (m *measures) result(h *History) {
	h.Confusion, h.First = m.confusion, m.first
	total := 0.0
	for _, s := range m.sums {
		total += s.weight
	}
	if total == 0 {
		return
	}
	h.Groups = grouped(m.sums, total/groups)
	h.Residuals = percentiles(m.residuals, total)
}

// grouped joins neighbours until a group has enough.
func grouped(all []sums, enough float64) (out []Group) {
	var g sums
	end := func() {
		if g.weight > 0 {
			out = append(out, Group{g.weight, g.predicted / g.weight, g.label / g.weight})
		}
		g = sums{}
	}
	for _, s := range all {
		g.weight += s.weight
		g.predicted += s.predicted
		g.label += s.label
		if g.weight >= enough {
			end()
		}
	}
	end()
	return out
}

// percentiles are those of 0 to 100 % of what is in buckets, in all so much: the
// values below which, or at which, that share is.
func percentiles(counts []float64, total float64) []float64 {
	out := make([]float64, 0, 101)
	sum := 0.0
	for b, n := range counts {
		sum += n
		for n > 0 && len(out) <= 100 && sum >= total*float64(len(out))/100 {
			out = append(out, middle(uint32(b)))
		}
	}
	return out
}

// middle is the middle of the numbers of a bucket; those next to 0 are 0.
func middle(b uint32) float64 {
	bits := b<<(32-scoreBits) | 1<<(31-scoreBits)
	if bits>>31 == 1 {
		bits &^= 1 << 31
	} else {
		bits = ^bits
	}
	if bits<<1>>24 == 0 {
		return 0
	}
	return float64(math.Float32frombits(bits))
}
