package stability_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/stability"
)

type values = map[string]float64

// open puts a rule, by name, on a loss.
func open(t *testing.T, name string, curvature float64, v values) *stability.System {
	t.Helper()
	rule, err := optim.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stability.Open(rule, curvature, v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBounds: the largest learning rates that converge are those known.
func TestBounds(t *testing.T) {
	heavyBall := func(m float64) float64 { return 2 * (1 + m) }
	// nag: with a = lr*h the eigenvalues have the sum (1-a)(1+m) and the product
	// m(1-a); the first to leave the circle does at -1, where sum + product = -1.
	nesterov := func(m float64) float64 { return 2 * (1 + m) / (1 + 2*m) }
	for name, bound := range map[string]func(m float64) float64{"sgd": heavyBall, "nag": nesterov, "nag-shifted": nesterov} {
		for _, momentum := range []float64{0, 0.3, 0.9, 0.99} {
			for _, h := range []float64{0.02, 1, 300} {
				for _, wd := range []float64{0, 0.5} {
					want := bound(momentum) / (h + wd)
					s := open(t, name, h, values{"wd": wd})
					m, err := s.Map(t.Context(), stability.Axis{Name: "lr", Values: []float64{want / 3, want * 5}},
						stability.Axis{Name: "momentum", Values: []float64{0, 0.5}}, stability.MinSteps, nil)
					if err != nil {
						t.Fatal(err)
					}
					found, err := m.Intervals(t.Context(), momentum)
					if err != nil {
						t.Fatal(err)
					}
					if m.Steps != 0 || len(found) != 1 || !(math.Abs(found[0].To-want) < 1e-9*want) || !found[0].FromEdge || found[0].ToEdge {
						t.Errorf("%s, momentum %v, h = %v, wd = %v: converges in %+v, expected up to %v, computed", name, momentum, h, wd, found, want)
					}
				}
			}
		}
	}
}

// TestRadius: without momentum a step multiplies by 1 - lr*h; with the best
// momentum for a learning rate both eigenvalues are its root.
func TestRadius(t *testing.T) {
	for _, c := range []struct {
		lr, momentum, h, want float64
	}{
		{0.25, 0, 1, 0.75}, {0.25, 0, 10, 1.5}, {1, 0, 1, 0}, {0, 0, 1, 1}, {0.1, 0.81, 1, 0.9}, {1e200, 0, 1e200, math.Inf(1)},
	} {
		got, ok := open(t, "sgd", c.h, values{"lr": c.lr, "momentum": c.momentum}).Radius()
		if !ok || !(math.Abs(got-c.want) < 1e-12) && got != c.want {
			t.Errorf("%+v: radius %v, %v", c, got, ok)
		}
	}
}

// TestRadiusOf formulas whose terms are divided, negated and chosen.
func TestRadiusOf(t *testing.T) {
	for text, want := range map[string]float64{
		"w = w - g/4":                            0.75,
		"w = w - g/(2 - 1/2)^1":                  1.0 / 3,
		"w = w + -(g^1)/2":                       0.5,
		"w = w - g*(2 + 1)^0/8*(1/2 < 1)":        0.875,
		"w = w - (g + 1 - 1)*mod(5, 3)/10":       0.8,
		"state a\nb = a\na = w/2\nw = b/2 - 0*g": 0.5,
	} {
		if got, ok := parsed(t, text).Radius(); !ok || math.Abs(got-want) > 1e-15 {
			t.Errorf("%q: radius %v, %v; expected %v", text, got, ok, want)
		}
	}
}

// TestMatrix: powers of the matrix give the weights that the optimizer gives.
func TestMatrix(t *testing.T) {
	for _, c := range []struct {
		name string
		v    values
		of   string
	}{
		{"sgd", nil, "w"},
		{"sgd", values{"momentum": 0.7, "wd": 0.3, "lr": 0.2}, "w v"},
		{"nag", values{"lr": 0.2, "wd": 0.3}, "w v"},
		{"nag-shifted", values{"lr": 0.2, "momentum": 0.6}, "w v"},
		{"dcasgd", values{"momentum": 0.5, "lr": 0.2}, "w v"},
		{"rescale+sgd", values{"rescale.factor": 0.5, "momentum": 0.5, "lr": 0.3}, "w sgd.v"},
		{"sgd+decay", values{"decay.wd": 0.2, "momentum": 0.5, "lr": 0.3}, "w sgd.v"},
		{"centralize+nag+ema", values{"lr": 0.3}, "w nag.v"},
	} {
		const h = 1.7
		s := open(t, c.name, h, c.v)
		m, ok := s.Matrix()
		if !ok || strings.Join(m.Names, " ") != c.of {
			t.Errorf("%s: a matrix: %v; of %v, expected %s", c.name, ok, m.Names, c.of)
			continue
		}
		real := trajectory(t, c.name, h, c.v, 12)
		x := make([]float64, len(m.Names))
		x[0] = 1
		for step, want := range real {
			next := make([]float64, len(x))
			for i, row := range m.Rows {
				for j, share := range row {
					next[i] += share * x[j]
				}
			}
			if x = next; !(math.Abs(x[0]-want) < 1e-13) {
				t.Errorf("%s: step %d: %v by the matrix, %v by the optimizer", c.name, step+1, x[0], want)
			}
		}
	}
}

// trajectory is where an optimizer takes a weight from 1.
func trajectory(t *testing.T, name string, h float64, v values, steps int) []float64 {
	t.Helper()
	rule, err := optim.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	var options []descent.Option
	for k, x := range v {
		options = append(options, descent.Set(k, x))
	}
	w, g := []float64{1}, []float64{0}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	var way []float64
	for range steps {
		if _, err := opt.StepFunc(func() (float64, error) { g[0] = h * w[0]; return 0, nil }); err != nil {
			t.Fatal(err)
		}
		way = append(way, w[0])
	}
	return way
}

// TestLinear: which rules have a matrix, and that those that have none say so.
func TestLinear(t *testing.T) {
	linear := []string{"dcasgd", "dcasgd-adaptive", "nag", "nag-shifted", "sgd"}
	for _, name := range formulas(t) {
		if _, ok := open(t, name, 1, nil).Matrix(); ok != slices.Contains(linear, name) {
			t.Errorf("%s is linear: %v", name, ok)
		}
	}
	for name, want := range map[string]bool{
		"sgd+ema": true, "sgd+lookahead": false, "clip-value+sgd": false, "clip-norm+sgd": false, "sgd+cautious": false,
	} {
		if _, ok := open(t, name, 1, nil).Matrix(); ok != want {
			t.Errorf("%s is linear: %v", name, ok)
		}
	}
	for text, want := range map[string]bool{
		"hyper a = 0\nw = w - 0.1*g - a*g^2*sin(w)":                               true, // a removes it
		"hyper a = 1\nw = w - 0.1*g - a*g^2":                                      false,
		"hyper kind = one {one, other}\nw = where(kind == one, w - 0.1*g, w^2)":   true,
		"hyper kind = other {one, other}\nw = where(kind == one, w - 0.1*g, w^2)": false,
		"w = w - 0.1*g + 0.01":                                                    false, // its rest is not 0
		"w = w - 0.1*g/t":                                                         false,
		"w = w - 0.1*sum(g) + 0*norm(g)":                                          true,
		"w = w - 0.1*norm(g)":                                                     false,
		"w = w - 0.1*dot(g, g)":                                                   false,
		"w = w - g*min(0.1, sqrt(4))^1":                                           true,
		"w = w - 0.1*g + 1e-9*normal()":                                           false,
		"w = w/g":                                                                 false,
		"w = w*(g > 0)":                                                           false,
		"state s, u\nu = s^2\ns = s/2 - g\nw = w + 0.1*s":                         true, // nobody reads u
		"state s\ns = abs(s)\nw = w - 0.1*g + s":                                  false,
	} {
		if _, ok := parsed(t, text).Matrix(); ok != want {
			t.Errorf("%q is linear: %v", text, ok)
		}
	}
}

// parsed puts a formula on the loss x^2/2.
func parsed(t *testing.T, text string) *stability.System {
	t.Helper()
	rule, err := optim.Parse("mine", text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stability.Open(rule, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// formulas are the names of all rules that are formulas, but for links.
func formulas(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := rule.(*optim.Formula); ok && !info.Link {
			names = append(names, name)
		}
	}
	return names
}

func TestOpenMistakes(t *testing.T) {
	for _, c := range []struct {
		rule optim.Rule
		h    float64
		v    values
		want string
	}{
		{nil, 1, nil, "no rule"},
		{optim.SGD, 0, nil, "curvature 0: expected a finite number above 0"},
		{optim.SGD, math.NaN(), nil, "curvature NaN"},
		{optim.SGD, math.Inf(1), nil, "curvature +Inf"},
		{optim.LBFGS, 1, nil, "lbfgs is no formula"},
		{optim.Chain(optim.ClipNorm, optim.SOAP), 1, nil, "soap is no formula"},
		{optim.ClipNorm, 1, nil, "clip-norm does not move weights by itself: chain it"},
		{optim.Decay, 1, nil, "decay reads or assigns step"},
		{&optim.Formula{}, 1, nil, "optim.Parse"},
		{optim.SGD, 1, values{"beta": 0.5}, "sgd has no hyperparameter beta: it has lr, momentum, wd"},
		{optim.SGD, 1, values{"momentum": 1}, "momentum = 1 is out of range: expected a value in [0,1)"},
		{optim.Chain(optim.Adam, optim.Adam), 1, values{"beta1": 0.5}, "name one of adam.beta1, adam2.beta1"},
		{optim.Chain(optim.SGD, optim.Lookahead), 1, values{"k": 0}, "lookahead.k = 0 is out of range"},
	} {
		_, err := stability.Open(c.rule, c.h, c.v)
		if err == nil || !strings.HasPrefix(err.Error(), "stability: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected %q", err, c.want)
		}
	}
}
