package formula_test

import (
	"fmt"
	"math"
	"math/rand"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/randprog"
)

// one makes a reference of one parameter.
func one(p *formula.Program, w []float64, shape ...int) (*formula.Reference, *formula.RefParam) {
	param := &formula.RefParam{Name: "p", Shape: shape, W: w}
	return formula.NewReference(p, []*formula.RefParam{param}, nil), param
}

// gives makes a closure that gives the same gradients every time.
func gives(g ...[]float64) func() [][]float64 { return func() [][]float64 { return g } }

func TestMomentumByHand(t *testing.T) {
	p := parse(t, "hyper lr = 0.1, momentum = 0.5\nstate v\nv = momentum*v + g\nw = w - lr*v")
	r, param := one(p, []float64{1, 1})
	for i, step := range []struct{ g, v, w []float64 }{
		{[]float64{2, 0}, []float64{2, 0}, []float64{0.8, 1}},
		{[]float64{1, 4}, []float64{2, 4}, []float64{0.6, 0.6}},
		{[]float64{-1, 0}, []float64{0, 2}, []float64{0.6, 0.4}},
	} {
		r.Step(gives(step.g))
		near(t, fmt.Sprintf("v after step %d", i+1), param.State["v"], step.v)
		near(t, fmt.Sprintf("w after step %d", i+1), param.W, step.w)
	}
	if param.T != 3 {
		t.Errorf("t is %d", param.T)
	}
}

func TestAdamByHand(t *testing.T) {
	r, param := one(parse(t, adam), []float64{1})
	param.Hyper = map[string]float64{"lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0}
	w := 1.0
	for i, step := range []struct{ g, m, v, update float64 }{
		{1, 0.5, 0.25, 1},
		{2, 1.25, 1.1875, 5.0 / 3 / math.Sqrt(19.0/7)}, // 1.25/0.75, 1.1875/0.4375
		{-2, -0.375, 1.890625, -3.0 / 7 * math.Sqrt(37) / 11},
	} {
		r.Step(gives([]float64{step.g}))
		w -= 0.1 * step.update
		what := fmt.Sprintf("step %d", i+1)
		near(t, what, []float64{param.W[0], param.State["m"][0], param.State["v"][0]}, []float64{w, step.m, step.v})
	}
}

// Two parameters, [[1 2] [3 -4]] and [5 -1 0], whose gradients are twice the weights.
func TestReductionsByHand(t *testing.T) {
	for text, want := range map[string][2][]float64{
		"sum(w)":               {{2, 2, 2, 2}, {4, 4, 4}},
		"mean(w)":              {{0.5, 0.5, 0.5, 0.5}, {4. / 3, 4. / 3, 4. / 3}},
		"max(w)":               {{3, 3, 3, 3}, {5, 5, 5}},
		"norm(w)^2":            {{30, 30, 30, 30}, {26, 26, 26}},
		"dot(w, g)":            {{60, 60, 60, 60}, {52, 52, 52}},
		"row.sum(w)":           {{3, 3, -1, -1}, {5, -1, 0}},
		"row.mean(w) - w":      {{0.5, -0.5, -3.5, 3.5}, {0, 0, 0}},
		"row.max(w)":           {{2, 2, 3, 3}, {5, -1, 0}},
		"row.norm(w)^2":        {{5, 5, 25, 25}, {25, 1, 0}},
		"row.dot(w, g)":        {{10, 10, 50, 50}, {50, 2, 0}},
		"all.sum(w)":           {{6, 6, 6, 6}, {6, 6, 6}},
		"all.mean(w)":          {{6. / 7, 6. / 7, 6. / 7, 6. / 7}, {6. / 7, 6. / 7, 6. / 7}},
		"all.max(w)":           {{5, 5, 5, 5}, {5, 5, 5}},
		"all.norm(w)^2":        {{56, 56, 56, 56}, {56, 56, 56}},
		"all.dot(w, g)":        {{112, 112, 112, 112}, {112, 112, 112}},
		"sum(1)":               {{4, 4, 4, 4}, {3, 3, 3}},
		"all.sum(row.sum(1))":  {{11, 11, 11, 11}, {11, 11, 11}}, // two rows of two, three of one
		"row.sum(row.max(w))":  {{4, 4, 6, 6}, {5, -1, 0}},
		"row.sum(w)*max(w)":    {{9, 9, -3, -3}, {25, -5, 0}},
		"row.max(w) > sum(w)":  {{0, 0, 1, 1}, {1, 0, 0}},
		"all.sum(lr)":          {{10, 10, 10, 10}, {10, 10, 10}}, // 4*1 + 3*2
		"where(w > 0, w, t)":   {{1, 2, 3, 1}, {5, 1, 1}},
		"mod(w, 3)":            {{1, 2, 0, 2}, {2, 2, 0}},
		"sign(w)":              {{1, 1, 1, -1}, {1, -1, 0}},
		"clip(w, -2, 2)":       {{1, 2, 2, -2}, {2, -1, 0}},
		"min(w, 1) + max(w,2)": {{3, 3, 4, -2}, {6, 1, 2}},
		"floor(w/2)":           {{0, 1, 1, -2}, {2, -1, 0}},
	} {
		a := &formula.RefParam{Name: "a", Shape: []int{2, 2}, W: []float64{1, 2, 3, -4}, Hyper: map[string]float64{"lr": 1}}
		b := &formula.RefParam{Name: "b", Shape: []int{3}, W: []float64{5, -1, 0}}
		r := formula.NewReference(parse(t, "hyper lr = 2\nx = "+text+"\nw = 0*g + x"), []*formula.RefParam{a, b}, nil)
		r.Step(gives([]float64{2, 4, 6, -8}, []float64{10, -2, 0}))
		near(t, text+" of a", a.W, want[0])
		near(t, text+" of b", b.W, want[1])
	}
}

// The mean of no weights is 0, not NaN, which a state would keep.
func TestMeanOfNone(t *testing.T) {
	r, param := one(parse(t, "scalar s = 1\ns = s + mean(g) + all.mean(g)\nw = w - s*g"), nil, 0)
	r.Step(gives(nil))
	if s := param.State["s"][0]; s != 1 {
		t.Errorf("s is %v, expected 1", s)
	}
}

// States of every kind keep their values, and a global scalar is one for all.
func TestKindsOfStates(t *testing.T) {
	p := parse(t, `
		hyper c = 2
		state e = w; state row r = 1; scalar s = c; global scalar d = 10*c
		e = e + t; r = r + row.sum(g); s = s*2; d = d + all.sum(g) + c
		w = w - d`)
	a := &formula.RefParam{Name: "a", Shape: []int{2, 2}, W: []float64{1, 2, 3, 4}, Hyper: map[string]float64{"c": 3}}
	b := &formula.RefParam{Name: "b", W: []float64{7}}
	r := formula.NewReference(p, []*formula.RefParam{a, b}, map[string]float64{"c": 5})
	for range 2 {
		r.Step(gives([]float64{1, 1, 0, 2}, []float64{3}))
	}
	near(t, "e", a.State["e"], []float64{4, 5, 6, 7})
	near(t, "e of b", b.State["e"], []float64{10})
	near(t, "r", a.State["r"], []float64{5, 5})
	near(t, "r of b", b.State["r"], []float64{7})
	near(t, "s", append(a.State["s"], b.State["s"]...), []float64{12, 8})
	near(t, "d", []float64{r.Global["d"]}, []float64{50 + 2*(7+5)})
	near(t, "w", b.W, []float64{7 - 62 - 74})
}

func TestSpecialNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		text string
		w    float64
		want float64
	}{
		{"clip(w, -1, 1)", nan, nan}, {"min(w, 1)", nan, nan}, {"max(1, w)", nan, nan}, {"sign(w)", nan, nan},
		{"where(1, 2, w)", nan, 2}, {"where(0, w, 2)", nan, 2}, {"where(w, 1, 2)", nan, 1}, {"w == w", nan, 0}, {"w != w", nan, 1}, {"w < 1", nan, 0},
		{"1/sign(w)", math.Copysign(0, -1), -inf}, {"mod(w, 3)", -1, 2}, {"mod(w, -3)", 1, -2}, {"clip(w, 2, 1)", 0, 2}, {"max(w)", nan, nan},
	} {
		r, param := one(parse(t, "w = "+c.text), []float64{c.w})
		r.Step(gives([]float64{0}))
		if got := param.W[0]; got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s at %v is %v, expected %v", c.text, c.w, got, c.want)
		}
	}
}

func TestSeenAndNormal(t *testing.T) {
	r, param := one(parse(t, "x = normal(); w = w + 10*(w - seen) + x - normal()"), []float64{1, 2})
	r.Step(gives(nil))
	near(t, "where nothing else was seen", param.W, []float64{1, 2})
	param.Seen = []float64{0, 2}
	r.Normal = func(name string, elem, t, draw int) float64 {
		return float64(len(name) + 10*elem + 100*t + 1000*draw)
	}
	r.Step(gives(nil))
	near(t, "seen and two draws", param.W, []float64{1 + 10 - 1000, 2 - 1000})
}

// grad(x) is the gradient at x: of f(w) = w^2/2 + w. The weights are back
// afterwards, and g is not asked for where it is not read.
func TestGradient(t *testing.T) {
	r, param := one(parse(t, nag), []float64{1, -2})
	w := param.W
	asked := 0
	var at []float64
	gradient := func() [][]float64 {
		asked++
		at = append(at, param.W...)
		return [][]float64{{param.W[0] + 1, param.W[1] + 1}}
	}
	r.Step(gradient)
	near(t, "the first point", at, []float64{1, -2})
	near(t, "v", param.State["v"], []float64{-0.02, 0.01})
	near(t, "w", param.W, []float64{0.98, -1.99})
	near(t, "the weights before", w, []float64{1, -2})
	r.Step(gradient)
	near(t, "the second point", at[2:], []float64{0.98 - 0.018, -1.99 + 0.009})
	if asked != 2 {
		t.Errorf("%d gradients in 2 steps", asked)
	}

	r, param = one(parse(t, "a = grad(w + 1); w = w - g - 0*a + (w == 3)"), []float64{3})
	kept := &param.W[0]
	r.Step(func() [][]float64 {
		if param.W[0] == 4 && &param.W[0] == kept {
			t.Error("grad changed the weights in place")
		}
		return [][]float64{{1}}
	})
	near(t, "w after grad at another point", param.W, []float64{3})
}

func TestReferenceEval(t *testing.T) {
	r, _ := one(parse(t, "hyper b = 0.5\nstate a\nc = 1 - b^t\na = b*a + (1-b)*w; w = w - g\neval x = a/c"), []float64{4})
	r.Step(gives([]float64{1}))
	r.Step(gives([]float64{1}))
	near(t, "the average of 4 and 3", r.Eval()[0], []float64{(0.25*4 + 0.5*3) / 0.75})
	r, param := one(parse(t, "w = w - g"), []float64{4})
	r.Eval()[0][0] = 9
	near(t, "w", param.W, []float64{4})
}

// odd are programs that pass the check and look for trouble.
var odd = []string{
	"w = 0", "w = t", "g = 1; w = g", "w = w - step", "step = 2", "g = row.mean(g)",
	"global scalar d = 1\nd = d*t\nw = d", "global scalar d\nw = d; d = all.max(w)", "global scalar d, e\nx = d; d = e; e = x; w = x",
	"hyper h = 2\nglobal scalar d = h\nd = h + d\nw = w*d", "hyper h = 2\nglobal scalar d\nx = where(h > 1, h, t); d = max(x, d)\nw = x",
	"global scalar d\nd = all.mean(g); x = d*norm(w); x = row.max(x*g); w = x",
	"x = 1; y = x; x = g; w = x + y; x = 2; w = w*x", "state row r = 2\nr = r/row.norm(w); w = r", "state row r\nr = 1; r = r + row.dot(1, r); w = r",
	"scalar s = 1\ns = s + max(s); w = s", "state v = w\nv = 1; w = v; v = norm(v)", "w = row.max(all.max(max(w)))", "w = all.sum(1)/sum(1) + row.sum(t)",
	"w = normal()*row.mean(normal())", "w = grad(0)", "w = grad(row.sum(w)) + grad(grad(w))", "x = grad(all.norm(w)); g = x; w = g",
	"hyper m = a {a, b}\nglobal scalar d = m == b\nd = where(m == a, d + 1, 0); w = d", "scalar s = 1/0\ns = where(s < 2, s, 0); w = s", "w = 0^-1 + (-1)^0.5 + log(0) + mod(1, 0)",
	"state v\nw = w - g\neval x = norm(v) + row.max(v)", "state row r\nw = w - g\neval x = r", "global scalar d\nw = w - g\neval x = d", "w = w - g\neval x = 2", "w = w - g\neval x = all.norm(w)",
	"state v\nv = 1\nw = w\neval x = v*t",
}

var shapes = [][]int{nil, {1}, {4}, {2, 3}, {0}, {3, 0}, {0, 3}, {2, 1, 2}}

// run takes steps of a model with parameters of all shapes, and of one without any.
func run(p *formula.Program, steps int) []*formula.RefParam {
	params := []*formula.RefParam{{Name: "nil", Shape: []int{0}}}
	for i, shape := range shapes {
		n := 1
		for _, d := range shape {
			n *= d
		}
		params = append(params, &formula.RefParam{Name: fmt.Sprint(shape), Shape: shape, W: make([]float64, n)})
		for j := range n {
			params[i+1].W[j] = math.Sin(float64(i + 3*j))
		}
	}
	for _, ps := range [][]*formula.RefParam{params, nil} {
		r := formula.NewReference(p, ps, nil)
		for range steps {
			r.Step(func() [][]float64 {
				g := make([][]float64, len(ps))
				for i, p := range ps {
					for _, w := range p.W {
						g[i] = append(g[i], 2*w)
					}
				}
				return g
			})
		}
		r.Eval()
	}
	return params
}

// Nothing that passes the check makes the reference panic or changes sizes.
func TestOddPrograms(t *testing.T) {
	var programs []*formula.Program
	for _, text := range odd {
		programs = append(programs, parse(t, text))
	}
	r := rand.New(rand.NewSource(3))
	for range 300 {
		programs = append(programs, randprog.Program(r, randprog.Options{Grad: true}))
	}
	for _, p := range programs {
		params := run(p, 2)
		for i, shape := range shapes {
			size := 1
			for _, d := range shape {
				size *= d
			}
			rows := 1
			if len(shape) > 0 {
				rows = shape[0]
			}
			if len(params[i+1].W) != size {
				t.Fatalf("%d weights of shape %v after\n%s", len(params[i+1].W), shape, p)
			}
			for _, s := range p.States {
				want := map[formula.Kind]int{formula.Elem: size, formula.Row: rows, formula.Scalar: 1, formula.Global: 0}[s.Kind]
				if got := len(params[i+1].State[s.Name]); got != want {
					t.Fatalf("%d values in %s of shape %v after\n%s", got, s.Name, shape, p)
				}
			}
		}
	}
}
