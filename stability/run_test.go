package stability_test

import (
	"math"
	"strings"
	"testing"

	"github.com/descent-go/descent/stability"
)

// point runs a rule with its values.
func point(t *testing.T, s *stability.System, steps int) stability.Point {
	t.Helper()
	points, err := s.Run(t.Context(), []string{"lr"}, [][]float64{{s.Value("lr")}}, steps)
	if err != nil {
		t.Fatal(err)
	}
	return points[0]
}

// TestRunIsTheRule: side by side, with hyperparameters as states, every rule
// goes where the optimizer goes.
func TestRunIsTheRule(t *testing.T) {
	names := append(formulas(t), "sgd+lookahead", "adam+decay+trust-ratio", "clip-norm+rmsprop", "sgd+cautious", "centralize+adam+grams", "adaptive-clip+sgd+ema")
	for _, name := range names {
		if name == "sgld" {
			continue // every weight has its own noise
		}
		s := open(t, name, 0.7, nil)
		h := s.Hypers()
		x, y := h[0].Name, h[min(1, len(h)-1)].Name
		v := values{x: s.Value(x) * 0.9, y: s.Value(y) * 0.9}
		const steps = 100
		other := []float64{s.Value(x), s.Value(y)}
		points, err := s.Run(t.Context(), []string{x, y}, [][]float64{other, {v[x], v[y]}, other}, steps)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near := 0.0
		for _, w := range trajectory(t, name, 0.7, v, steps)[steps/2:] {
			near = max(near, math.Abs(w))
		}
		if !(math.Abs(points[1].Near-near) <= 1e-9*near) {
			t.Errorf("%s: %v late in the run, the optimizer is %v from the minimum", name, points[1].Near, near)
		}
		if points[0] != points[2] {
			t.Errorf("%s: the same values give %+v and %+v", name, points[0], points[2])
		}
	}
}

// TestRunIsTheRadius: what runs tell of linear rules is what is computed.
func TestRunIsTheRadius(t *testing.T) {
	for _, v := range []values{
		{"lr": 0.3}, {"lr": 1.9}, {"lr": 1.999}, {"lr": 2.001}, {"lr": 3}, {"lr": 0.002},
		{"lr": 0.5, "momentum": 0.9}, {"lr": 3.7, "momentum": 0.9}, {"lr": 3.9, "momentum": 0.9}, {"lr": 0, "momentum": 0.9}, {"lr": 2}, {"lr": 1},
	} {
		s := open(t, "sgd", 1, v)
		want, _ := s.Radius()
		got := point(t, s, stability.Steps)
		switch {
		case want > 1 && got.Outcome == stability.Diverges, want == 1 && got.Outcome == stability.Stays:
		case want < 1 && got.Outcome == stability.Converges && math.Abs(got.Rate-want) < 0.01*(1-want)+1e-3:
		default:
			t.Errorf("%v: radius %v, a run %s with %+v", v, want, got.Outcome, got)
		}
	}
}

// TestOutcomes: rules that step by signs stay as near as lr says, and what is
// adaptive converges only where eps makes it linear, adagrad everywhere.
func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name      string
		h         float64
		v         values
		want      stability.Outcome
		near, far float64
	}{
		{"lion", 1, values{"lr": 0.01}, stability.Stays, 0.005, 0.02},
		{"signum", 1, values{"lr": 0.01, "momentum": 0}, stability.Stays, 0.005, 0.01},
		{"lion", 1, values{"lr": 1e-5}, stability.Stays, 0.5, 1}, // on its way
		{"adam", 1, nil, stability.Stays, 1e-5, 1e-2},
		{"adam", 1, values{"lr": 0.1}, stability.Stays, 1e-3, 0.1},
		{"adam", 1, values{"lr": 0.1, "eps": 0.5}, stability.Converges, 0, 1e-12}, // lr*h/eps below 2(1+beta1)/(1-beta1)
		{"rmsprop", 2, values{"lr": 0.9e-4}, stability.Converges, 0, 1e-12},       // lr below 2*sqrt(eps)/h
		{"rmsprop", 2, values{"lr": 1.1e-4}, stability.Stays, 1e-6, 1e-3},
		{"adagrad", 1, values{"lr": 1e-3}, stability.Converges, 0, 1},
		{"adagrad", 1, values{"lr": 100}, stability.Converges, 0, 1e-12},
		{"adagrad", 1, values{"lr": 1}, stability.Converges, 1e-17, 1e-15}, // no gradient is less
		{"amsgrad", 1, nil, stability.Converges, 0, 1e-12},
		{"nadam-lookahead", 5, nil, stability.Diverges, 1, math.Inf(1)}, // looks uphill by beta1*h
	} {
		got := point(t, open(t, c.name, c.h, c.v), stability.Steps)
		if got.Outcome != c.want || !(got.Near >= c.near && got.Near <= c.far) {
			t.Errorf("%s with %v and h = %v %s, %v from the minimum late: expected that it %s, from %v to %v", c.name, c.v, c.h, got.Outcome, got.Near, c.want, c.near, c.far)
		}
	}
}

// TestStarts: states that start from w or a hyperparameter do so for each weight.
func TestStarts(t *testing.T) {
	s := parsed(t, "hyper lr = 0.1, a = 2\nstate s = 3*a, u = w\nw = w - lr*g*s*u")
	points, err := s.Run(t.Context(), []string{"a"}, [][]float64{{1}, {2}, {10}}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.7, 0.4} {
		if math.Abs(points[i].Rate-want) > 1e-3 {
			t.Errorf("rate %v, expected %v", points[i].Rate, want)
		}
	}
	if points[2].Outcome != stability.Diverges {
		t.Errorf("with a step of 3 the rule %s", points[2].Outcome)
	}
}

func TestRunMistakes(t *testing.T) {
	s := open(t, "sgd+decay", 1, nil)
	for _, c := range []struct {
		names  []string
		values [][]float64
		steps  int
		want   string
	}{
		{[]string{"lr"}, [][]float64{{1}}, 0, "runs of 0 steps: expected at least 100"},
		{[]string{"rate"}, [][]float64{{1}}, 100, "sgd+decay has no hyperparameter rate"},
		{[]string{"lr", "momentum"}, [][]float64{{1, 0}, {1}}, 100, "1 values for the 2 hyperparameters"},
		{[]string{"lr"}, [][]float64{{1}, {math.NaN()}}, 100, "lr = NaN is out of range"},
	} {
		if _, err := s.Run(t.Context(), c.names, c.values, c.steps); err == nil || !strings.HasPrefix(err.Error(), "stability: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected %q", err, c.want)
		}
	}
	short, err := s.Run(t.Context(), []string{"momentum"}, [][]float64{{0.5}}, 100)
	if err != nil {
		t.Fatal(err)
	}
	if whole, _ := s.Run(t.Context(), []string{"sgd.momentum"}, [][]float64{{0.5}}, 100); short[0] != whole[0] || short[0] == point(t, s, 100) {
		t.Errorf("momentum gives %v, sgd.momentum %v", short, whole)
	}
}

func TestStepsPerDigit(t *testing.T) {
	for _, c := range []struct {
		p    stability.Point
		want float64
	}{
		{stability.Point{Outcome: stability.Converges, Rate: 0.1}, 1},
		{stability.Point{Outcome: stability.Converges, Rate: math.Pow(0.1, 1.0/250)}, 250},
		{stability.Point{Outcome: stability.Converges, Rate: 0}, 0},
		{stability.Point{Outcome: stability.Stays, Rate: 1}, math.NaN()},
	} {
		if got := c.p.StepsPerDigit(); !(math.Abs(got-c.want) < 1e-9) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%+v: %v steps, expected %v", c.p, got, c.want)
		}
	}
}
