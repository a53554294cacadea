package surface

import (
	"math"
	"slices"
)

// enough is the height that counts as that of the minimum: one sees no difference.
const enough = 1e-3

// How far above the start a path may lead, as a share of the height there: hardly,
// or, where it must, over hills between dips, but not up steep walls.
const (
	gentle = 0.1
	hilly  = 0.5
)

// Height is how far above the minimum a path ends: the mean loss over its last
// quarter, less that of [Surface.Minimum], as a share of that at its start. It is
// +Inf for a path that goes astray, that is diverges, leaves the surroundings or
// climbs above its start by more than half the height there, and for one that
// starts at the minimum.
func (s *Surface) Height(p *Path) float64 {
	if len(p.Points) == 0 {
		return math.Inf(1)
	}
	y := s.yardstick([2]float64{p.Points[0].X, p.Points[0].Y})
	if slices.ContainsFunc(p.Points, y.astray) {
		return math.Inf(1)
	}
	height, _ := y.height(p)
	return height
}

// yardstick measures paths from a start.
type yardstick struct {
	s         *Surface
	start     [2]float64
	near      Window
	low, high float64 // the losses at the minimum and at the start
	climb     float64
}

func (s *Surface) yardstick(start [2]float64) yardstick {
	low, _ := s.Minimum()
	return yardstick{s, start, s.Surroundings(start), low, s.At(start[0], start[1]), hilly}
}

// astray tells of a point whether it is out of the surroundings or too high.
func (y yardstick) astray(p Point) bool {
	return y.s.lost(y.start, p) || !y.near.Contains(p.X, p.Y) || p.Loss-y.high > y.climb*math.Abs(y.high-y.low)
}

// height gives the mean loss over the last quarter of a path, and its height.
func (y yardstick) height(p *Path) (height, loss float64) {
	last := p.Points[len(p.Points)*3/4:]
	for _, q := range last {
		loss += q.Loss / float64(len(last))
	}
	height = (loss - y.low) / math.Abs(y.high-y.low)
	if p.Diverged || math.IsNaN(height) {
		return math.Inf(1), math.Inf(1)
	}
	return height, loss
}
