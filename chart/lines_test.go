package chart

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

var nan, inf = math.NaN(), math.Inf(1)

// strokes counts the lines of a colour in a picture.
func strokes(svg, color string) int { return strings.Count(svg, "stroke:"+color) }

func TestLineHasGapsWhereNothingCanBeDrawn(t *testing.T) {
	for _, c := range []struct {
		y    []float64
		log  bool
		want int
	}{
		{[]float64{1, 2, 3, 4}, false, 1},
		{[]float64{1, 2, nan, 4, 5, inf, 6, 7, -inf, -1, -2}, false, 4},
		{[]float64{1, 2, 0, 4, 5, -1, 6, 7}, true, 3},
		{[]float64{1, 2, 1e305, 4, 5}, false, 2},
	} {
		p := New("", "x", "y")
		if c.log {
			LogY(p)
		}
		if err := AddLines(p, Line{Points: xys(c.y...)}); err != nil {
			t.Fatal(err)
		}
		if got := strokes(svg(t, p), "#0072B2"); got != c.want {
			t.Errorf("%g: %d lines, want %d", c.y, got, c.want)
		}
	}
}

func TestAxesFitWhatCanBeDrawn(t *testing.T) {
	p := New("", "x", "y")
	LogY(p)
	if err := AddLines(p, Line{Points: xys(0, 10, inf, 1000, nan, -3), Low: []float64{-1, 5, 5, 5, 5, 5}, High: []float64{20, 20, 20, 2000, 20, nan}}); err != nil {
		t.Fatal(err)
	}
	if p.X.Min != 1 || p.X.Max != 5 || p.Y.Min != 5 || p.Y.Max != 2000 {
		t.Errorf("axes from %g to %g and %g to %g, want 1 to 5 and 5 to 2000", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
	}
	svg(t, p)
}

func TestLinesThatCannotBeDrawn(t *testing.T) {
	p := New("", "", "")
	wantError(t, AddLines(p, Line{Name: "adam"}), `"adam"`)
	wantError(t, AddLines(p, Line{Points: xys(nan, inf)}), "of 2 none")
	wantError(t, AddLines(p, Line{Points: xys(1, 2), Low: []float64{1}, High: []float64{1}}), "band")
	wantError(t, AddLines(p, Line{Points: xys(1, 2), High: []float64{1, 2}}), "band")
	wantError(t, AddPoints(p, Points{Name: "samples", Points: xys(nan)}), "samples")
	LogX(p)
	wantError(t, AddBars(p, Bars{Names: []string{"a"}, Series: []Series{{Values: []float64{0}}}}), "bars")
	for y, want := range map[float64]bool{3: true, 0: false} {
		if LogY(p); Shows(p, Line{Points: xys(nan, y)}) != want {
			t.Errorf("on a logarithmic axis %g shows: %v", y, !want)
		}
	}
}

func TestPlotWithoutData(t *testing.T) {
	p := New("nothing", "x", "y")
	svg(t, p)
	LogX(p)
	LogY(p)
	svg(t, p)
}

// Lines of a plot that run out of colours differ by their dashes.
func TestCrowdsDiffer(t *testing.T) {
	var all []Line
	for range 3 * len(Palette) {
		all = append(all, Line{Points: xys(1, 2)})
	}
	text := svg(t, lines(t, all...))
	seen := map[string]bool{}
	for _, path := range strings.Split(text, "<path")[1:] {
		if _, look, _ := strings.Cut(path, "stroke:"); strings.Contains(look, "stroke-width:1.4") {
			if seen[look] {
				t.Errorf("two lines look alike: %s", look)
			}
			seen[look] = true
		}
	}
	if len(seen) != len(all) {
		t.Errorf("%d looks of %d lines", len(seen), len(all))
	}
}

// What is drawn stays the caller's, as it was.
func TestDataStaysAsItIs(t *testing.T) {
	all, bars := []Line{{Points: xys(1, 2), Variant: -1, Dots: true}}, Bars{Names: []string{"a"}, Series: []Series{{Values: []float64{1}}}}
	svg(t, lines(t, all...))
	if err := AddBars(New("", "", ""), bars); err != nil {
		t.Fatal(err)
	}
	if all[0].Color != nil || all[0].Width != 0 || bars.Series[0].Color != nil {
		t.Errorf("%+v, %+v", all[0], bars.Series[0])
	}
}

func TestBandIsBehindLines(t *testing.T) {
	text := svg(t, lines(t,
		Line{Name: "a", Points: xys(1, 2, 3)},
		Line{Name: "b", Points: xys(2, 3, 4), Low: []float64{1, 2, nan}, High: []float64{3, 4, 5}},
	))
	band, line := strings.Index(text, "fill-opacity:0.18"), strings.Index(text, "#0072B2")
	if band < 0 || band > line {
		t.Errorf("band at %d, first line at %d", band, line)
	}
}

func TestLegendInOrder(t *testing.T) {
	text := svg(t, lines(t, Line{Name: "first", Points: xys(1)}, Line{Points: xys(1)}, Line{Name: "<second>", Points: xys(1)}))
	if a, b := strings.Index(text, ">first<"), strings.Index(text, ">&lt;second&gt;<"); a < 0 || b < a {
		t.Errorf("legend entries at %d and %d", a, b)
	}
}

func TestMarksOutsideAreLeftOut(t *testing.T) {
	p := New("", "", "")
	LogY(p)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 1, 10
	before := svg(t, p)
	p.Add(
		Arrow{X0: 0, Y0: 1, X1: nan, Y1: 1}, Arrow{X0: 0, Y0: 0, X1: 1, Y1: 1}, Arrow{X0: 0.5, Y0: 2, X1: 0.5, Y1: 2},
		Dot{X: 2, Y: 2}, Dot{X: 0.5, Y: -1}, Label{X: inf, Y: 2, Text: "away"}, Label{X: 0.5, Y: 20, Text: "above"},
		Points{Points: xys(0, 100, nan)},
	)
	if after := svg(t, p); after != before {
		t.Errorf("the picture has changed to %s", after)
	}
	p.Add(Arrow{X0: 0.1, Y0: 2, X1: 0.9, Y1: 3}, Dot{X: 0.5, Y: 2, Ring: true}, Label{X: 0.5, Y: 2, Text: "here"})
	if after := svg(t, p); !strings.Contains(after, ">here<") || strings.Count(after, "<path") != strings.Count(before, "<path")+5 {
		t.Errorf("an arrow of two parts, a dot of three and a text are not all there: %s", after)
	}
}

func TestBars(t *testing.T) {
	p := New("", "ns", "")
	b := Bars{Names: []string{"adam", "sgd"}, Series: []Series{
		{Name: "one", Values: []float64{1.5, nan}},
		{Name: "two", Values: []float64{3, 0.5}, Low: []float64{2, nan}, High: []float64{4, inf}},
	}}
	if err := AddBars(p, b); err != nil {
		t.Fatal(err)
	}
	if p.X.Min != 0 || p.X.Max != 4 {
		t.Errorf("axis from %g to %g, want 0 to 4", p.X.Min, p.X.Max)
	}
	text := svg(t, p)
	for _, want := range []string{">adam<", ">sgd<", ">1.5<", ">3<", ">0.5<", ">one<", ">two<"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if got := strings.Count(text, "fill:#0072B2"); got != 2 {
		t.Errorf("%d bars and samples of the first series, want 2", got)
	}
	wantError(t, AddBars(New("", "", ""), Bars{Names: []string{"a", "b"}, Series: []Series{{Values: []float64{1}}}}), "2 names")
	wantError(t, AddBars(New("", "", ""), Bars{}), "without")
	if one := (Bars{Names: b.Names[:1], Series: b.Series}).Height(p); b.Height(p)-one != vg.Points(2*barHeight+barGap) {
		t.Errorf("a further name makes bars %g points higher", b.Height(p)-one)
	}
}

func TestLogBarsBeginAtPowerOfTen(t *testing.T) {
	for v, want := range map[float64]float64{0.13: 0.1, 1: 0.1, 137: 100} {
		p := New("", "ms", "")
		LogX(p)
		if err := AddBars(p, Bars{Names: []string{"a"}, Series: []Series{{Values: []float64{v}}}}); err != nil {
			t.Fatal(err)
		}
		if math.Abs(p.X.Min/want-1) > 1e-12 {
			t.Errorf("a bar of %g begins at %g, want %g", v, p.X.Min, want)
		}
		svg(t, p)
	}
}

var _ = []plot.Plotter{Line{}, Arrow{}, Dot{}, Label{}, Points{}}
