package chart

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Grid is a function of two variables by its values at the crossings of lines.
type Grid struct {
	X, Y []float64   // where the lines are, ascending
	Z    [][]float64 // Z[row][column] is the value at X[column], Y[row]; what is not finite is left out
}

// Sample evaluates f on a grid of columns by rows, evenly spaced from x0 to x1
// and from y0 to y1, ends included.
func Sample(f func(x, y float64) float64, x0, x1, y0, y1 float64, columns, rows int) *Grid {
	g := &Grid{X: spaced(x0, x1, columns), Y: spaced(y0, y1, rows)}
	for _, y := range g.Y {
		row := make([]float64, len(g.X))
		for i, x := range g.X {
			row[i] = f(x, y)
		}
		g.Z = append(g.Z, row)
	}
	return g
}

// spaced are n numbers from low to high at even distances.
func spaced(low, high float64, n int) []float64 {
	numbers := make([]float64, max(n, 0))
	for i := range numbers {
		at := float64(i) / float64(max(n-1, 1))
		numbers[i] = low*(1-at) + high*at
	}
	return numbers
}

// check reports a grid that is no grid or has nothing to draw.
func (g *Grid) check() error {
	if g == nil {
		return errors.New("chart: no grid: make one with Sample")
	}
	if len(g.X) < 2 || len(g.Y) < 2 || !slices.IsSorted(g.X) || !slices.IsSorted(g.Y) {
		return fmt.Errorf("chart: a grid of %d by %d: expected at least 2 by 2, in ascending order", len(g.X), len(g.Y))
	}
	if len(g.Z) != len(g.Y) {
		return fmt.Errorf("chart: a grid of %d rows of values for %d of y: expected as many", len(g.Z), len(g.Y))
	}
	for _, row := range g.Z {
		if len(row) != len(g.X) {
			return fmt.Errorf("chart: a grid with a row of %d values for %d of x: expected as many", len(row), len(g.X))
		}
	}
	if len(g.sorted()) == 0 {
		return errors.New("chart: a grid without a finite value")
	}
	return nil
}

// sorted are the values that can be drawn, ascending.
func (g *Grid) sorted() []float64 {
	var values []float64
	for _, row := range g.Z {
		for _, z := range row {
			if usable(z) {
				values = append(values, z)
			}
		}
	}
	slices.Sort(values)
	return values
}

// Levels are heights for n contour lines, ascending: between them is as much of
// the plane, but less and less towards the minimum, so that narrow valleys show
// whatever the heights around them. A grid without a finite value has none.
func (g *Grid) Levels(n int) []float64 {
	values := g.sorted()
	if len(values) == 0 {
		return nil
	}
	var levels []float64
	for i := range n {
		share := math.Pow(float64(i+1)/float64(n+1), 1.7)
		level := values[int(share*float64(len(values)-1))]
		if len(levels) == 0 && level > values[0] || len(levels) > 0 && level > levels[len(levels)-1] {
			levels = append(levels, level)
		}
	}
	return levels
}
