package formula_test

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/randprog"
)

const sgd = "hyper lr = 0.1\nw = w - lr*g"

// chain flattens links written as "prefix: text".
func chain(t *testing.T, links ...string) *formula.Program {
	t.Helper()
	p, err := formula.Flatten(parseLinks(t, links...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func parseLinks(t *testing.T, links ...string) []formula.Link {
	t.Helper()
	var out []formula.Link
	for _, l := range links {
		prefix, text, _ := strings.Cut(l, ":")
		out = append(out, formula.Link{Prefix: prefix, Program: parse(t, text)})
	}
	return out
}

func TestFlatten(t *testing.T) {
	for _, c := range []struct {
		name  string
		links []string
		want  string
	}{
		{"a rule alone", []string{":" + sgd}, "w = w - lr*g"},
		{"clipping before", []string{"clip:hyper c = 1\nn = all.norm(g); g = g*min(1, c/n)", ":" + sgd}, `
			all.1 = all.norm(g)
			clip.n = all.1
			g = g*min(1, clip.c/clip.n)
			w = w - lr*g`},
		{"a link behind", []string{":" + sgd, "half:step = step/2"}, `
			w.old = w
			step = lr*g
			w = w.old - step
			step = step/2
			w = w.old - step`},
		{"a link that moves w", []string{":" + sgd, "a:w = 2*w"}, `
			w.old = w
			step = lr*g
			w = w.old - step
			w = 2*w`},
		{"step after w has moved", []string{":" + sgd, "a:w = 2*w", "b:step = step + w; step = -step"}, `
			w.old = w
			step = lr*g
			w = w.old - step
			w = 2*w
			w.old = w + step
			step = step + w
			w = w.old - step
			step = -step
			w = w.old - step`},
		{"a gradient through links", []string{"clip:g = clip(g, -1, 1)", ":hyper lr = 1\nx = grad(w + 1); w = w - lr*x"}, `
			grad.1 = grad(w + 1)
			g = grad.1
			g = clip(g, -1, 1)
			grad.1.linked = g
			x = grad.1.linked
			w = w - lr*x`},
		{"g beside grad", []string{"clip:g = clip(g, -1, 1)", ":x = grad(w + g); w = w - x", "last:step = step + g"}, `
			g = clip(g, -1, 1)
			grad.1 = grad(w + g)
			grad.1.g = g
			g = grad.1
			g = clip(g, -1, 1)
			grad.1.linked = g
			g = grad.1.g
			x = grad.1.linked
			w.old = w
			step = x
			w = w.old - step
			step = step + g
			w = w.old - step`},
		{"g read behind a rule that has only grad", []string{"s:g = 2*g", ":w = w - grad(w)", "last:step = where(step*g > 0, step, 0)"}, `
			g = 2*g
			w.old = w
			grad.1 = grad(w)
			grad.1.g = g
			g = grad.1
			g = 2*g
			grad.1.linked = g
			g = grad.1.g
			step = grad.1.linked
			w = w.old - step
			step = where(step*g > 0, step, 0)
			w = w.old - step`},
		{"reductions inside each other", []string{":w = w - g*all.norm(g*all.sum(g))"}, `
			all.1 = all.sum(g)
			all.2 = all.norm(g*all.1)
			w = w - g*all.2`},
		{"choices", []string{"c:hyper m = b {a, b}\ng = where(m == b, g, 0)", ":" + sgd}, `
			g = where(c.m == 1, g, 0)
			w = w - lr*g`},
	} {
		want := strings.ReplaceAll(strings.TrimSpace(c.want), "\t", "")
		if got := body(chain(t, c.links...)); got != want {
			t.Errorf("%s:\n%s\nexpected\n%s", c.name, got, want)
		}
	}
}

// What the rule subtracts is taken from its text.
func TestStepFromText(t *testing.T) {
	for text, want := range map[string]string{
		"w - g": "g", "w + g": "-g", "g + w": "-g", "w": "0", "w - g - 1": "g + 1", "w - 1 - g": "1 + g", "w + 1 + g": "-1 - g", "1 + w - g": "-1 + g",
		"w - (g + 1)": "g + 1", "w - g + w": "g - w", "g - w": "w - (g - w)", "2*w": "w - 2*w", "where(t > 1, w, g)": "w - where(t > 1, w, g)", "w - 0": "0",
	} {
		p := chain(t, ":w = "+text, "x:step = step")
		if got := p.Body[1]; got.Name != "step" || got.X.String() != want {
			t.Errorf("w = %s has %s, expected %s", text, got, want)
		}
	}
}

func TestFlattenNames(t *testing.T) {
	p := chain(t,
		"clip:hyper lr = 1 [0,2], c = 3\nstate v = w*c; scalar s\nv = v + g; s = norm(v); g = v/s",
		":hyper lr = 0.1 (0,1), c = 4\nstate v\nv = g; w = w - lr*v*c\neval x = w - v",
		"look:hyper k = 5\nstate slow = w\nb = 2*k; slow = slow + w; w = slow\neval y = slow/b")
	want := `hyper lr = 0.1 (0,1)
hyper clip.c = 3
hyper c = 4
hyper look.k = 5
state clip.v = w*clip.c
scalar clip.s
state v
state look.slow = w
clip.v = clip.v + g
clip.s = norm(clip.v)
g = clip.v/clip.s
v = g
w.old = w
step = lr*v*c
w = w.old - step
look.b = 2*look.k
look.slow = look.slow + w
w = look.slow
eval y = look.slow/(2*look.k)
`
	if p.String() != want || p.Name != "mine+mine+mine" {
		t.Errorf("%s:\n%s\nexpected\n%s", p.Name, p, want)
	}
}

func TestFlattenErrors(t *testing.T) {
	for _, c := range []struct {
		links []string
		want  string
	}{
		{nil, "a chain of no links; expected at least a rule"},
		{[]string{"a:step = 2*step", ":" + sgd}, "mine reads or assigns step, which is given only after a rule: chain it behind one"},
		{[]string{":w = w - step"}, "mine reads or assigns step, which is given only after a rule: chain it behind one"},
		{[]string{":" + sgd, "a:step = grad(w)"}, "mine asks for a gradient with grad, which no link behind the rule of a chain may"},
		{[]string{"a:g = grad(w)", ":w = w - grad(w)"}, "mine and mine both ask for a gradient with grad, which one link of a chain may"},
		{[]string{"a:state m\nm = m + g; g = m", ":w = w - grad(grad(w))"}, "mine+mine: a.m is assigned before the last gradient is taken; until then only temporaries and g may be"},
		{[]string{":state m\ng = g + m; m = g", ":hyper m = 1\nw = w - g*m"}, "mine: the chain has m already; give the link a prefix of its own"},
		{[]string{":hyper m = 1\ng = g + m", ":hyper m = 1\nw = w - g*m"}, "mine: the chain has m already; give the link a prefix of its own"},
		{[]string{"a:state m\nm = g; g = m", "a:state m\nm = g; w = w - m"}, "mine: the chain has a.m already; give the link a prefix of its own"},
	} {
		_, err := formula.Flatten(parseLinks(t, c.links...))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: %q, expected %q", c.links, got, c.want)
		}
	}
}

// A chain computes what its links compute one after the other: clip, then
// momentum, then lookahead every other step.
func TestChainByHand(t *testing.T) {
	p := chain(t, "clip:g = clip(g, -1, 1)", ":hyper lr = 0.5, momentum = 0.5\nstate v\nv = momentum*v + g; w = w - lr*v",
		"look:state slow = w\nslow = where(mod(t, 2) == 0, slow + 0.5*(w - slow), slow)\nw = where(mod(t, 2) == 0, slow, w)")
	r, param := one(p, []float64{4})
	for i, step := range [][3]float64{{3, 3.5, 4}, {1, 3.375, 3.375}, {-9, 3.5, 3.375}} { // v: 1, 1.5, -0.25
		r.Step(gives([]float64{step[0]}))
		near(t, "weights after step", []float64{param.W[0], param.State["look.slow"][0]}, step[1:])
		if i == 1 {
			near(t, "v", param.State["v"], []float64{1.5})
		}
	}
}

// Flattening a program alone changes nothing that it computes.
func TestFlattenRandom(t *testing.T) {
	rnd := rand.New(rand.NewSource(4))
	for range 200 {
		p := randprog.Program(rnd, randprog.Options{Grad: true, NoNormal: true})
		flat, err := formula.Flatten([]formula.Link{{Program: p}})
		if err != nil {
			t.Fatalf("%s\n%v", p, err)
		}
		a, b := run(p, 2), run(flat, 2)
		for i := range a {
			for j := range a[i].W {
				if x, y := a[i].W[j], b[i].W[j]; x != y && (x == x || y == y) {
					t.Fatalf("%v became %v in\n%s\nflat:\n%s", x, y, p, flat)
				}
			}
		}
	}
}

func TestPlacesInChain(t *testing.T) {
	const rule, centred, slow = ":w = w - g", "centred:g = g - mean(g)", "slow:state s = w\ns = 0.5*(s + w)\nw = s"
	for _, c := range []struct{ parts, want string }{
		{rule + "|" + centred, "changes the gradient, which nothing reads any more behind"},
		{slow + "|" + rule, "reads no gradient and stands before"},
	} {
		links := parseLinks(t, strings.Split(c.parts, "|")...)
		if _, err := formula.Flatten(links); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected %q", c.parts, err, c.want)
		}
	}
}

func TestRanges(t *testing.T) {
	free := formula.Hyper{Name: "a", Default: 1}
	if err := free.Check(-3); err != nil || free.Range.String() != "" {
		t.Errorf("the zero Range: %v %q, expected any number", err, free.Range)
	}
	if free.Check(math.NaN()) == nil || free.Check(math.Inf(1)) == nil {
		t.Error("the zero Range takes what is no finite number")
	}
	if _, err := formula.Parse("f", "hyper a = 1 [3,2]\nw = w - a*g"); err == nil || !strings.Contains(err.Error(), "holds no interval") {
		t.Errorf("an empty range: %v", err)
	}
}
