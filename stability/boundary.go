package stability

import (
	"context"
	"math"
)

// Interval is a stretch of the axis x on which a rule converges.
type Interval struct {
	From, To         float64 // where it begins and ends
	FromEdge, ToEdge bool    // with the axis's first or last value, and perhaps beyond
}

// Intervals finds where on the axis x the rule converges for one value of y, which
// on a line has no meaning. The ends are found between the axis's values by
// halving: to the last digit where points are computed, to a thousandth where they
// are run. When ctx is done Intervals ends with its error.
func (m *Map) Intervals(ctx context.Context, y float64) ([]Interval, error) {
	row, err := m.some(ctx, m.X.Values, y)
	if err != nil {
		return nil, err
	}
	var found []Interval
	xs := m.X.Values
	for i := 0; i < len(xs); i++ {
		if row[i].Outcome != Converges {
			continue
		}
		v := Interval{From: xs[i], FromEdge: i == 0}
		if i > 0 {
			if v.From, err = m.edge(ctx, xs[i], xs[i-1], y, y); err != nil {
				return nil, err
			}
		}
		for i+1 < len(xs) && row[i+1].Outcome == Converges {
			i++
		}
		v.To, v.ToEdge = xs[i], i+1 == len(xs)
		if !v.ToEdge {
			if v.To, err = m.edge(ctx, xs[i], xs[i+1], y, y); err != nil {
				return nil, err
			}
		}
		found = append(found, v)
	}
	return found, nil
}

// edge halves the way from where the rule converges to where it does not, along
// one axis, and gives that axis's value at the edge.
func (m *Map) edge(ctx context.Context, x0, x1, y0, y1 float64) (float64, error) {
	from, to := x0, x1
	if x0 == x1 {
		from, to = y0, y1
	}
	near := 0.0
	if m.Steps > 0 {
		near = 1e-3
	}
	for {
		middle := from + (to-from)/2
		if middle == from || middle == to || math.Abs(to-from) <= near*math.Abs(middle) {
			return middle, nil
		}
		x, y := middle, y0
		if x0 == x1 {
			x, y = x0, middle
		}
		p, err := m.At(ctx, x, y)
		if err != nil {
			return 0, err
		}
		if p.Outcome == Converges {
			from = middle
		} else {
			to = middle
		}
	}
}

// segment is a piece of the boundary.
type segment struct{ x0, y0, x1, y1 float64 }

// boundary is between the points that converge and those that do not: through
// every cell of the grid that has both goes a piece, or two, between its sides.
// Where points are computed it cuts the sides at the edge itself, elsewhere in
// their middle.
func (m *Map) boundary() ([]segment, error) {
	var pieces []segment
	cuts := map[[4]int][2]float64{}
	for j := range len(m.Y.Values) - 1 {
		for i := range len(m.X.Values) - 1 {
			var ends [][2]float64
			for _, side := range [][4]int{{i, j, i + 1, j}, {i + 1, j, i + 1, j + 1}, {i, j + 1, i + 1, j + 1}, {i, j, i, j + 1}} {
				if m.converges(side[0], side[1]) == m.converges(side[2], side[3]) {
					continue
				}
				end, ok := cuts[side]
				if !ok {
					var err error
					if end, err = m.cut(side); err != nil {
						return nil, err
					}
					cuts[side] = end
				}
				ends = append(ends, end)
			}
			for ; len(ends) >= 2; ends = ends[2:] {
				pieces = append(pieces, segment{ends[0][0], ends[0][1], ends[1][0], ends[1][1]})
			}
		}
	}
	return pieces, nil
}

func (m *Map) converges(i, j int) bool { return m.Points[j][i].Outcome == Converges }

// cut is where the boundary cuts a side of a cell, given by the places of its ends.
func (m *Map) cut(side [4]int) ([2]float64, error) {
	if !m.converges(side[0], side[1]) {
		side[0], side[1], side[2], side[3] = side[2], side[3], side[0], side[1]
	}
	x0, y0, x1, y1 := m.X.Values[side[0]], m.Y.Values[side[1]], m.X.Values[side[2]], m.Y.Values[side[3]]
	if m.Steps > 0 {
		return [2]float64{m.X.Scale.at(x0, x1, 0.5), m.Y.Scale.at(y0, y1, 0.5)}, nil
	}
	v, err := m.edge(context.Background(), x0, x1, y0, y1)
	if x0 == x1 {
		return [2]float64{x0, v}, err
	}
	return [2]float64{v, y0}, err
}
