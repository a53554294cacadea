package formula_test

import (
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
)

// Every class of mistake, its place and its message.
var mistakes = []struct {
	text      string
	line, col int
	msg       string
}{
	{"w = w % 2", 1, 7, "unexpected character '%'; for the remainder write mod(a, b)"},
	{"w = w - g ? 1 : 2", 1, 11, "unexpected character '?'; for a choice write where(condition, a, b)"},
	{"w = w & g", 1, 7, "unexpected character '&'; combine conditions with * (and) or max (or)"},
	{"w = !g", 1, 5, "unexpected character '!'; write x == 0, or a != b"},
	{"w = w²", 1, 6, "unexpected character '²'; write a power as x^2"},
	{"w = 2·g", 1, 6, "unexpected character '·'; write a product as x*y"},
	{"w = w − g", 1, 7, "unexpected character '−'; write minus as -"},
	{"w = w $ g", 1, 7, "unexpected character '$'"},
	{"w = 1.2.3", 1, 5, "\"1.2.3\" is not a number; expected one such as 0.9, 1e-8 or 10"},
	{"w = 2x", 1, 5, "\"2x\" is not a number; expected one such as 0.9, 1e-8 or 10"},
	{"w = 1e", 1, 5, "\"1e\" is not a number; expected one such as 0.9, 1e-8 or 10"},
	{"w = 0x10", 1, 5, "\"0x10\" is not a number; expected one such as 0.9, 1e-8 or 10"},
	{"w = w - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, 9, "a name of 105 characters; expected at most 100"},
	{"w", 1, 2, "expected \"=\", found the end of the line"},
	{"w + g", 1, 3, "expected \"=\", found \"+\""},
	{"3 = w", 1, 1, "expected an assignment such as w = w - lr*g, or hyper, state, scalar, global scalar, eval, found \"3\""},
	{"w = ", 1, 5, "expected a number, a name or \"(\", found the end of the formula"},
	{"w = (g", 1, 7, "expected \")\", found the end of the formula"},
	{"w = w - lr*(g\n", 2, 1, "expected \")\", found the end of the formula"},
	{"w = g)", 1, 6, "expected an operator or the end of the line, found \")\""},
	{"w = g g", 1, 7, "expected an operator or the end of the line, found \"g\""},
	{"w = abs(g", 1, 10, "expected \",\" or \")\", found the end of the formula"},
	{"w = abs(g; 2)", 1, 10, "expected \",\" or \")\", found the end of the line"},
	{"w = abs g", 1, 9, "expected an operator or the end of the line, found \"g\""},
	{"w = g < t < 2", 1, 11, "comparisons do not chain; multiply two: (a < b)*(b < c)"},
	{"w = w - g\n  + t", 2, 3, "a line cannot begin with \"+\": end the line above with it, or put the expression in parentheses"},
	{"hyper 5", 1, 7, "expected \"=\", found \"5\""},
	{"hyper lr", 1, 9, "expected \"=\", found the end of the line"},
	{"hyper lr = ", 1, 12, "expected a number, a name or \"(\", found the end of the formula"},
	{"hyper lr = x", 1, 12, "expected a number, found \"x\""},
	{"hyper lr = g(2)", 1, 12, "expected a number, found \"g\""},
	{"hyper lr = 1 [0", 1, 16, "expected \",\", found the end of the formula"},
	{"hyper lr = 1 [0,", 1, 17, "expected a number, a name or \"(\", found the end of the formula"},
	{"hyper lr = 1 [0,2", 1, 18, "expected \")\" or \"]\" at the end of the range, found the end of the formula"},
	{"hyper lr = 1 [0,2}", 1, 18, "expected \")\" or \"]\" at the end of the range, found \"}\""},
	{"hyper lr = 1 2", 1, 14, "expected an operator or the end of the line, found \"2\""},
	{"hyper lr = 0.1 (0.2,1)", 1, 12, "the default lr = 0.1 is out of range: expected a value in (0.2,1)"},
	{"hyper lr = 1 (0,1)", 1, 12, "the default lr = 1 is out of range: expected a value in (0,1)"},
	{"hyper lr = inf", 1, 12, "the default lr = inf is out of range: expected a finite number"},
	{"hyper lr = 0/0", 1, 12, "0/0 is not a number"},
	{"hyper lr = 1 [0/0,2]", 1, 15, "0/0 is not a number"},
	{"hyper m = c {a, b}", 1, 11, "c is none of the choices a, b"},
	{"hyper m = a {a, 2}", 1, 17, "expected the name of a choice, found \"2\""},
	{"hyper m = a {a, b", 1, 18, "expected \"}\", found the end of the formula"},
	{"hyper m = a {a, a}", 1, 7, "the choice a is number 1 here and number 0 where it stands first; expected one place for a name"},
	{"hyper m = a {a, b}, n = b {b, a}", 1, 21, "the choice b is number 0 here and number 1 where it stands first; expected one place for a name"},
	{"hyper m = w {w, b}", 1, 7, "the choice w has the name of something else; expected another name"},
	{"hyper m = a {a, grad}", 1, 7, "grad is the function grad(x); expected another name"},
	{"hyper m = a {a, b}\nstate b", 1, 7, "the choice b has the name of something else; expected another name"},
	{"hyper lr = 1\nlr = 2; w = g", 2, 1, "lr is a hyperparameter and cannot be assigned; assign a temporary, or declare a state"},
	{"hyper lr = 1, lr = 2", 1, 15, "lr is declared twice"},
	{"hyper w = 1", 1, 7, "w is given and cannot be declared"},
	{"state g", 1, 7, "g is given and cannot be declared"},
	{"hyper lr = 1\nstate lr", 2, 7, "lr is declared twice"},
	{"hyper grad = 1", 1, 7, "grad is the function grad(x); expected another name"},
	{"state normal", 1, 7, "normal is the function normal(); expected another name"},
	{"grad = g; w = w - grad", 1, 1, "grad is the function grad(x); expected another name"},
	{"hyper m = a {a, b}\na = 2; w = g", 2, 1, "a is a choice of a hyperparameter and cannot be assigned"},
	{"state seen", 1, 7, "seen is given and cannot be declared"},
	{"t = 2; w = g", 1, 1, "t is given and cannot be assigned"},
	{"seen = w; w = g", 1, 1, "seen is given and cannot be assigned"},
	{"state", 1, 6, "expected \"=\", found the end of the line"},
	{"state m = ", 1, 11, "expected a number, a name or \"(\", found the end of the formula"},
	{"state 3", 1, 7, "expected \"=\", found \"3\""},
	{"global m", 1, 8, "expected \"scalar\", found \"m\""},
	{"global scalar 3", 1, 15, "expected the name of a state, found \"3\""},
	{"state m = g", 1, 11, "the start value of m cannot depend on g: expected numbers, hyperparameters and w"},
	{"state m = t", 1, 11, "the start value of m cannot depend on t: expected numbers, hyperparameters and w"},
	{"state m = norm(w)", 1, 11, "the start value of m cannot use norm: expected numbers, hyperparameters and w"},
	{"state m = normal()", 1, 11, "the start value of m cannot use normal: expected numbers, hyperparameters and w"},
	{"state m = grad(w)", 1, 11, "the start value of m cannot use grad: expected numbers, hyperparameters and w"},
	{"state m, n = m", 1, 14, "unknown name m: expected a hyperparameter, a state, or a temporary of a line above"},
	{"scalar s = w", 1, 12, "s is one number per parameter, its start value is one number per weight"},
	{"state row r = 2*w", 1, 16, "r is one number per row, its start value is one number per weight"},
	{"state m = q", 1, 11, "unknown name q: expected a hyperparameter, a state, or a temporary of a line above"},
	{"state m = x\nx = 1; w = w", 1, 11, "x has no value yet: line 2 is the first to assign it"},
	{"w = w - lr*g", 1, 9, "unknown name lr: expected a hyperparameter, a state, or a temporary of a line above"},
	{"hyper momentum = 1\nw = w - momentun*g", 2, 9, "unknown name momentun; did you mean momentum?"},
	{"w = x; x = 1", 1, 5, "x has no value yet: line 1 is the first to assign it"},
	{"w = w - sqrt", 1, 9, "sqrt is a function; expected sqrt(x)"},
	{"w = sqr(g)", 1, 5, "unknown function sqr; did you mean sqrt, sin, sum?"},
	{"w = sqrt(w, g)", 1, 5, "sqrt takes other arguments: expected sqrt(x), found 2"},
	{"w = max()", 1, 5, "max takes other arguments: expected max(a, b) or max(x), found 0"},
	{"w = min(g)", 1, 5, "min takes other arguments: expected min(a, b), found 1"},
	{"w = row.min(w)", 1, 5, "unknown reduction row.min (arguments: 1); after all. and row. come norm(x), sum(x), mean(x), max(x), dot(x, y)"},
	{"w = all.sqrt(w)", 1, 5, "unknown reduction all.sqrt (arguments: 1); after all. and row. come norm(x), sum(x), mean(x), max(x), dot(x, y)"},
	{"w = al.norm(w)", 1, 5, "unknown scope \"al\": reductions are norm(x) over a parameter, all.norm(x) over all, row.norm(x) over each row"},
	{"w = lr.x", 1, 9, "expected \"(\" after lr.x, found the end of the line"},
	{"w = w.5", 1, 6, "expected an operator or the end of the line, found \".5\""},
	{"w = norm(w, g)", 1, 5, "norm takes other arguments: expected norm(x), found 2"},
	{"w = row.dot(w)", 1, 5, "unknown reduction row.dot (arguments: 1); after all. and row. come norm(x), sum(x), mean(x), max(x), dot(x, y)"},
	{"w = clip(w, 1)", 1, 5, "clip takes other arguments: expected clip(x, lo, hi), found 2"},
	{"scalar s\ns = g; w = w", 2, 5, "s is one number per parameter, this is one number per weight; reduce it with sum, mean, max, norm or dot"},
	{"state row r\nr = g; w = w", 2, 5, "r is one number per row, this is one number per weight; reduce it with row.sum, row.mean, row.max, row.norm or row.dot"},
	{"global scalar d\nd = norm(g); w = w", 2, 5, "d is one number per optimizer, this is one number per parameter; reduce it with all.sum, all.mean, all.max, all.norm or all.dot"},
	{"global scalar d\nd = row.norm(g); w = w", 2, 5, "d is one number per optimizer, this is one number per row; reduce it with all.sum, all.mean, all.max, all.norm or all.dot"},
	{"state v\nv = g; w = grad(w)", 2, 1, "v is assigned before the last grad; until then only temporaries and g may be"},
	{"w = g; w = grad(w)", 1, 1, "w is assigned before the last grad; until then only temporaries and g may be"},
	{"step = g; w = grad(w)", 1, 1, "step is assigned before the last grad; until then only temporaries and g may be"},
	{"state v\nx = grad(w); v = x; w = grad(w)", 2, 14, "v is assigned before the last grad; until then only temporaries and g may be"},
	{"", 1, 1, "the formula changes nothing: expected an assignment to w (or, in a link of a chain, to g or step)"},
	{"x = 1", 1, 1, "the formula changes nothing: expected an assignment to w (or, in a link of a chain, to g or step)"},
	{"# nothing\n", 2, 1, "the formula changes nothing: expected an assignment to w (or, in a link of a chain, to g or step)"},
	{"state m\nm = g\n", 3, 1, "the formula changes nothing: expected an assignment to w (or, in a link of a chain, to g or step)"},
	{"w = g\neval x = q", 2, 10, "unknown name q: expected a hyperparameter, a state, or a temporary of a line above"},
	{"x = g; w = x\neval y = w + x", 2, 14, "eval cannot read x: it is a temporary that exists only during a step; make it a state"},
	{"w = g\neval x = w - g", 2, 14, "eval cannot read g: it is there only during a step"},
	{"w = g\neval x = w - seen", 2, 14, "eval cannot read seen: it is there only during a step"},
	{"w = g\neval x = normal()", 2, 10, "eval cannot use normal"},
	{"w = g\neval x = grad(w)", 2, 10, "eval cannot use grad"},
	{"w = g\neval x = w\neval y = w", 3, 1, "a second eval line; the first is line 2"},
	{"w = g\neval x", 2, 7, "expected \"=\", found the end of the line"},
	{"w = w - µ", 1, 9, "unknown name µ: expected a hyperparameter, a state, or a temporary of a line above"},
	{"\tw = w -\t§", 1, 10, "unexpected character '§'"},
}

func TestMistakes(t *testing.T) {
	for _, m := range mistakes {
		e := mistake(t, m.text)
		if e.Pos != (formula.Pos{Line: m.line, Col: m.col}) || e.Msg != m.msg || e.Name != "mine" {
			t.Errorf("%q\nis    %s:%d:%d: %s\nexpected %d:%d: %s", m.text, e.Name, e.Pos.Line, e.Pos.Col, e.Msg, m.line, m.col, m.msg)
		}
		if line := strings.Split(m.text, "\n")[m.line-1]; e.Text != strings.TrimRight(line, " ") {
			t.Errorf("%q shows the line %q", m.text, e.Text)
		}
	}
}

// The caret stands below the place, also behind tabs and letters of several bytes.
func TestCaret(t *testing.T) {
	for text, want := range map[string]string{
		"\tβ = g; w = w -\t§": "mine:1:17: unexpected character '§'\n    \tβ = g; w = w -\t§\n    \t              \t^",
		"w = g":               "",
		"w = (g\n\n":          "mine:3:1: expected \")\", found the end of the formula\n    \n    ^",
	} {
		_, err := formula.Parse("mine", text)
		if got := ""; err != nil {
			if got = err.Error(); got != want {
				t.Errorf("got\n%s\nexpected\n%s", got, want)
			}
		} else if want != "" {
			t.Errorf("%q is no mistake", text)
		}
	}
}

// What an expression stands for must not grow without bound.
func TestEvalGrowth(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0 = t + 1\n")
	last := "a0"
	for i := range 60 {
		next := "a" + strings.Repeat("x", i+1)
		b.WriteString(next + " = " + last + "*" + last + "\n")
		last = next
	}
	b.WriteString("w = w - g\neval x = w*" + last)
	if e := mistake(t, b.String()); !strings.Contains(e.Msg, "make it a state") {
		t.Error(e)
	}
}

// An error shows of a long line what is around the place.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("0123456789", 30)
	for _, c := range []struct {
		line        string
		col         int
		text, caret string
	}{
		{"w = §", 5, "w = §", "    ^"},
		{"\tw = §", 6, "\tw = §", "\t    ^"},
		{"w =", 9, "w =", "   ^"},
		{long[:80], 81, long[:80], strings.Repeat(" ", 80) + "^"},
		{long[:81], 1, long[:80] + "…", "^"},
		{long, 45, "…" + long[4:84] + "…", strings.Repeat(" ", 41) + "^"},
		{long, 301, "…" + long[220:], strings.Repeat(" ", 81) + "^"},
		{strings.Repeat("²", 300), 150, "…" + strings.Repeat("²", 80) + "…", strings.Repeat(" ", 41) + "^"},
	} {
		e := &formula.Error{Name: "f", Pos: formula.Pos{Line: 1, Col: c.col}, Text: c.line, Msg: "m"}
		_, got, _ := strings.Cut(e.Error(), ": m\n")
		if want := "    " + c.text + "\n    " + c.caret; got != want {
			t.Errorf("column %d of %d characters:\n%s\nexpected\n%s", c.col, len([]rune(c.line)), got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"lr", "momentum", "beta1", "beta2", "wd"}
	for name, want := range map[string]string{
		"beta": "beta1 beta2", "moment": "momentum", "MOMENTUM": "momentum", "rl": "lr", "x": "", "weight_decay": "", "": "", "bate1": "beta1",
		strings.Repeat("x", 50_000): "",
	} {
		if got := strings.Join(formula.Nearest(name, names), " "); got != want {
			t.Errorf("nearest to %.20s: %q, expected %q", name, got, want)
		}
	}
}

func TestHyperValues(t *testing.T) {
	p := parse(t, "hyper lr = 0.1 (0, 1], c = 1, d = inf (0, inf], mode = a {a, b}\nw = w - lr*g")
	for _, v := range []struct{ name, text, errText string }{
		{"lr", "0.5", ""}, {"lr", "1", ""},
		{"lr", "0", "lr = 0 is out of range: expected a value in (0,1]"},
		{"lr", "1.5", "lr = 1.5 is out of range: expected a value in (0,1]"},
		{"lr", "nan", "lr = NaN is out of range: expected a value in (0,1]"},
		{"lr", "fast", `lr = "fast" is not a number`},
		{"c", "-3", ""}, {"c", "inf", "c = inf is out of range: expected a finite number"},
		{"d", "inf", ""}, {"d", "-1", "d = -1 is out of range: expected a value in (0,inf]"},
		{"mode", "b", ""}, {"mode", "1", `mode = "1" is not a choice: expected one of a, b`},
	} {
		h := p.Hyper(v.name)
		x, err := h.ParseValue(v.text)
		if got := ""; err != nil {
			if got = err.Error(); got != v.errText {
				t.Errorf("%s = %s: %q, expected %q", v.name, v.text, got, v.errText)
			}
		} else if v.errText != "" || h.FormatValue(x) != v.text {
			t.Errorf("%s = %s: read as %v and written as %s, expected the error %q", v.name, v.text, x, h.FormatValue(x), v.errText)
		}
	}
	if err := p.Hyper("mode").Check(0.5); err == nil || err.Error() != "mode = 0.5 is not a choice: expected one of a, b" {
		t.Error(err)
	}
}
