package stability_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/descent-go/descent/chart"
	"github.com/descent-go/descent/stability"
)

func axis(name string, scale stability.Scale, low, high float64, n int) stability.Axis {
	return stability.Axis{Name: name, Values: scale.Spread(low, high, n), Scale: scale}
}

func mapped(t *testing.T, s *stability.System, x, y stability.Axis, steps int) *stability.Map {
	t.Helper()
	m, err := s.Map(t.Context(), x, y, steps, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMapComputed: each point is the radius with its two values.
func TestMapComputed(t *testing.T) {
	s := open(t, "sgd+decay", 2, values{"decay.wd": 0.1})
	rows := 0
	m, err := s.Map(t.Context(), axis("lr", stability.Linear, 0, 3, 7), axis("momentum", stability.Linear, 0, 0.9, 4), stability.Steps,
		func(_, all int) { rows += 100 / all })
	if err != nil {
		t.Fatal(err)
	}
	if m.Steps != 0 || m.Y.Name != "sgd.momentum" || rows != 100 {
		t.Errorf("%d steps, %s upwards, progress of %d rows: expected 0, sgd.momentum, 100", m.Steps, m.Y.Name, rows)
	}
	for j, y := range m.Y.Values {
		for i, x := range m.X.Values {
			with, err := s.With(values{"lr": x, "sgd.momentum": y})
			if err != nil {
				t.Fatal(err)
			}
			want, _ := with.Radius()
			if got := m.Points[j][i]; got.Rate != want || (got.Outcome == stability.Converges) != (want < 1) || !math.IsNaN(got.Near) {
				t.Errorf("lr = %v, momentum = %v: %+v, the radius is %v", x, y, got, want)
			}
		}
	}
}

// TestMapRan: each point is the run with its two values; a rule that is linear
// for some of them only is run for all.
func TestMapRan(t *testing.T) {
	for _, c := range []struct{ name, y string }{{"adagrad", "wd"}, {"dcasgd-mxnet", "lambda"}} {
		s := open(t, c.name, 1, nil)
		m := mapped(t, s, axis("lr", stability.Log, 0.01, 1, 3), axis(c.y, stability.Linear, 0, 0.5, 3), 500)
		if m.Steps != 500 {
			t.Errorf("%s: runs of %d steps, expected 500", c.name, m.Steps)
		}
		for j, y := range m.Y.Values {
			for i, x := range m.X.Values {
				want, err := s.Run(t.Context(), []string{"lr", c.y}, [][]float64{{x, y}}, 500)
				if err != nil {
					t.Fatal(err)
				}
				at, err := m.At(t.Context(), x, y)
				if err != nil {
					t.Fatal(err)
				}
				if m.Points[j][i] != want[0] || at != want[0] {
					t.Errorf("%s, lr = %v, %s = %v: %+v and %+v, a run gives %+v", c.name, x, c.y, y, m.Points[j][i], at, want[0])
				}
			}
		}
	}
}

func TestBest(t *testing.T) {
	s := open(t, "sgd", 1, nil)
	m := mapped(t, s, axis("lr", stability.Linear, 0, 4, 9), axis("momentum", stability.Linear, 0, 0.8, 5), 100)
	if x, y, p, ok := m.Best(); !ok || x != 1 || y != 0 || p.Rate != 0 {
		t.Errorf("best at lr = %v, momentum = %v: %+v, %v", x, y, p, ok)
	}
	m = mapped(t, s, axis("lr", stability.Linear, 4, 5, 3), axis("momentum", stability.Linear, 0, 0.8, 5), 100)
	if _, _, p, ok := m.Best(); ok {
		t.Errorf("beyond 4 the best is %+v", p)
	}
}

// TestIntervals of a rule that converges twice: its step is lr*(lr-1)*(lr-3)*g.
func TestIntervals(t *testing.T) {
	s := parsed(t, "hyper lr = 1, a = 0\nw = w - lr*(lr-1)*(lr-3)*g")
	m := mapped(t, s, axis("lr", stability.Linear, 0, 4, 50), axis("a", stability.Linear, 0, 1, 2), 100)
	got, err := m.Intervals(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	// The step is between 0 and 2 for lr from 0 to 1, and from 3 on.
	if len(got) != 2 || got[0].From > 1e-9 || math.Abs(got[0].To-1) > 1e-9 || math.Abs(got[1].From-3) > 1e-9 || got[0].FromEdge || got[1].ToEdge {
		t.Fatalf("converges in %+v", got)
	}
	step := func(lr float64) float64 { return lr * (lr - 1) * (lr - 3) }
	if end := got[1].To; math.Abs(step(end)-2) > 1e-9 {
		t.Errorf("the last ends at %v, where the step is %v, expected 2", end, step(end))
	}
}

// TestIntervalsRan: rmsprop converges where lr is below 2*sqrt(eps)/h.
func TestIntervalsRan(t *testing.T) {
	s := open(t, "rmsprop", 2, values{"eps": 0.01})
	m := mapped(t, s, axis("lr", stability.Log, 0.02, 0.5, 3), axis("beta", stability.Linear, 0.5, 0.9, 2), stability.Steps)
	got, err := m.Intervals(t.Context(), 0.9)
	if err != nil {
		t.Fatal(err)
	}
	if m.Steps == 0 || len(got) != 1 || !got[0].FromEdge || !(math.Abs(got[0].To-0.1) < 0.001) {
		t.Errorf("converges in %+v, expected up to 0.1", got)
	}
	m = mapped(t, s, axis("lr", stability.Linear, 0.02, 0.05, 3), axis("beta", stability.Linear, 0.5, 0.9, 2), 2000)
	if got, err := m.Intervals(t.Context(), 0.9); err != nil || len(got) != 1 || got[0] != (stability.Interval{From: 0.02, To: 0.05, FromEdge: true, ToEdge: true}) {
		t.Errorf("converges in %+v, expected from 0.02 to 0.05 and beyond (%v)", got, err)
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		scale     stability.Scale
		low, high float64
		want      []float64
	}{
		{stability.Linear, 1, 3, []float64{1, 2, 3}},
		{stability.Log, 0.01, 1, []float64{0.01, 0.1, 1}},
		{stability.NearOne, 0, 0.99, []float64{0, 0.9, 0.99}},
		{stability.NearOne, 0.9, 0.999, []float64{0.9, 0.99, 0.999}},
	} {
		got := c.scale.Spread(c.low, c.high, 3)
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-12 || math.Abs(c.scale.Normalize(c.low, c.high, got[i])-float64(i)/2) > 1e-9 {
				t.Errorf("scale %v: %v, expected %v, evenly drawn", c.scale, got, c.want)
			}
		}
	}
}

func TestSpreadOfFew(t *testing.T) {
	if none, one := stability.Linear.Spread(1, 2, -1), stability.Linear.Spread(1, 2, 1); len(none) != 0 || len(one) != 1 || one[0] != 2 {
		t.Errorf("%v, %v", none, one)
	}
}

func TestMapMistakes(t *testing.T) {
	lr, momentum := axis("lr", stability.Linear, 0, 1, 3), axis("momentum", stability.Linear, 0, 0.5, 3)
	for _, c := range []struct {
		name  string
		x, y  stability.Axis
		steps int
		want  string
	}{
		{"sgd", axis("rate", stability.Linear, 0, 1, 3), momentum, 500, "sgd has no hyperparameter rate"},
		{"sgd", lr, lr, 500, "both axes are lr"},
		{"sgd", lr, axis("momentum", stability.Linear, 0, 1, 3), 500, "momentum = 1 is out of range"},
		{"sgd", lr, stability.Axis{Name: "momentum", Values: []float64{0.5}}, 500, "1 values of momentum: expected 2 or more"},
		{"sgd", lr, stability.Axis{Name: "momentum", Values: []float64{0.5, 0.2}}, 500, "ascending"},
		{"sgd", lr, momentum, 50, "runs of 50 steps: expected at least 100"},
		{"sgd", axis("lr", stability.Linear, 1, 1, 3), momentum, 500, "all values of lr are 1"},
		{"sgd", stability.Axis{Name: "lr", Values: []float64{0, 1}, Scale: stability.Log}, momentum, 500, "lr = 0 on an axis with the scale Log"},
		{"sgd", stability.Axis{Name: "lr", Values: []float64{0, 1}, Scale: stability.NearOne}, momentum, 500, "lr = 1 on an axis with the scale NearOne"},
		{"lbsgd", lr, axis("warmup", stability.Linear, 0, 1, 2), 500, "warmup is a choice of [linear power2"},
	} {
		_, err := open(t, c.name, 1, nil).Map(t.Context(), c.x, c.y, c.steps, nil)
		if err == nil || !strings.HasPrefix(err.Error(), "stability: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected %q", err, c.want)
		}
	}
}

// TestPicture: what a picture says, and that it is the same each time.
func TestPicture(t *testing.T) {
	for _, c := range []struct {
		m      *stability.Map
		panels int
		want   []string
	}{
		{mapped(t, open(t, "sgd", 2, nil), axis("lr", stability.Linear, 0, 2.2, 12), axis("momentum", stability.Linear, 0, 0.9, 10), 500), 1,
			[]string{"How fast sgd converges on h·x²/2, h = 2", "by the eigenvalues of a step; grey: it does not", ">lr<", ">momentum<", ">set<", ">best<"}},
		{mapped(t, open(t, "rmsprop", 1, values{"eps": 1e-2}), axis("lr", stability.Log, 0.01, 10, 12), axis("beta", stability.NearOne, 0, 0.99, 10), 2000), 2,
			[]string{"How fast rmsprop converges", "in 2000 steps from x = 1; grey: not seen to", "How near the minimum rmsprop stays", ">0.9<", ">0.99<", ">beta<"}},
		{mapped(t, open(t, "lion", 1, nil), axis("lr", stability.Log, 0.01, 1, 12), axis("beta2", stability.Linear, 0, 0.99, 10), 2000), 1,
			[]string{"How near the minimum lion stays"}},
	} {
		if got := c.m.Panels(); got != c.panels {
			t.Errorf("%s: %d panels, expected %d", c.m.System.Name(), got, c.panels)
		}
		first, again := drawn(t, c.m), drawn(t, c.m)
		if !bytes.Equal(first, again) {
			t.Errorf("%s: two pictures differ", c.m.System.Name())
		}
		for _, want := range c.want {
			if !bytes.Contains(first, []byte(want)) {
				t.Errorf("%s: the picture does not say %q", c.m.System.Name(), want)
			}
		}
	}
	m := mapped(t, open(t, "sgd", 1, nil), axis("lr", stability.Linear, 5, 6, 3), axis("momentum", stability.Linear, 0, 0.9, 3), 500)
	if _, err := m.Picture(); err == nil || !strings.Contains(err.Error(), "sgd diverges everywhere on these axes") {
		t.Errorf("error %v", err)
	}
}

func drawn(t *testing.T, m *stability.Map) []byte {
	t.Helper()
	p, err := m.Picture()
	if err != nil {
		t.Fatal(err)
	}
	file, err := chart.Render(p, 6*vg.Inch, vg.Length(m.Panels())*4*vg.Inch, "svg")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestEnded: what takes long ends with the context.
func TestEnded(t *testing.T) {
	for _, name := range []string{"sgd", "adagrad"} { // computed and run
		s := open(t, name, 1, nil)
		x, y := axis("lr", stability.Log, 0.01, 1, 3), axis("wd", stability.Linear, 0, 0.5, 3)
		m := mapped(t, s, x, y, 500)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Map(ended, x, y, 500, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the map: %v", name, err)
		}
		if _, err := m.At(ended, 0.1, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a point: %v", name, err)
		}
		if _, err := m.Intervals(ended, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the intervals: %v", name, err)
		}
		if _, err := s.Run(ended, []string{"lr"}, [][]float64{{0.1}}, 500); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a run: %v", name, err)
		}
	}
}

// TestLine: a map of one hyperparameter is the row of a plane.
func TestLine(t *testing.T) {
	for _, c := range []struct {
		name, y string
		best    float64
	}{{"sgd", "momentum", 1}, {"adagrad", "wd", 1}} {
		s := open(t, c.name, 1, nil)
		x := axis("lr", stability.Linear, 0.25, 3, 12)
		plane := mapped(t, s, x, axis(c.y, stability.Linear, 0, 0.5, 2), 500)
		line := mapped(t, s, x, stability.Axis{}, 500)
		if len(line.Points) != 1 || line.Steps != plane.Steps {
			t.Fatalf("%s: %d rows, %d steps, expected 1 and %d", c.name, len(line.Points), line.Steps, plane.Steps)
		}
		for i, p := range line.Points[0] {
			want := plane.Points[0][i]
			if p.Outcome != want.Outcome || p.Rate != want.Rate {
				t.Errorf("%s, lr = %v: %+v, in the plane %+v", c.name, x.Values[i], p, want)
			}
		}
		ends, err := line.Intervals(t.Context(), math.NaN())
		if err != nil {
			t.Fatal(err)
		}
		want, err := plane.Intervals(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ends, want) {
			t.Errorf("%s converges in %+v, in the plane in %+v", c.name, ends, want)
		}
		if at, y, _, ok := line.Best(); !ok || at != c.best || y != 0 {
			t.Errorf("%s: best at %v and %v", c.name, at, y)
		}
		file, err := chart.Render(picture(t, line), 6*vg.Inch, 4*vg.Inch, "svg")
		if err != nil || !bytes.Contains(file, []byte("no line: ")) {
			t.Errorf("%s: the picture does not say what no line means: %v", c.name, err)
		}
	}
}

func picture(t *testing.T, m *stability.Map) chart.Picture {
	t.Helper()
	p, err := m.Picture()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
