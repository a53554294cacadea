package main

import (
	"strconv"
	"strings"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/stability"
)

// The numbers of values on the axes. Runs take longer.
const (
	computedColumns, computedRows = 180, 120
	ranColumns, ranRows           = 48, 36
	ranLine                       = 120 // of a line's only axis
)

// averages are hyperparameters that say for how long a rule remembers: the axis
// y is the first of them that it has.
var averages = []string{"momentum", "beta2", "beta", "rho", "beta1"}

// axes are the two hyperparameters with their values; y is nothing where there is
// but one.
func (f *stabilityFlags) axes(s *stability.System) (x, y stability.Axis, err error) {
	_, linear := s.Matrix()
	columns, rows := ranColumns, ranRows
	if linear {
		columns, rows = computedColumns, computedRows
	}
	across, err := f.hyperOf(s, f.x, []string{"lr"}, f.y)
	if err != nil {
		return x, y, err
	}
	if across == nil && f.y != "" {
		return x, y, usagef("--y %s: %s has no other hyperparameter to the right; leave --y out", f.y, s.Name())
	}
	if across == nil {
		return x, y, usagef("%s has no hyperparameter that is a number: there is nothing to vary", s.Name())
	}
	up, err := f.hyperOf(s, f.y, averages, across.Name)
	switch {
	case err != nil:
		return x, y, err
	case up == nil && f.yRange != "":
		return x, y, usagef("--y-range: %s has no hyperparameter beside %s", s.Name(), across.Name)
	case up == nil:
		x, err = axisOf(s, across, "--x-range", f.xRange, linear, max(columns, ranLine))
		return x, y, err
	}
	if x, err = axisOf(s, across, "--x-range", f.xRange, linear, columns); err != nil {
		return x, y, err
	}
	y, err = axisOf(s, up, "--y-range", f.yRange, linear, rows)
	return x, y, err
}

// hyperOf is the hyperparameter of an axis: the one named, the first of those
// that are usual, or the first that is a number; never the other axis's. It is nil
// where there is none.
func (f *stabilityFlags) hyperOf(s *stability.System, name string, usual []string, other string) (*formula.Hyper, error) {
	if name != "" {
		h, err := s.Hyper(name)
		if err != nil {
			return nil, usagef("%s", strings.TrimPrefix(err.Error(), "stability: "))
		}
		return h, nil
	}
	for _, h := range s.Hypers() {
		usual = append(usual, h.Name)
	}
	for _, name := range usual {
		h, err := s.Hyper(name)
		if err == nil && h.Name != other && !strings.HasSuffix(h.Name, "."+other) && len(h.Range.Choices) == 0 {
			return h, nil
		}
	}
	return nil, nil
}

// axisOf gives a hyperparameter its values.
func axisOf(s *stability.System, h *formula.Hyper, flag, text string, linear bool, n int) (stability.Axis, error) {
	low, high := usualRange(s, h, linear)
	if text != "" {
		var err error
		if low, high, err = readRange(h, flag, text); err != nil {
			return stability.Axis{}, err
		}
	}
	scale := stability.Linear
	switch {
	case h.Range.Hi == 1 && high < 1 && 1-low >= 50*(1-high) && !linear:
		scale = stability.NearOne
	case low > 0 && high >= 50*low:
		scale = stability.Log
	}
	return stability.Axis{Name: h.Name, Values: scale.Spread(low, high, n), Scale: scale}, nil
}

// readRange reads low:high.
func readRange(h *formula.Hyper, flag, text string) (low, high float64, err error) {
	before, after, ok := strings.Cut(text, ":")
	low, wrongLow := strconv.ParseFloat(before, 64)
	high, wrongHigh := strconv.ParseFloat(after, 64)
	if !ok || wrongLow != nil || wrongHigh != nil || !(low < high) {
		return 0, 0, usagef("%s %s: expected two numbers, the lower first, as in 0.001:10", flag, text)
	}
	for _, v := range []float64{low, high} {
		if err := h.Check(v); err != nil {
			return 0, 0, usagef("%s %s: %w", flag, text, err)
		}
	}
	return low, high, nil
}

// usualRange are the ends of an axis.
func usualRange(s *stability.System, h *formula.Hyper, linear bool) (low, high float64) {
	r, now := h.Range, s.Value(h.Name)
	switch {
	case h.Name == "lr" && linear: // sgd ends at 2/h, with momentum before 4/h
		return 0, max(4.4/s.Curvature(), 1.1*now)
	case h.Name == "lr" && now > 0:
		return min(1e-4, now/10), max(10, now)
	case h.Name == "lr":
		return 1e-4, 10
	case r.Lo == 0 && r.Hi == 1 && linear:
		return firstLegal(h, 0), max(0.99, now)
	case r.Lo == 0 && r.Hi == 1:
		return firstLegal(h, 0), max(0.999, now)
	case now > 0:
		return legal(h, now/1000, r.Lo), legal(h, now*1000, r.Hi)
	}
	return firstLegal(h, 0), legal(h, 1, r.Hi)
}

// firstLegal is a number or, where that is not legal, one a little above.
func firstLegal(h *formula.Hyper, v float64) float64 { return legal(h, v, v+0.001) }

// legal is the first of two numbers if that is legal, or else the second.
func legal(h *formula.Hyper, v, other float64) float64 {
	if h.Check(v) == nil {
		return v
	}
	return other
}
