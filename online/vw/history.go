package vw

import "github.com/descent-go/descent/online"

// Point is the losses of a run of examples with labels, those held out counting
// like others.
type Point struct {
	Examples int     // at its end
	Weight   float64 // importance of its examples
	Loss     float64 // their average loss
}

// maxPoints is how many points a history has at most. Then two become one.
const maxPoints = 1024

// history is points of equally many examples each.
type history struct {
	points []Point
	each   int     // examples of a point
	count  int     // examples so far
	weight float64 // of the point that is being made
	loss   float64
	n      int
}

// add adds an example.
func (h *history) add(loss float32, x *online.Example) {
	if x.Label != x.Label || !(x.Weight > 0) {
		return
	}
	h.count++
	h.n++
	h.weight += float64(x.Weight)
	h.loss += float64(loss)
	if h.n < max(1, h.each) {
		return
	}
	h.points = append(h.points, Point{h.count, h.weight, h.loss / h.weight})
	h.n, h.weight, h.loss = 0, 0, 0
	if len(h.points) == maxPoints {
		h.halve()
	}
}

// halve makes one point of two.
func (h *history) halve() {
	h.each = 2 * max(1, h.each)
	for i := range maxPoints / 2 {
		a, b := h.points[2*i], h.points[2*i+1]
		w := a.Weight + b.Weight
		h.points[i] = Point{b.Examples, w, (float64(a.Loss*a.Weight) + float64(b.Loss*b.Weight)) / w}
	}
	h.points = h.points[:maxPoints/2]
}
