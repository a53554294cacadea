package stability

import (
	"context"
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

// Map is what a rule does in the plane of two hyperparameters, or on the line of
// one, where Y has no name and no values.
type Map struct {
	System *System
	X, Y   Axis
	Points [][]Point // Points[row][column] is for X.Values[column] and Y.Values[row]; a line has one row
	Steps  int       // of the runs; 0 where the points are computed
}

// Map looks at every pair of values of two hyperparameters or, with the zero Axis
// for y, at the values of one. Where the formula is linear everywhere, the points
// are computed, otherwise runs of so many steps are made for all. Progress, if not
// nil, is told from time to time how many of all parts, as rows, are done. When ctx
// is done Map ends with its error.
func (s *System) Map(ctx context.Context, x, y Axis, steps int, progress func(done, all int)) (*Map, error) {
	axes := []*Axis{&x, &y}
	if y.Name == "" && y.Values == nil {
		axes = axes[:1]
	}
	for _, a := range axes {
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
	err := m.fill(ctx, progress)
	if err == errNotLinear {
		m.Steps = steps
		err = m.fill(ctx, progress)
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

// part is what is done at a time: the points of some values of x with one of y.
type part struct {
	xs []float64
	y  float64
}

// parts are the rows, or pieces of the only one.
func (m *Map) parts() []part {
	var parts []part
	if m.line() {
		for xs := range slices.Chunk(m.X.Values, piece) {
			parts = append(parts, part{xs: xs})
		}
	}
	for _, y := range m.Y.Values {
		parts = append(parts, part{m.X.Values, y})
	}
	return parts
}

// piece is the number of values in a part of a line.
const piece = 8

// fill makes the points, several parts at a time.
func (m *Map) fill(ctx context.Context, progress func(done, all int)) error {
	parts := m.parts()
	n := len(parts)
	points := make([][]Point, n)
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
			made, err := m.some(ctx, parts[i].xs, parts[i].y)
			lock.Lock()
			points[i], done = made, done+1
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
	if m.line() {
		points = [][]Point{slices.Concat(points...)}
	}
	m.Points = points
	return failed
}

// line reports whether only X is varied.
func (m *Map) line() bool { return m.Y.Name == "" }

// ran runs the points of some values of x.
func (m *Map) ran(ctx context.Context, xs []float64, y float64) ([]Point, error) {
	names := []string{m.X.Name, m.Y.Name}
	if m.line() {
		names = names[:1]
	}
	values := make([][]float64, len(xs))
	for i, x := range xs {
		values[i] = []float64{x, y}[:len(names)]
	}
	return m.System.Run(ctx, names, values, m.Steps)
}

// computed computes the points of some values of x.
func (m *Map) computed(ctx context.Context, xs []float64, y float64) ([]Point, error) {
	points := make([]Point, len(xs))
	for i, x := range xs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		values := map[string]float64{m.X.Name: x}
		if !m.line() {
			values[m.Y.Name] = y
		}
		with, err := m.System.With(values)
		if err != nil {
			return nil, err
		}
		radius, ok := with.Radius()
		if !ok {
			return nil, errNotLinear
		}
		points[i] = computedPoint(radius)
	}
	return points, nil
}

// some makes the points of some values of x, as all of the map are made.
func (m *Map) some(ctx context.Context, xs []float64, y float64) ([]Point, error) {
	if m.Steps > 0 {
		return m.ran(ctx, xs, y)
	}
	return m.computed(ctx, xs, y)
}

// At makes the point of one pair of values, as those of the map are made. On a
// line y has no meaning. When ctx is done At ends with its error.
func (m *Map) At(ctx context.Context, x, y float64) (Point, error) {
	points, err := m.some(ctx, []float64{x}, y)
	if err != nil {
		return Point{}, err
	}
	return points[0], nil
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
// is; on a line y is 0. ok is false where none does.
func (m *Map) Best() (x, y float64, p Point, ok bool) {
	for row, points := range m.Points {
		for column, at := range points {
			if at.Outcome == Converges && (!ok || at.Rate < p.Rate) {
				x, p, ok = m.X.Values[column], at, true
				if !m.line() {
					y = m.Y.Values[row]
				}
			}
		}
	}
	return x, y, p, ok
}
