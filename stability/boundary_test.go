package stability

import (
	"math"
	"testing"

	"github.com/descent-go/descent/optim"
)

// TestBoundary: the pieces lie on the known line, end to end, and cross the map.
func TestBoundary(t *testing.T) {
	s, err := Open(optim.SGD, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, y := Axis{"lr", Linear.Spread(0.1, 4.4, 12), Linear}, Axis{"momentum", Linear.Spread(0, 0.95, 10), Linear}
	m, err := s.Map(t.Context(), x, y, MinSteps, nil)
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := m.boundary()
	if err != nil {
		t.Fatal(err)
	}
	ends := map[[2]float64]int{}
	for _, p := range pieces {
		for _, end := range [][2]float64{{p.x0, p.y0}, {p.x1, p.y1}} {
			ends[end]++
			if math.Abs(end[0]-2*(1+end[1])) > 1e-9 {
				t.Errorf("a piece ends at lr = %v, momentum = %v, which is not on the boundary", end[0], end[1])
			}
		}
	}
	var open []float64
	for end, n := range ends {
		if n == 1 {
			open = append(open, end[1])
		}
	}
	if len(open) != 2 || math.Abs(open[0]-open[1]) != 0.95 {
		t.Errorf("%d pieces with loose ends at momentum = %v, expected one line from 0 to 0.95", len(pieces), open)
	}
}

// TestBoundaryRan: where points are run, the boundary goes halfway between them.
func TestBoundaryRan(t *testing.T) {
	m := &Map{X: Axis{Values: []float64{1, 100}, Scale: Log}, Y: Axis{Values: []float64{0, 1, 2}}, Steps: 100,
		Points: [][]Point{{{}, {Outcome: Stays}}, {{}, {Outcome: Diverges}}, {{}, {}}}}
	pieces, err := m.boundary()
	if err != nil {
		t.Fatal(err)
	}
	want := []segment{{10, 0, 10, 1}, {10, 1, 100, 1.5}}
	for i, p := range pieces {
		got := []float64{p.x0, p.y0, p.x1, p.y1}
		for k, v := range []float64{want[i].x0, want[i].y0, want[i].x1, want[i].y1} {
			if math.Abs(got[k]-v) > 1e-12 {
				t.Errorf("piece %d is %v, expected %v", i, p, want[i])
			}
		}
	}
	if len(pieces) != 2 {
		t.Errorf("pieces %v, expected %v", pieces, want)
	}
}
