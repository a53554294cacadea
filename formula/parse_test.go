package formula_test

import (
	"math"
	"slices"
	"testing"

	"github.com/descent-go/descent/formula"
)

func TestHypers(t *testing.T) {
	p := parse(t, `
		hyper lr = 1e-3, beta = 1 - 0.1 [0,1), c = -2 [-inf, 0]   # a comment
		hyper d = inf (0, inf]; hyper mode = sqrt {linear, sqrt}
		hyper n = 1_000, half = 1/2 (0, 1)
		w = w - lr*g`)
	inf := math.Inf(1)
	want := []struct {
		name string
		def  float64
		r    formula.Range
		text string
	}{
		{"lr", 0.001, formula.Range{Lo: -inf, Hi: inf, OpenLo: true, OpenHi: true}, ""},
		{"beta", 0.9, formula.Range{Lo: 0, Hi: 1, OpenHi: true}, "[0,1)"},
		{"c", -2, formula.Range{Lo: -inf, Hi: 0}, "[-inf,0]"},
		{"d", inf, formula.Range{Lo: 0, Hi: inf, OpenLo: true}, "(0,inf]"},
		{"mode", 1, formula.Range{Lo: 0, Hi: 1, Choices: []string{"linear", "sqrt"}}, "{linear, sqrt}"},
		{"n", 1000, formula.Range{Lo: -inf, Hi: inf, OpenLo: true, OpenHi: true}, ""},
		{"half", 0.5, formula.Range{Lo: 0, Hi: 1, OpenLo: true, OpenHi: true}, "(0,1)"},
	}
	if len(p.Hypers) != len(want) {
		t.Fatalf("%d hyperparameters, expected %d", len(p.Hypers), len(want))
	}
	for i, w := range want {
		h := p.Hypers[i]
		r := h.Range
		if h.Name != w.name || h.Default != w.def || r.Lo != w.r.Lo || r.Hi != w.r.Hi || r.OpenLo != w.r.OpenLo || r.OpenHi != w.r.OpenHi || !slices.Equal(r.Choices, w.r.Choices) {
			t.Errorf("%+v, expected %+v", h, w)
		}
		if r.String() != w.text {
			t.Errorf("range of %s: %q, expected %q", h.Name, r, w.text)
		}
	}
	if p.Hyper("beta") != &p.Hypers[1] || p.Hyper("nothing") != nil {
		t.Error("Hyper finds the wrong one")
	}
}

func TestStates(t *testing.T) {
	p := parse(t, `
		hyper c = 2
		state m, v = 1e-6, prev = w
		state row r = c^2
		state row, scalar = 3
		scalar prod = 1
		global scalar d = c, hyper
		w = w - g`)
	want := []struct {
		name, init string
		kind       formula.Kind
	}{
		{"m", "", formula.Elem}, {"v", "1e-6", formula.Elem}, {"prev", "w", formula.Elem}, {"r", "c^2", formula.Row},
		{"row", "", formula.Elem}, {"scalar", "3", formula.Elem}, {"prod", "1", formula.Scalar}, {"d", "c", formula.Global}, {"hyper", "", formula.Global},
	}
	for i, w := range want {
		s := p.States[i]
		init := ""
		if s.Init != nil {
			init = s.Init.String()
		}
		if s.Name != w.name || s.Kind != w.kind || init != w.init {
			t.Errorf("%s %v = %q, expected %+v", s.Name, s.Kind, init, w)
		}
	}
	if p.State("r") != &p.States[3] || p.State("c") != nil {
		t.Error("State finds the wrong one")
	}
}

// Each expression is printed with no more parentheses than it needs, so the
// printed form shows how it was grouped.
func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		"(w + g) + t": "w + g + t", "w + (g + t)": "w + (g + t)", "(w - g) - t": "w - g - t", "w - (g - t)": "w - (g - t)",
		"(w*g)/t": "w*g/t", "w*(g/t)": "w*(g/t)", "w/(g*t)": "w/(g*t)", "(w + g)*t": "(w + g)*t", "w + (g*t)": "w + g*t",
		"w^(g^t)": "w^g^t", "(w^g)^t": "(w^g)^t", "-(w^2)": "-w^2", "(-w)^2": "(-w)^2", "w^-2": "w^-2", "(w)^(-g)": "w^-g", "w^(-g^2)": "w^-g^2",
		"-(w*g)": "-(w*g)", "(-w)*g": "-w*g", "w*(-g)": "w*-g", "w - -2": "w - -2", "-(2)": "-2", "(-2)^2": "(-2)^2", "-(-2)": "2", "--w": "--w", "+w": "w",
		"(w + g) < t": "w + g < t", "(w < g) == t": "(w < g) == t", "(w < g)*(g < t)": "(w < g)*(g < t)", "w != -g": "w != -g",
		"where(w>=g,(w),t)": "where(w >= g, w, t)", "all.dot(w, (g))": "all.dot(w, g)", "normal()": "normal()", "1e-8 + .5 + 3.": "1e-8 + 0.5 + 3",
		"all . norm ( w )": "all.norm(w)", "β1 + w": "β1 + w", "2^2^w": "2^2^w", "-2^2": "-2^2",
	} {
		p := parse(t, "hyper β1 = 1\nw = "+text)
		if got := p.Body[0].X.String(); got != want {
			t.Errorf("%s is printed %s, expected %s", text, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	for _, text := range []string{
		"a = g*(1 +\n 2)\nw = w - a", "a = g*\n(1 + 2)\nw =\n\n w -   # why not\n a", "a = g*(1\n + 2); w = w - a;",
		"; a = g*(1+2) # (\r\n\r\nw = w - a\r\n", "a = g*(1+2);;w = w - a",
	} {
		if got := body(parse(t, text)); got != "a = g*(1 + 2)\nw = w - a" {
			t.Errorf("%q is\n%s", text, got)
		}
	}
	p := parse(t, "eval = g; hyper = 2; state = 3; scalar = 1; global = 5; w = w - eval*hyper*state*scalar*global\neval x = w/2")
	if p.Eval == nil || p.Eval.String() != "x = w/2" || len(p.Body) != 6 {
		t.Errorf("words of the language as names: %s", p)
	}
}

// What is nested or chained deeply is an error; what is not quite, prints as it was.
func TestDepth(t *testing.T) {
	repeat := func(n int, open, mid, end string) string {
		s := mid
		for range n {
			s = open + s + end
		}
		return "w = " + s
	}
	for _, text := range []string{repeat(99, "(", "g", ")"), repeat(99, "abs(", "g", ")"), repeat(200, "", "g", " + g"), repeat(198, "-", "g", ""), repeat(198, "", "g", "^2")} {
		p := parse(t, text)
		if q := parse(t, p.String()); !same(p, q) {
			t.Errorf("%.30s... does not survive printing", text)
		}
	}
	for text, want := range map[string]string{
		repeat(10_000, "(", "g", ")"): "the expression nests more than 200 deep; name its parts on lines of their own",
		repeat(10_000, "-", "g", ""):  "the expression nests more than 200 deep; name its parts on lines of their own",
		repeat(10_000, "2^", "g", ""): "the expression nests more than 200 deep; name its parts on lines of their own",
		repeat(201, "", "g", " + g"):  "more than 200 terms in a row; name some on lines of their own",
		// printed, the parentheses go
		"w = (" + repeat(150, "", "g", "*g")[4:] + ")" + repeat(51, "", "", "*g")[4:]: "more than 200 terms in a row; name some on lines of their own",
	} {
		if e := mistake(t, text); e.Msg != want {
			t.Errorf("%.30s...: %s", text, e.Msg)
		}
	}
}

func TestProgramQuestions(t *testing.T) {
	p := parse(t, adam)
	for name, want := range map[string][3]bool{ // assigns, reads, reads first
		"m": {true, true, true}, "g": {true, true, true}, "lr": {false, true, true}, "sqrt": {false, true, true}, "seen": {}, "w": {true, true, true},
	} {
		if got := [3]bool{p.Assigns(name), p.Reads(name), p.ReadsFirst(name)}; got != want {
			t.Errorf("%s is assigned, read, read first: %v, expected %v", name, got, want)
		}
	}
	p = parse(t, "state m, n\nm = g; w = w - m\neval x = n")
	if p.ReadsFirst("m") || !p.Reads("n") || p.ReadsFirst("n") {
		t.Error("m is assigned before it is read; n is read by the eval line alone")
	}
}

func TestEvalExpr(t *testing.T) {
	for text, want := range map[string]string{
		"w = w - g": "", "w = w - g\neval x = 2*w": "2*w",
		"hyper b = 0.5\na = 1 - b^t; w = w - g\neval x = w/a":                "w/(1 - b^t)",
		"hyper b = 0.5\na = t; a = a + b; w = w - g\neval x = w*a":           "w*(t + b)",
		"hyper m = x {x, y}\na = m == y; w = w - g\neval z = where(a, w, 0)": "where(m == y, w, 0)",
		"w = 1\neval x = w": "w",
	} {
		got := ""
		if x := parse(t, text).EvalExpr(); x != nil {
			got = x.String()
		}
		if got != want {
			t.Errorf("%s: %q, expected %q", text, got, want)
		}
	}
}
