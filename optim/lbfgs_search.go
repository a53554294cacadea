package optim

import "math"

// Of the strong Wolfe conditions: the fall of the loss that is sufficient, and
// the part of the slope that may be left.
const sufficient, leftSlope = 1e-4, 0.9

// lineSearch looks along the direction of an inner iteration for a point with
// the strong Wolfe conditions: Algorithms 3.5 and 3.6, by cubic interpolation.
type lineSearch struct {
	*lbfgsRun
	start linePoint
	left  int // evaluations that it may add to the first
	tries int
}

// linePoint is a point along the direction.
type linePoint struct {
	at, loss, slope float64
	grad            vector
}

func newLineSearch(r *lbfgsRun, slope float64) *lineSearch {
	return &lineSearch{lbfgsRun: r, start: linePoint{0, r.loss, slope, r.grad}, left: max(0, whole(r.hyper["max_eval"])-r.evals)}
}

// probe evaluates at a point.
func (l *lineSearch) probe(at float64) (linePoint, error) {
	x := l.x.clone()
	x.add(at, l.d)
	l.evals++
	loss, grad, err := l.evaluate(x)
	if err != nil {
		return linePoint{}, err
	}
	return linePoint{at, loss, grad.dot(l.d), grad}, nil
}

// high reports that the loss has not fallen sufficiently.
func (l *lineSearch) high(p linePoint) bool {
	return p.loss > l.start.loss+float64(sufficient*p.at*l.start.slope)
}

// flat reports that enough of the slope is gone.
func (l *lineSearch) flat(p linePoint) bool { return math.Abs(p.slope) <= -leftSlope*l.start.slope }

// search goes on until a point is good or two points have a good one between them.
func (l *lineSearch) search() (linePoint, error) {
	before := l.start
	p, err := l.probe(l.length)
	for err == nil {
		switch {
		case l.tries == l.left:
			return [...]linePoint{l.start, p}[lowest(l.start, p)], nil
		case l.high(p) || l.tries > 1 && p.loss >= before.loss:
			return l.zoom(before, p)
		case l.flat(p):
			return p, nil
		case p.slope >= 0:
			return l.zoom(before, p)
		}
		at := cubic(before, p, p.at+float64(0.01*(p.at-before.at)), p.at*10)
		before = p
		p, err = l.probe(at)
		l.tries++
	}
	return p, err
}

// zoom narrows the interval between two points.
func (l *lineSearch) zoom(a, b linePoint) (linePoint, error) {
	ends, low := [2]linePoint{a, b}, lowest(a, b)
	size, short := l.d.maxAbs(), false
	for l.tries < l.left && !(math.Abs(ends[1].at-ends[0].at)*size < l.hyper["tolerance_change"]) {
		var at float64
		at, short = inside(ends[0], ends[1], short)
		p, err := l.probe(at)
		if err != nil {
			return p, err
		}
		l.tries++
		switch {
		case l.high(p) || p.loss >= ends[low].loss:
			ends[1-low] = p
			low = lowest(ends[0], ends[1])
			continue
		case l.flat(p):
			return p, nil
		case p.slope*(ends[1-low].at-ends[low].at) >= 0:
			ends[1-low] = ends[low]
		}
		ends[low] = p
	}
	return ends[low], nil
}

// lowest is which of two points has the lower loss.
func lowest(a, b linePoint) int {
	if a.loss <= b.loss {
		return 0
	}
	return 1
}

// inside chooses a point between two; short says, of the time before and of
// this, that it was near one of them and yet taken.
func inside(a, b linePoint, short bool) (float64, bool) {
	from, to := min(a.at, b.at), max(a.at, b.at)
	at := cubic(a, b, from, to)
	edge := 0.1 * (to - from)
	switch {
	case !(min(to-at, at-from) < edge):
		return at, false
	case !short && at < to && at > from:
		return at, true
	case math.Abs(at-to) < math.Abs(at-from):
		return to - edge, false
	}
	return from + edge, false
}

// cubic is the minimum of the cubic through two points with their slopes,
// within bounds: (3.59).
func cubic(a, b linePoint, least, most float64) float64 {
	if a.at > b.at {
		a, b = b, a
	}
	d1 := a.slope + b.slope - 3*(a.loss-b.loss)/(a.at-b.at)
	square := float64(d1*d1) - float64(a.slope*b.slope)
	if !(square >= 0) {
		return (least + most) / 2
	}
	d2 := math.Sqrt(square)
	at := b.at - float64((b.at-a.at)*((b.slope+d2-d1)/(b.slope-a.slope+2*d2)))
	return min(max(at, least), most)
}
