package surface_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

func open(t *testing.T, name string) *surface.Surface {
	t.Helper()
	s, err := surface.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Known surfaces have their minima where they say, and a start in the window.
func TestKnown(t *testing.T) {
	for _, name := range surface.Names() {
		s := open(t, name)
		inside := func(p [2]float64) bool {
			return s.Window.X0 < p[0] && p[0] < s.Window.X1 && s.Window.Y0 < p[1] && p[1] < s.Window.Y1
		}
		if !inside(s.Start) || s.Summary == "" || len(s.Minima) == 0 {
			t.Errorf("%s: start %v, window %v, %d minima, summary %q", name, s.Start, s.Window, len(s.Minima), s.Summary)
		}
		for _, m := range s.Minima {
			least := s.At(m[0], m[1])
			if gx, gy := s.Gradient(m[0], m[1]); !(math.Hypot(gx, gy) < 1e-9) || !inside(m) {
				t.Errorf("%s: the gradient at the minimum %v is (%v, %v)", name, m, gx, gy)
			}
			for i := range 41 {
				for j := range 41 {
					x := s.Window.X0 + float64(i)/40*(s.Window.X1-s.Window.X0)
					y := s.Window.Y0 + float64(j)/40*(s.Window.Y1-s.Window.Y0)
					if s.At(x, y) < least-1e-12 {
						t.Errorf("%s: %v at (%v, %v), %v at the minimum", name, s.At(x, y), x, y, least)
					}
				}
			}
		}
	}
}

// What one gets is one's own to change.
func TestOwn(t *testing.T) {
	s := open(t, "quadratic")
	s.Minima[0][0], s.Start[0] = 7, 7
	if s := open(t, "quadratic"); s.Minima[0][0] != 0 || s.Start[0] == 7 {
		t.Errorf("the next has minima %v and start %v", s.Minima, s.Start)
	}
}

// sgd on the quadratic is known in closed form.
func TestDescend(t *testing.T) {
	s := open(t, "quadratic")
	p, err := s.Descend(optim.SGD, surface.Config{Steps: 20, Options: []descent.Option{descent.LR(0.05)}})
	if err != nil || p.Diverged || len(p.Points) != 21 {
		t.Fatalf("%v, %+v", err, p)
	}
	for k, q := range p.Points {
		x, y := s.Start[0]*math.Pow(0.95, float64(k)), s.Start[1]*math.Pow(1-0.6, float64(k))
		if math.Abs(q.X-x)+math.Abs(q.Y-y) > 1e-12 || math.Abs(q.Loss-(x*x+12*y*y)/2) > 1e-12 {
			t.Errorf("step %d: (%v, %v) with loss %v, expected (%v, %v)", k, q.X, q.Y, q.Loss, x, y)
		}
		switch {
		case k == 20 && q.Evals != nil:
			t.Errorf("the end has gradients %v", q.Evals)
		case k < 20 && !reflect.DeepEqual(q.Evals, []surface.Eval{{X: q.X, Y: q.Y, GX: q.X, GY: 12 * q.Y}}):
			t.Errorf("step %d: gradients %v", k, q.Evals)
		}
	}
}

// nag takes its gradients where the velocity leads.
func TestLookahead(t *testing.T) {
	p, err := open(t, "quadratic").Descend(optim.NAG, surface.Config{Steps: 5, Options: []descent.Option{descent.LR(0.05), descent.Momentum(0.5)}})
	if err != nil {
		t.Fatal(err)
	}
	for k, q := range p.Points[1:5] {
		ahead := q.X + 0.5*(q.X-p.Points[k].X)
		if len(q.Evals) != 1 || math.Abs(q.Evals[0].X-ahead) > 1e-12 || math.Abs(q.States["v"][0]-(q.X-p.Points[k].X)) > 1e-12 {
			t.Errorf("step %d: gradients %v, expected one at x = %v; states %v", k+1, q.Evals, ahead, q.States)
		}
	}
}

func TestResultOfAverages(t *testing.T) {
	p, err := open(t, "quadratic").Descend(optim.ScheduleFreeSGD, surface.Config{Steps: 5, Options: []descent.Option{descent.LR(0.05)}})
	if err != nil {
		t.Fatal(err)
	}
	q := p.Points[5]
	if q.Result == [2]float64{q.X, q.Y} || math.Abs(q.Loss-(q.Result[0]*q.Result[0]+12*q.Result[1]*q.Result[1])/2) > 1e-12 {
		t.Errorf("%+v: expected other weights to evaluate with, and their loss", q)
	}
}

func TestNoiseFollowsSeed(t *testing.T) {
	ends := map[uint64]surface.Point{}
	for _, seed := range []uint64{1, 2, 1} {
		p, err := open(t, "noisy").Descend(optim.SGD, surface.Config{Steps: 9, Seed: seed, Options: []descent.Option{descent.LR(0.1)}})
		if err != nil {
			t.Fatal(err)
		}
		end := p.Points[9]
		if before, ok := ends[seed]; ok && !reflect.DeepEqual(before, end) {
			t.Errorf("seed %d leads to %v and to %v", seed, before, end)
		}
		ends[seed] = end
	}
	if ends[1].X == ends[2].X {
		t.Error("two seeds, the same noise")
	}
}

func TestNoNegativeZero(t *testing.T) {
	if v := open(t, "0*x").At(-1, 0); math.Signbit(v) {
		t.Errorf("0 times -1 is %v", v)
	}
}

func TestDivergence(t *testing.T) {
	p, err := open(t, "quadratic").Descend(optim.SGD, surface.Config{Steps: 1000, Options: []descent.Option{descent.LR(1)}})
	if err != nil || !p.Diverged || len(p.Points) < 3 || len(p.Points) > 10 {
		t.Errorf("%v, %+v", err, p)
	}
	for _, q := range p.Points {
		if math.Abs(q.Y) > 6000 {
			t.Errorf("the path goes to %v", q.Y)
		}
	}
}

// What is far is so from the start, wherever that is.
func TestFarStart(t *testing.T) {
	for _, start := range [][2]float64{{1e10, 0}, {-1e150, 1e9}, {1e-300, 0}} {
		p, err := open(t, "x^2 + y^2").Descend(optim.SGD, surface.Config{Start: &start, Steps: 100, Options: lr(0.1)})
		if err != nil || p.Diverged || !(p.Points[100].Loss < 1e-15*p.Points[0].Loss || p.Points[0].Loss == 0) {
			t.Errorf("from %v: %v, diverged %v after %d points", start, err, p.Diverged, len(p.Points))
		}
		p, err = open(t, "x^2 + y^2").Descend(optim.SGD, surface.Config{Start: &start, Steps: 10_000, Options: lr(2)})
		if err != nil || !p.Diverged {
			t.Errorf("from %v: %v, diverged %v", start, err, p.Diverged)
		}
	}
	s := open(t, "(x - 1e9)^2 + y^2")
	s.Window, s.Start = surface.Window{X0: 1e9 - 1, X1: 1e9 + 1, Y0: -1, Y1: 1}, [2]float64{1e9 + 1, 0}
	if p, err := s.Descend(optim.SGD, surface.Config{Steps: 50, Options: lr(0.1)}); err != nil || p.Diverged {
		t.Errorf("far from 0: %v, %+v", err, p)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"rosenbruck", `unknown surface "rosenbruck", nor is it a function such as x^2 + 10*y^2; did you mean rosenbrock?`},
		{"hills", `"hills", nor is it a function such as x^2 + 10*y^2; there is quadratic, rosenbrock`},
		{"x^2 + z", "unknown name z"},
		{"", "expected a number"},
	} {
		if _, err := surface.Open(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, expected %s", c.text, err, c.want)
		}
	}
	_, err := surface.Open("x^2 + sn(y)")
	var mistake *formula.Error
	if !errors.As(err, &mistake) || mistake.Pos.Col != 7 {
		t.Errorf("got %v", err)
	}
	for _, c := range []struct {
		text  string
		start [2]float64
		steps int
		want  string
	}{
		{"log(x)", [2]float64{-1, 0}, 1, "the loss of log(x) is NaN at the start (-1, 0)"},
		{"x^0.5 + y", [2]float64{0, 0}, 1, "the gradient of x^0.5 + y is +Inf at the start (0, 0)"},
		{"x", [2]float64{}, 0, "0 steps: expected at least 1"},
	} {
		if _, err := open(t, c.text).Descend(optim.SGD, surface.Config{Start: &c.start, Steps: c.steps}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %s", c.text, err, c.want)
		}
	}
	if _, err := open(t, "x").Descend(optim.SGD, surface.Config{Steps: 1, Options: []descent.Option{descent.Beta1(0)}}); err == nil {
		t.Error("no error of an option that the rule has not")
	}
}

// A surface that one has changed to be none is an error, not a way to nowhere.
func TestBrokenSurfaces(t *testing.T) {
	for _, c := range []struct {
		change func(s *surface.Surface)
		want   string
	}{
		{func(s *surface.Surface) { *s = surface.Surface{} }, "surface: a Surface without its function"},
		{func(s *surface.Surface) { s.Window.X1 = s.Window.X0 }, "surface: the window {X0:-4 X1:-4 Y0:-1.8 Y1:1.8} of quadratic"},
		{func(s *surface.Surface) { s.Window.Y1 = math.Inf(1) }, "surface: the window"},
		{func(s *surface.Surface) { s.Minima = [][2]float64{{0, math.NaN()}} }, "surface: the minimum [0 NaN]"},
	} {
		s := open(t, "quadratic")
		c.change(s)
		_, err := s.Descend(optim.SGD, surface.Config{Steps: 1})
		_, err2 := s.Tune(t.Context(), optim.SGD, surface.Config{Steps: 1}, nil)
		for _, err := range []error{err, err2} {
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, expected %s", err, c.want)
			}
		}
	}
}

// Every rule finds its way, or says why not.
func TestEveryRule(t *testing.T) {
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := rule.Info(); err != nil || info.Link {
			continue
		}
		if p, err := open(t, "quadratic").Descend(rule, surface.Config{Steps: 10}); err != nil || len(p.Points) < 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
