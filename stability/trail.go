package stability

import "math"

// trails watches many weights on their way.
type trails struct {
	steps, step int
	all         []trail
}

// trail is what is remembered of one weight's way. A size is the larger of two
// steps' distances from the minimum, so that crossing it does not count as nearness.
type trail struct {
	last, size    float64    // the weight after the step before, and the size now
	least         float64    // size
	far, move     [4]float64 // the largest distance, and the longest step, in each quarter
	highAt, lowAt int        // the first steps at which the size is below high and low, 0 for none
	highIs, lowIs float64    // and what it is there
	gone          bool
}

func newTrails(n, steps int) *trails {
	t := &trails{steps: steps, all: make([]trail, n)}
	for i := range t.all {
		t.all[i] = trail{last: 1, least: 1}
	}
	return t
}

// add notes where the weights are after a step.
func (t *trails) add(w []float64) {
	quarter := 4 * t.step / t.steps
	t.step++
	for i := range t.all {
		at := &t.all[i]
		distance := math.Abs(w[i])
		if !(distance < gone) { // NaN neither
			at.gone = true
			continue
		}
		at.size = max(distance, math.Abs(at.last))
		at.least = min(at.least, at.size)
		at.far[quarter] = max(at.far[quarter], distance)
		at.move[quarter] = max(at.move[quarter], math.Abs(w[i]-at.last))
		at.last = w[i]
		if at.highAt == 0 && at.size < high {
			at.highAt, at.highIs = t.step, at.size
		}
		if at.lowAt == 0 && at.size < low {
			at.lowAt, at.lowIs = t.step, at.size
		}
	}
}

// points tell what has come of the weights.
func (t *trails) points() []Point {
	points := make([]Point, len(t.all))
	for i := range points {
		points[i] = t.all[i].point(t.steps)
	}
	return points
}

// point tells the outcome. What is nowhere near the minimum in the end still
// converges where from quarter to quarter it has come nearer, much or without
// ever turning back, by ever shorter steps: steps that stay as long as they were
// lead there, and then across.
func (t *trail) point(steps int) Point {
	near, change := max(t.far[2], t.far[3]), math.Pow(t.far[3]/t.far[1], 2/float64(steps))
	const much, little = 0.1, 1 - 1e-4
	switch {
	case t.gone:
		return Point{Diverges, math.Inf(1), math.Inf(1)}
	case near < low:
		return Point{Converges, t.rate(), near}
	case falls(t.move, little) && (falls(t.far, much) || falls(t.far, little) && t.size <= t.least):
		return Point{Converges, change, near}
	case t.far[3] > 10 && t.far[3] > t.far[2]/much && t.far[2] > t.far[1]/much:
		return Point{Diverges, change, near}
	}
	return Point{Stays, 1, near}
}

// falls reports whether the last three of four numbers become smaller, each at
// least by a factor.
func falls(x [4]float64, factor float64) bool { return x[2] < factor*x[1] && x[3] < factor*x[2] }

// rate is the factor of a step between high and low, or from the start where
// one step goes below both.
func (t *trail) rate() float64 {
	if t.lowAt == t.highAt {
		return math.Pow(t.lowIs, 1/float64(t.lowAt))
	}
	return math.Pow(t.lowIs/t.highIs, 1/float64(t.lowAt-t.highAt))
}
