package stability

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Axis is a hyperparameter that is varied.
type Axis struct {
	Name   string
	Values []float64 // ascending
	Scale  Scale     // how it is drawn
}

// Map is what a rule does in the plane of two hyperparameters.
type Map struct {
	System *System
	X, Y   Axis
	Points [][]Point // Points[row][column] is for X.Values[column] and Y.Values[row]
	Steps  int       // of the runs; 0 where the points are computed
}

// Map looks at every pair of values of two hyperparameters. Where the formula is
// linear everywhere, the points are computed, otherwise runs of so many steps
// are made for all. Progress, if not nil, is told from time to time how many of
// all rows are done.
func (s *System) Map(x, y Axis, steps int, progress func(done, all int)) (*Map, error) {
	for _, a := range []*Axis{&x, &y} {
		if err := s.check(a); err != nil {
			return nil, err
		}
	}
	if x.Name == y.Name {
		return nil, fmt.Errorf("stability: both axes are %s: expected two hyperparameters", x.Name)
	}
	if steps < MinSteps {
		return nil, fmt.Errorf("stability: runs of %d steps: expected at least %d, of which late ones tell the rate", steps, MinSteps)
	}
	m := &Map{System: s, X: x, Y: y}
	err := m.fill(m.computed, progress)
	if err == errNotLinear {
		m.Steps = steps
		err = m.fill(m.ran, progress)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

var errNotLinear = errors.New("stability: the rule is not linear with these values")

// check makes an axis's name whole and tries its values.
func (s *System) check(a *Axis) error {
	h, err := s.Hyper(a.Name)
	if err != nil {
		return err
	}
	if len(h.Range.Choices) > 0 {
		return fmt.Errorf("stability: %s is a choice of %v: expected a hyperparameter that is a number", h.Name, h.Range.Choices)
	}
	a.Name = h.Name
	if len(a.Values) < 2 || !slices.IsSorted(a.Values) {
		return fmt.Errorf("stability: %d values of %s: expected 2 or more, ascending", len(a.Values), a.Name)
	}
	for _, v := range a.Values {
		if err := h.Check(v); err != nil {
			return fmt.Errorf("stability: %w", err)
		}
	}
	switch first, last := a.Values[0], a.Values[len(a.Values)-1]; {
	case a.Scale == Log && first <= 0:
		return fmt.Errorf("stability: %s = %v on an axis with the scale Log: expected values above 0", a.Name, first)
	case a.Scale == NearOne && last >= 1:
		return fmt.Errorf("stability: %s = %v on an axis with the scale NearOne: expected values below 1", a.Name, last)
	case first == last:
		return fmt.Errorf("stability: all values of %s are %v: expected some that differ", a.Name, first)
	}
	return nil
}

// fill makes the rows, several at a time.
func (m *Map) fill(row func(y float64) ([]Point, error), progress func(done, all int)) error {
	n := len(m.Y.Values)
	m.Points = make([][]Point, n)
	var lock sync.Mutex
	var failed error
	next, done := 0, 0
	worker := func() {
		lock.Lock()
		defer lock.Unlock()
		for next < n && failed == nil {
			i := next
			next++
			lock.Unlock()
			points, err := row(m.Y.Values[i])
			lock.Lock()
			m.Points[i], done = points, done+1
			if err != nil {
				failed = err
			} else if progress != nil {
				progress(done, n)
			}
		}
	}
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(worker)
	}
	wait.Wait()
	return failed
}

// ran runs the points of a row.
func (m *Map) ran(y float64) ([]Point, error) {
	values := make([][]float64, len(m.X.Values))
	for i, x := range m.X.Values {
		values[i] = []float64{x, y}
	}
	return m.System.Run([]string{m.X.Name, m.Y.Name}, values, m.Steps)
}

// computed computes the points of a row.
func (m *Map) computed(y float64) ([]Point, error) {
	points := make([]Point, len(m.X.Values))
	for i, x := range m.X.Values {
		p, ok, err := m.compute(x, y)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errNotLinear
		}
		points[i] = p
	}
	return points, nil
}

// compute computes one point.
func (m *Map) compute(x, y float64) (p Point, ok bool, err error) {
	with, err := m.System.With(map[string]float64{m.X.Name: x, m.Y.Name: y})
	if err != nil {
		return p, false, err
	}
	radius, ok := with.Radius()
	return computedPoint(radius), ok, nil
}

// row makes the points of a row, as all of the map are made.
func (m *Map) row(y float64) ([]Point, error) {
	if m.Steps > 0 {
		return m.ran(y)
	}
	return m.computed(y)
}

// At makes the point of one pair of values, as those of the map are made.
func (m *Map) At(x, y float64) (Point, error) {
	if m.Steps > 0 {
		points, err := m.System.Run([]string{m.X.Name, m.Y.Name}, [][]float64{{x, y}}, m.Steps)
		if err != nil {
			return Point{}, err
		}
		return points[0], nil
	}
	p, ok, err := m.compute(x, y)
	if err == nil && !ok {
		err = errNotLinear
	}
	return p, err
}

// computedPoint is what comes of a spectral radius. One that differs from 1 by
// less than it can be computed is 1.
func computedPoint(radius float64) Point {
	p := Point{Outcome: Stays, Rate: radius, Near: math.NaN()}
	switch {
	case radius < 1-1e-14:
		p.Outcome = Converges
	case radius > 1+1e-14:
		p.Outcome = Diverges
	}
	return p
}

// Best is the point of the least rate among those that converge, and where it
// is. ok is false where none does.
func (m *Map) Best() (x, y float64, p Point, ok bool) {
	for row, points := range m.Points {
		for column, at := range points {
			if at.Outcome == Converges && (!ok || at.Rate < p.Rate) {
				x, y, p, ok = m.X.Values[column], m.Y.Values[row], at, true
			}
		}
	}
	return x, y, p, ok
}
