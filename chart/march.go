package chart

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// Contours by marching squares. Around the grid is a rim of vertices, at the
// places of those at the edge, that are lower than any level: so every contour
// is a closed ring, and those of a level together are the region above it. Rings
// have what is higher on their left, by which nonzero winding fills the region
// and leaves its holes.

// march looks for one level in a grid.
type march struct {
	grid          *Grid
	level         float64
	columns, rows int // of the grid
	next          []int32
	rim           []bool // of the stretch from an edge to the next
}

// An edge of the grid is a number: the vertex where it begins, counted with the
// rim, and whether it goes up or to the right.
const (
	rightwards = 0
	upwards    = 1
)

func (m *march) edge(i, j, direction int) int {
	return ((j+1)*(m.columns+2)+i+1)*2 + direction
}

// above gives the region where the grid is above a level, and the lines around
// it but for those along the edge of the grid.
func (g *Grid) above(level float64, x, y func(float64) vg.Length) (region, borders vg.Path) {
	m := &march{grid: g, level: level, columns: len(g.X), rows: len(g.Y)}
	m.link()
	for start := range m.next {
		var ring []bend
		for at := int32(start); m.next[at] >= 0; {
			cx, cy := m.crossing(int(at))
			ring = append(ring, bend{vg.Point{X: x(cx), Y: y(cy)}, m.rim[at]})
			at, m.next[at] = m.next[at], -1
		}
		if len(ring) == 0 {
			continue
		}
		ring = simplify(append(ring, ring[0]))
		region.Move(ring[0].Point)
		borders.Move(ring[0].Point)
		for i, b := range ring[1:] {
			region.Line(b.Point)
			if ring[i].rim {
				borders.Move(b.Point)
			} else {
				borders.Line(b.Point)
			}
		}
		region.Close()
	}
	return region, borders
}

// bend is a point of a ring on the canvas; rim tells that from here to the next
// the ring runs along the edge, of the grid or of where its values can be drawn.
type bend struct {
	vg.Point
	rim bool
}

// simplify leaves out the points of a ring without which it looks the same.
func simplify(ring []bend) []bend {
	kept, last := ring[:1:1], 0
	for i := 1; i < len(ring)-1; i++ {
		if !straight(ring[last : i+2]) {
			kept, last = append(kept, ring[i]), i
		}
	}
	return append(kept, ring[len(ring)-1])
}

// straight reports whether points are all close to the line from the first to
// the last, to a tenth of a point.
func straight(points []bend) bool {
	from, to := points[0].Point, points[len(points)-1].Point
	along := to.Sub(from)
	length := math.Hypot(float64(along.X), float64(along.Y))
	for _, p := range points[1 : len(points)-1] {
		off := p.Sub(from)
		across := math.Abs(float64(along.X*off.Y - along.Y*off.X))
		if length == 0 || across > 0.1*length || along.Dot(off) < 0 || along.Dot(off) > vg.Length(length*length) {
			return false
		}
	}
	return true
}

// link finds, for each edge that a contour crosses, the edge that it crosses next.
func (m *march) link() {
	edges := (m.columns + 2) * (m.rows + 2) * 2
	m.next, m.rim = make([]int32, edges), make([]bool, edges)
	for i := range m.next {
		m.next[i] = -1
	}
	for j := -1; j < m.rows; j++ {
		for i := -1; i < m.columns; i++ {
			m.square(i, j)
		}
	}
}

// square links the edges of the square whose lowest left vertex is i, j. Going
// round it against the clock, a contour enters where the values fall below the
// level and leaves where they rise above.
func (m *march) square(i, j int) {
	edges := [4]int{m.edge(i, j, rightwards), m.edge(i+1, j, upwards), m.edge(i, j+1, rightwards), m.edge(i, j, upwards)}
	corners := [4]float64{m.value(i, j), m.value(i+1, j), m.value(i+1, j+1), m.value(i, j+1)}
	rim := false
	for _, z := range corners {
		rim = rim || math.IsInf(z, 0)
	}
	high := func(k int) bool { return corners[k%4] >= m.level }
	turn := 1 // where two contours meet they go around the low corners if the middle is high
	if (corners[0]+corners[1]+corners[2]+corners[3])/4 < m.level {
		turn = 3
	}
	for k := range 4 {
		if !high(k) || high(k+1) {
			continue
		}
		to := (k + turn) % 4
		for high(to) || !high(to+1) {
			to = (to + turn) % 4
		}
		m.next[edges[k]], m.rim[edges[k]] = int32(edges[to]), rim
	}
}

// value is that of a vertex; what cannot be drawn is as high as anything.
func (m *march) value(i, j int) float64 {
	if m.outside(i, j) {
		return math.Inf(-1)
	}
	if z := m.grid.Z[j][i]; usable(z) {
		return z
	}
	return math.Inf(1)
}

func (m *march) outside(i, j int) bool {
	return i < 0 || j < 0 || i >= m.columns || j >= m.rows
}

// crossing is where the contour crosses an edge.
func (m *march) crossing(edge int) (x, y float64) {
	i, j := edge/2%(m.columns+2)-1, edge/2/(m.columns+2)-1
	i1, j1 := i+1-edge%2, j+edge%2
	a, b := m.value(i, j), m.value(i1, j1)
	share := (m.level - a) / (b - a)
	switch {
	case m.outside(i, j) || math.IsInf(a, 0) && !m.outside(i1, j1):
		share = 1
	case math.IsInf(b, 0):
		share = 0
	}
	return m.x(i)*(1-share) + m.x(i1)*share, m.y(j)*(1-share) + m.y(j1)*share
}

func (m *march) x(i int) float64 { return m.grid.X[min(max(i, 0), m.columns-1)] }
func (m *march) y(j int) float64 { return m.grid.Y[min(max(j, 0), m.rows-1)] }
