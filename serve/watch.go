package serve

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/descent-go/descent/online"
)

// historySeconds is how far back the page looks.
const historySeconds = 600

// point is what has been done up to a second.
type point struct {
	at          time.Time
	learned     int
	predictions int64
	sums        sums
}

// history has the last points, the oldest first.
type history struct {
	mu     sync.Mutex
	points []point
}

func (h *history) record(p point) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.points) > historySeconds {
		h.points = slices.Delete(h.points, 0, 1)
	}
	h.points = append(h.points, p)
}

// since gives the points after a time in milliseconds.
func (h *history) since(t int64) []point {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := len(h.points)
	for i > 0 && h.points[i-1].at.UnixMilli() > t {
		i--
	}
	return slices.Clone(h.points[i:])
}

// look is the point of now.
func (s *Service) look() point {
	s.model.RLock()
	defer s.model.RUnlock()
	return point{time.Now(), s.learner.Learned(), s.metrics.predicted.Load(), s.sums}
}

// watch records a point each second, until Close.
func (s *Service) watch() {
	defer s.stopped.Done()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			s.history.record(s.look())
		}
	}
}

// maxTop is how many weights may be asked for.
const maxTop = 100

// strongest are the weights farthest from 0.
type strongest struct {
	mu      sync.Mutex
	top     []online.Weight // at most maxTop, the strongest first
	nonZero int
	next    time.Time // before which they are not looked at again
}

// rest is how many times longer than looking at the weights takes they are not
// looked at again: learning waits meanwhile.
const rest = 20

// strong gives the strongest weights and the number of those that are not 0.
// Both may be of a moment ago.
func (s *Service) strong() ([]online.Weight, int) {
	s.weights.mu.Lock()
	defer s.weights.mu.Unlock()
	if now := time.Now(); !now.Before(s.weights.next) {
		s.still.Lock()
		s.weights.look(s.learner)
		s.still.Unlock()
		s.weights.next = now.Add(rest * time.Since(now))
	}
	return s.weights.top, s.weights.nonZero
}

// look looks at all weights.
func (w *strongest) look(l *online.Learner) {
	var top []online.Weight
	stronger := func(a, b online.Weight) int {
		return cmp.Or(cmp.Compare(math.Abs(float64(b.Value)), math.Abs(float64(a.Value))), cmp.Compare(a.Index, b.Index))
	}
	w.nonZero = 0
	for weight := range l.Weights() {
		w.nonZero++
		if len(top) == maxTop && stronger(weight, top[maxTop-1]) > 0 {
			continue
		}
		i, _ := slices.BinarySearchFunc(top, weight, stronger)
		top = slices.Insert(top, i, weight)
		top = top[:min(len(top), maxTop)]
	}
	w.top = top
}
