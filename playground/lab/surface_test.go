package lab

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestSurface(t *testing.T) {
	own := ask[Surface](t, new(Lab), "surface", `{"surface": "x^2 + 10*y^2"}`)
	if own.Name != "" || own.Text != "x^2 + 10*y^2" || !strings.HasPrefix(own.MathML, "<math") || own.Minima == nil || own.Window[0] >= own.Window[1] {
		t.Errorf("%+v", own)
	}
	known := ask[Surface](t, new(Lab), "surface", `{"surface": "noisy"}`)
	if known.Name != "noisy" || known.Noise == 0 || len(known.Minima) == 0 || known.Summary == "" {
		t.Errorf("%+v", known)
	}
}

func TestGrid(t *testing.T) {
	g := ask[Grid](t, new(Lab), "grid", `{"surface": "x + 10*y", "nx": 3, "ny": 2, "window": [0, 2, 0, 1]}`)
	if got := unpacked(t, g.Values); !slices.Equal(got, []float64{0, 1, 2, 10, 11, 12}) || g.Min != 0 || g.Max != 12 {
		t.Errorf("values %v, from %v to %v", got, g.Min, g.Max)
	}
}

// Contours lie closer towards the minimum: of a slope that rises evenly the
// k-th of 14 is at the square of k/14.
func TestLevels(t *testing.T) {
	g := ask[Grid](t, new(Lab), "grid", `{"surface": "x", "nx": 500, "ny": 2, "window": [0, 1, 0, 1]}`)
	if len(g.Levels) != bands-1 {
		t.Fatalf("levels %v", g.Levels)
	}
	for i, level := range g.Levels {
		if want := math.Pow(float64(i+1)/bands, 2); math.Abs(level-want) > 0.01 {
			t.Errorf("level %d is %v, expected %v", i+1, level, want)
		}
	}
	flat := ask[Grid](t, new(Lab), "grid", `{"surface": "7", "nx": 9, "ny": 9}`)
	if len(flat.Levels) != 0 || flat.Min != 7 || flat.Max != 7 || flat.Window != [4]float64{-3, 3, -3, 3} {
		t.Errorf("of a plain %+v", flat)
	}
}

// Where a surface has no value the picture has none, and the rest is there.
func TestGridWithHoles(t *testing.T) {
	request := `{"surface": "log(x)", "nx": 3, "ny": 2, "window": [-1, 1, 0, 1]}`
	got := unpacked(t, ask[Grid](t, new(Lab), "grid", request).Values)
	if !math.IsNaN(got[0]) || !math.IsInf(got[1], -1) || got[2] != 0 {
		t.Errorf("values %v", got)
	}
	if text := string(new(Lab).answer("grid", []byte(request))); !strings.Contains(text, `"min":0,"max":0,`) {
		t.Errorf("least and largest of %s", text)
	}
	if none := string(new(Lab).answer("grid", []byte(`{"surface": "log(-1)", "nx": 2, "ny": 2}`))); !strings.Contains(none, `"min":null,"max":null,"levels":[]`) {
		t.Errorf("a surface without values is %s", none)
	}
}
