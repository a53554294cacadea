package surface_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

func parsed(t *testing.T, text string) optim.Rule {
	t.Helper()
	rule, err := optim.Parse("own", text)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func TestTune(t *testing.T) {
	tests := []struct {
		rule      optim.Rule
		on        string
		options   []descent.Option
		low, high float64
		height    float64 // at most
	}{
		{optim.SGD, "quadratic", nil, 0.05, 2.0 / 12, 1e-2},                                 // above 2/curvature it diverges
		{optim.SGD, "quadratic", []descent.Option{descent.Momentum(0.9)}, 4e-3, 1e-2, 0.02}, // 0.024 is no better
		{optim.SGD, "x^2 + y^2", nil, 0.02, 0.12, 1e-3},                                     // 0.5 would do too: the smallest
		{optim.SGD, "sin(x)*cos(y)", nil, 0.05, 5, 0.1},                                     // has losses below 0
		{optim.SGD, "1e12*x^2 + 1e12*y^2", nil, 1e-14, 1e-12, 1},                            // far from the default
		{optim.SGD, "1e-6*x^2 + 1e-6*y^2", nil, 1e3, 1e3, 1},                                // the grid ends
		{optim.Rprop, "rosenbrock", nil, 1e-4, 1, 1},                                        // leaves with large steps, and comes back
		{optim.Adam, "rosenbrock", nil, 1e-4, 1, 1},
		{optim.RMSProp, "ackley", nil, 0.1, 1, 0.2}, // over the hills into better dips
		{optim.Adam, "ackley", nil, 0.1, 1, 0.05},
		{optim.Rprop, "ackley", nil, 1, 2, 0.01}, // higher than the others
		{optim.Adam, "beale", nil, 0.1, 1, 0.01}, // not over the wall, though that is as good
		{optim.NAG, "rastrigin", nil, 1e-3, 1e-2, 0.3},
		{optim.SGD, "x^2", lr(0.3), 0.3, 0.3, 1e-3}, // as good as any
		{parsed(t, "hyper lr = 0.01 [0,0.1]\nw = w - lr*g"), "x^2/2", nil, 0.1, 0.1, 0.1},
		{parsed(t, "hyper lr = 0.01 (0,inf)\nw = 3*w - lr*g/1e9"), "x^2/2", nil, 0.01, 0.01, math.Inf(1)}, // diverges anyhow
		{optim.SGD, "0*x + 1", nil, 0.01, 0.01, math.Inf(1)},                                              // nowhere to go
		{optim.SGD, "x*log(x^2) + y^2", lr(3), 1e-3, 1, 1},                                                // not finite on the grid of the minimum
	}
	for _, c := range tests {
		s := open(t, c.on)
		config := surface.Config{Steps: 40, Options: c.options}
		trials := 0
		best, err := s.Tune(t.Context(), c.rule, config, func(done int) {
			if trials++; done != trials || done > surface.Trials {
				t.Errorf("%s: %d done as trial %d", c.on, done, trials)
			}
		})
		if err != nil || !(c.low <= best.LR && best.LR <= c.high) || !(best.Height <= c.height) {
			t.Errorf("%s on %s: %+v, %v; expected from %v to %v with a height of %v at most", c.rule.Name(), c.on, best, err, c.low, c.high, c.height)
		}
		config.Options = slices.Concat(c.options, lr(best.LR))
		path, err := s.Descend(c.rule, config)
		if err != nil {
			t.Fatal(err)
		}
		if height := s.Height(path); height != best.Height {
			t.Errorf("%s on %s: with the lr chosen the height is %v, not %v", c.rule.Name(), c.on, height, best.Height)
		}
		if again, _ := s.Tune(t.Context(), c.rule, surface.Config{Steps: 40, Options: c.options}, nil); !reflect.DeepEqual(again, best) {
			t.Errorf("%s on %s: %+v, again %+v", c.rule.Name(), c.on, best, again)
		}
	}
}

func lr(v float64) []descent.Option { return []descent.Option{descent.LR(v)} }

func TestTuneMistakes(t *testing.T) {
	s := open(t, "quadratic")
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := s.Tune(ended, optim.SGD, surface.Config{Steps: 9}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for _, c := range []struct {
		rule   optim.Rule
		config surface.Config
		want   string
	}{
		{nil, surface.Config{Steps: 9}, "surface: no rule"},
		{optim.AdaDelta, surface.Config{Steps: 9}, "surface: adadelta has no hyperparameter lr"},
		{optim.SGD, surface.Config{}, "surface: 0 steps"},
		{optim.SGD, surface.Config{Steps: 9, Options: []descent.Option{descent.Beta1(0)}}, "beta1"},
		{optim.SGD, surface.Config{Steps: 9, Start: &[2]float64{math.NaN(), 0}}, "start elsewhere"},
	} {
		if _, err := s.Tune(t.Context(), c.rule, c.config, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected %s", err, c.want)
		}
	}
}

func TestHeight(t *testing.T) {
	s := open(t, "x^2/2")
	s.Minima = [][2]float64{{0, 0}}
	at := func(losses ...float64) *surface.Path {
		p := &surface.Path{}
		for _, l := range losses {
			p.Points = append(p.Points, surface.Point{X: 2, Loss: l})
		}
		return p
	}
	out := at(2, 1, 1, 1)
	out.Points[1].X = 6
	diverged := at(2, 1, 1, 1)
	diverged.Diverged = true
	for _, c := range []struct {
		path *surface.Path
		want float64
	}{
		{at(2, 1, 1, 1), 0.5}, {at(2, 0, 0, 0, 0, 0, 0.5, 0), 0.125}, {at(2, 2.1, 2.1, 1), 0.5}, {at(2), 1},
		{at(2, 2.9, 1, 1), 0.5}, {at(2, 3.1, 1, 1), math.Inf(1)}, {out, math.Inf(1)}, {diverged, math.Inf(1)}, {at(), math.Inf(1)}, {at(2, math.NaN()), math.Inf(1)},
	} {
		if got := s.Height(c.path); got != c.want {
			t.Errorf("%+v: height %v, expected %v", c.path, got, c.want)
		}
	}
}

func TestMinimum(t *testing.T) {
	for _, c := range []struct {
		on    string
		want  float64
		known bool
	}{
		{"saddle", -0.5, true}, {"x^2 - 3", -3, false}, {"log(x^2) + y^2", 2 * math.Log(0.1), false}, {"0/0*x", math.Inf(1), false},
	} {
		if got, known := open(t, c.on).Minimum(); math.Abs(got-c.want) > 1e-12 || known != c.known || math.IsNaN(got) {
			t.Errorf("%s: %v, known %v", c.on, got, known)
		}
	}
}

func TestWindow(t *testing.T) {
	w := surface.Window{X0: 0, X1: 2, Y0: 0, Y1: 1}
	if got, want := w.Around(0.5), (surface.Window{X0: -1, X1: 3, Y0: -0.5, Y1: 1.5}); got != want {
		t.Errorf("around is %v", got)
	}
	if got, want := w.With(-1, 3).With(4, -1), (surface.Window{X0: -1, X1: 4, Y0: -1, Y1: 3}); got != want || !got.Contains(4, 3) {
		t.Errorf("with is %v", got)
	}
	for _, out := range [][2]float64{{-1, 0}, {3, 0}, {1, -1}, {1, 2}} {
		if w.Contains(out[0], out[1]) {
			t.Errorf("%v contains %v", w, out)
		}
	}
}
