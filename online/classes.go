package online

import (
	"fmt"
	"math"
)

// indexing says from what number on classes are counted.
type indexing int

// Until a label has shown it, classes count from 1.
const (
	unknown indexing = iota
	fromZero
	fromOne
)

// first is the number of the first class.
func (l *Learner) first() int {
	if l.zero == fromZero {
		return 0
	}
	return 1
}

// checkClass says what is wrong with a label.
func (l *Learner) checkClass(label float32) error {
	lo, hi := l.first(), l.first()+l.o.Classes-1
	if l.zero == unknown {
		lo = 0
	}
	if k := int(whole(label)); abs(float32(k)-label) > nearly || k < lo || k > hi {
		return fmt.Errorf("online: label %g: expected a class, a whole number from %d to %d", label, lo, hi)
	}
	return nil
}

// nearly is how far a label may be from the number that it stands for: 1.000000
// is read as 0.9999999, as Vowpal Wabbit reads it.
const nearly = 1e-5

// whole is the class that a label stands for.
func whole(label float32) float32 { return float32(math.Round(float64(label))) }

// scores gives every class's sum in the example's memory, and which is largest.
func (l *Learner) scores(x *Example) (best int) {
	in := l.input(x)
	in.base = 0
	x.scores = x.scores[:0]
	for c := range l.o.Classes {
		in.at = l.class(x, c)
		x.scores = append(x.scores, l.o.Link.of(l.labels.limit(l.u.predict(in))))
		if x.scores[c] > x.scores[best] {
			best = c
		}
	}
	return best
}

// class gives the places of a class's weights.
func (l *Learner) class(x *Example, c int) []uint32 {
	if c == 0 {
		return x.at
	}
	x.shifted = append(x.shifted[:0], x.at...)
	mask := l.mask()
	for i := range x.shifted {
		x.shifted[i] = (x.shifted[i] + uint32(c)) & mask
	}
	return x.shifted
}

// predictClass predicts one class against all others.
func (l *Learner) predictClass(x *Example) Prediction {
	best := l.scores(x)
	p := Prediction{Value: float32(best + l.first()), Raw: x.scores[best], Scores: x.scores}
	if x.Label == x.Label && x.Weight > 0 && whole(x.Label) != p.Value {
		p.Loss = x.Weight
	}
	return p
}

// learnClass teaches every class whether the example is of it. As in Vowpal
// Wabbit, all predict before the first learns, from which VW goes on; other
// updates predict anew.
func (l *Learner) learnClass(x *Example) Prediction {
	p := l.predictClass(x)
	if !(x.Label == x.Label && x.Weight > 0) || l.Frozen() {
		return p
	}
	if l.zero == unknown {
		switch whole(x.Label) {
		case 0:
			l.zero = fromZero
		case float32(l.o.Classes):
			l.zero = fromOne
		}
	}
	for c := range l.o.Classes {
		in := l.input(x)
		in.base, in.model, in.label, in.at = 0, c, -1, l.class(x, c)
		if whole(x.Label) == float32(c+l.first()) {
			in.label = 1
		}
		l.labels.see(in.label)
		in.labels = l.labels
		l.keepNames(x, c)
		l.touched.mark(in.at)
		sum := x.scores[c]
		if _, ok := l.u.(*descend); !ok {
			sum = l.labels.limit(l.u.before(in))
		}
		p.Skipped = !l.u.learn(in, sum) || p.Skipped
	}
	l.count(x)
	return p
}
