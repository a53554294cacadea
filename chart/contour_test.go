package chart

import (
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// area is the area within rings, those with the clock taken from the others.
func area(path vg.Path) float64 {
	var sum float64
	var at, start vg.Point
	for _, c := range path {
		next := c.Pos
		switch c.Type {
		case vg.MoveComp:
			at, start = c.Pos, c.Pos
			continue
		case vg.CloseComp:
			next = start
		}
		sum += float64(at.X*next.Y-next.X*at.Y) / 2
		at = next
	}
	return sum
}

// length is that of all lines.
func length(path vg.Path) float64 {
	var sum float64
	for i, c := range path {
		if c.Type == vg.LineComp {
			sum += math.Hypot(float64(c.Pos.X-path[i-1].Pos.X), float64(c.Pos.Y-path[i-1].Pos.Y))
		}
	}
	return sum
}

// times is a transformation from data to a canvas.
func times(scale float64) func(float64) vg.Length {
	return func(v float64) vg.Length { return vg.Length(scale * v) }
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %g, want %g", what, got, want)
	}
}

func TestContourOfCircle(t *testing.T) {
	g := Sample(func(x, y float64) float64 { return x*x + y*y }, -2, 2, -2, 2, 81, 81)
	region, border := g.above(1, times(100), times(100))
	near(t, "area around the circle", area(region), (16-math.Pi)*1e4, 60)
	near(t, "length of the circle", length(border), 2*math.Pi*100, 2)
	region, border = g.above(6, times(100), times(100))
	corner := 4 - math.Sqrt(8) - 6*(math.Pi/4-math.Acos(2/math.Sqrt(6))) // of the square beyond the circle, each
	near(t, "area of the corners", area(region), 4*corner*1e4, 60)
	near(t, "length of the arcs", length(border), 4*(math.Pi/2-2*math.Acos(2/math.Sqrt(6)))*math.Sqrt(6)*100, 3)
	fine := Sample(func(x, y float64) float64 { return x*x + y*y }, -2, 2, -2, 2, 401, 401)
	_, border = fine.above(4.0001, times(100), times(100))
	near(t, "length of a circle that leaves the grid a little", length(border), (2*math.Pi-8*math.Acos(2/math.Sqrt(4.0001)))*200, 5)
	region, border = g.above(-1, times(100), times(100))
	near(t, "the whole", area(region), 16e4, 1e-6)
	near(t, "no line", length(border), 0, 0)
	if region, _ = g.above(9, times(100), times(100)); len(region) != 0 {
		t.Errorf("a region above everything: %v", region)
	}
}

// What is above a level and what is below are the whole, whatever the grid, and
// share their borders.
func TestRegionsFillThePlane(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		g := Sample(func(x, y float64) float64 { return r.NormFloat64() }, 0, 9, 0, 6, 10, 7)
		upside := Sample(func(x, y float64) float64 { return -g.Z[int(y+0.5)][int(x+0.5)] }, 0, 9, 0, 6, 10, 7)
		above, a := g.above(0.3, times(100), times(100))
		below, b := upside.above(-0.3, times(100), times(100))
		near(t, "areas above and below", area(above)+area(below), 54e4, 54e4*1e-3)
		near(t, "borders", length(a), length(b), length(a)*1e-3)
		if higher, _ := g.above(0.6, times(100), times(100)); area(higher) > area(above) {
			t.Errorf("a higher level has the greater region: %g > %g", area(higher), area(above))
		}
	}
}

// Lines do not run along where the function ends.
func TestContourEndsWhereFunctionDoes(t *testing.T) {
	g := Sample(func(x, y float64) float64 { return y + 0*math.Log(x) }, -1, 1, 0, 1, 41, 41)
	_, border := g.above(0.51, times(100), times(100))
	near(t, "length", length(border), 95, 0.5)
}

// Where two hills meet two valleys the hills are one if the middle is high.
func TestContoursAtSaddle(t *testing.T) {
	g := &Grid{X: []float64{0, 1}, Y: []float64{0, 1}, Z: [][]float64{{1, 0}, {0, 1}}}
	for level, want := range map[float64]int{0.4: 1, 0.6: 2} {
		region, _ := g.above(level, times(100), times(100))
		rings := 0
		for _, c := range region {
			if c.Type == vg.CloseComp {
				rings++
			}
		}
		if rings != want {
			t.Errorf("%d rings above %g, want %d", rings, level, want)
		}
	}
}

func TestLevels(t *testing.T) {
	valley := Sample(func(x, y float64) float64 { return (1-x)*(1-x) + 1e4*(y-x*x)*(y-x*x) }, -2, 2, -1, 3, 60, 60)
	levels := valley.Levels(12)
	if len(levels) != 12 {
		t.Fatalf("levels %g, want 12", levels)
	}
	for i := 1; i < len(levels); i++ {
		if levels[i] <= levels[i-1] {
			t.Errorf("levels %g do not ascend", levels)
		}
	}
	if levels[0] > 100 || levels[11] < 1e4 {
		t.Errorf("levels %g do not cover the orders of magnitude", levels)
	}
	flat := Sample(func(x, y float64) float64 { return 3 }, 0, 1, 0, 1, 5, 5)
	if got := flat.Levels(12); len(got) != 0 {
		t.Errorf("levels of a plain: %g", got)
	}
}

func TestContoursOfAnything(t *testing.T) {
	for name, f := range map[string]func(x, y float64) float64{
		"flat":     func(x, y float64) float64 { return 1 },
		"infinite": func(x, y float64) float64 { return 1 / x },
		"log":      func(x, y float64) float64 { return math.Log(x * y) },
		"huge":     func(x, y float64) float64 { return math.Exp(700 * x * y) },
	} {
		p := New(name, "x", "y")
		g := Sample(f, -2, 2, -2, 2, 21, 21)
		if err := AddContours(p, g, g.Levels(10)); err != nil {
			t.Fatal(err)
		}
		svg(t, p)
	}
}

func TestGridsThatAreNone(t *testing.T) {
	p := New("", "", "")
	none := Sample(func(x, y float64) float64 { return nan }, 0, 1, 0, 1, 4, 4)
	wantError(t, AddContours(p, none, none.Levels(5)), "finite")
	wantError(t, AddContours(p, nil, nil), "no grid")
	wantError(t, AddContours(p, Sample(math.Hypot, 0, 1, 0, 1, -1, 3), nil), "0 by 3")
	wantError(t, AddContours(p, &Grid{X: []float64{1}, Y: []float64{1}, Z: [][]float64{{1}}}, nil), "2 by 2")
	wantError(t, AddContours(p, &Grid{X: []float64{2, 1}, Y: []float64{1, 2}}, nil), "ascending")
	wantError(t, AddContours(p, &Grid{X: []float64{1, 2}, Y: []float64{1, 2}, Z: [][]float64{{1}}}, nil), "rows")
	_, err := AddHeat(p, Heat{Grid: &Grid{X: []float64{1, 2}, Y: []float64{1, 2}, Z: [][]float64{{1, 2}, {1}}}})
	wantError(t, err, "row of 1")
	some := Sample(func(x, y float64) float64 { return x }, 0, 1, 0, 1, 4, 4)
	_, err = AddHeat(p, Heat{Grid: some, Log: true})
	wantError(t, err, "above 0")
	_, err = AddHeat(p, Heat{Grid: some, Low: 2, High: 1})
	wantError(t, err, "from 2 to 1")
}

func TestHeat(t *testing.T) {
	g := Sample(func(x, y float64) float64 { return x * y }, 0, 10, 0, 10, 11, 11)
	g.Z[0][0] = nan
	for _, h := range []Heat{{Grid: g, Label: "loss"}, {Grid: g, Cells: true}, {Grid: g, Log: true, Low: 1, High: 100}} {
		p := New("heat", "x", "y")
		picture, err := AddHeat(p, h)
		if err != nil {
			t.Fatal(err)
		}
		if text := svg(t, picture); strings.Count(text, "data:image/png;base64,") != 2 {
			t.Errorf("%d images, want that of the map and that of its colours", strings.Count(text, "data:image/png"))
		}
		if h.Cells && (p.X.Min != -0.5 || p.Y.Max != 10.5) {
			t.Errorf("cells from %g to %g", p.X.Min, p.Y.Max)
		}
	}
	colors, shown := heatColors(), heat{Heat{High: 1}}
	if low, high := colors[shown.index(0)], colors[shown.index(1)]; low != viridis[0] || high != viridis[9] {
		t.Errorf("colours from %v to %v", low, high)
	}
	if got := colors[shown.index(nan)].(color.RGBA); got.R != got.G {
		t.Errorf("NaN is %v, want grey", got)
	}
}

// Where a value is on the map is where its axis says.
func TestHeatIsWhereItsAxesSay(t *testing.T) {
	g := &Grid{X: []float64{1, 10, 100, 1000}, Y: []float64{0, 1, 2}}
	for range g.Y {
		g.Z = append(g.Z, []float64{0, 1, 2, 3})
	}
	p := New("", "", "")
	LogX(p)
	if _, err := AddHeat(p, Heat{Grid: g}); err != nil {
		t.Fatal(err)
	}
	places := heat{Heat{Grid: g}}.find(p.X, g.X, 300)
	for pixel, at := range places {
		near(t, "value", g.between(at, place{0, 0}), (float64(pixel)+0.5)/100, 1e-9)
	}
	p.X.Min = 0.5 // cells of even widths on a linear axis
	cells := heat{Heat{Grid: &Grid{X: []float64{1, 2, 3}}, Cells: true}}
	q := New("", "", "")
	q.X.Min, q.X.Max = 0.5, 3.5
	for pixel, at := range cells.find(q.X, []float64{1, 2, 3}, 300) {
		near(t, "cell", float64(at.i)+at.share, math.Floor(float64(pixel)/100), 0)
	}
}
