package formula_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
)

func function(t *testing.T, text string) *formula.Function {
	t.Helper()
	f, err := formula.ParseFunction("f", text, "x", "y")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFunctionValues(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
	}{
		{"x^2 + 10*y^2", 4 + 90},
		{"\n  (1-x)^2 +\n  100*(y-x^2)^2\n", 1 + 100},
		{"2*pi*x", 4 * math.Pi},
		{"log(e)*y", 3},
		{"where(x < y, x, y)*max(x, y)", 6},
		{"mod(-1, y) + clip(10*x, 0, 5) + abs(-y)", 2 + 5 + 3},
		{"7", 7},
	} {
		if got := function(t, c.text).Eval(2, 3); math.Abs(got-c.want) > 1e-14 {
			t.Errorf("%q at (2, 3) is %v, expected %v", c.text, got, c.want)
		}
	}
	if got := function(t, "x+y").Eval(1); !math.IsNaN(got) {
		t.Errorf("with one value x+y is %v, expected NaN", got)
	}
}

func TestFunctionMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "1:1: expected a number, a name or \"(\", found the end"},
		{"x^2 + z", "1:7: unknown name z: expected x, y, pi or e"},
		{"x +\nexpp(y)", "2:1: unknown function expp; did you mean exp?"},
		{"sin*x", "1:1: unknown name sin; sin is a function: write sin(x)"},
		{"x^2 y", "1:5: expected an operator or the end of the function, found \"y\""},
		{"x\ny", "2:1: expected an operator or the end of the function, found \"y\""},
		{"norm(x)", "1:1: norm has no meaning here"},
		{"x + normal()", "1:5: normal has no meaning here"},
		{"max(x)", "1:1: max has no meaning here"},
		{"all.sum(x)", "1:1: all.sum has no meaning here"},
		{"x*)", "1:3: expected a number"},
		{"y = x", "1:3: expected an operator or the end of the function, found \"=\""},
	} {
		_, err := formula.ParseFunction("f", c.text, "x", "y")
		var e *formula.Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "f:"+c.want) {
			t.Errorf("%q: got %v, expected %s", c.text, err, c.want)
		}
	}
}

// What a derivative looks like: nothing in it that says nothing.
func TestDerivativeText(t *testing.T) {
	for _, c := range []struct{ text, dx string }{
		{"x^2 + 10*y^2", "2*x"},
		{"3*x*y", "3*y"},
		{"y", "0"},
		{"x/y", "1/y"},
		{"-x", "-1"},
		{"(1-x)^2 + 100*(y-x^2)^2", "-2*(1 - x) - 400*((y - x^2)*x)"},
		{"exp(-x)", "-exp(-x)"},
		{"cos(2*pi*x)", "-2*(sin(2*pi*x)*pi)"},
		{"abs(x)", "sign(x)"},
		{"max(x, y)", "where(y > x, 0, 1)"},
		{"floor(x) + sign(x) + (x < y)", "0"},
		{"x + 0^0.5", "1"},
		{"where(x > 0, 2*x, (-1)^0.5)", "where(x > 0, 2, 0)"},
		{"x/0^-1", "1/0^-1"},
		{"y - 1e200*(1e200*x)", "-(1e+200*1e+200)"},
		{"where(x < y, -y, x)", "where(x < y, 0, 1)"},
	} {
		if got := function(t, c.text).Derivative("x").String(); got != c.dx {
			t.Errorf("d/dx of %s is %s, expected %s", c.text, got, c.dx)
		}
	}
}

// Symbolic derivatives agree with differences.
func TestDerivativeValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, text := range []string{
		"(1-x)^2 + 100*(y-x^2)^2", "x^y", "2^x*y^3", "x^-2 + x^0.5/y", "sqrt(x^2 + y^2)", "sqrt(x)",
		"-20*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20",
		"log(x*y)/(1 + x)", "sin(x)*cos(y)", "abs(x - y)*x", "min(x^2, y)", "max(x*y, 1)", "clip(x^2, y, 3*y)",
		"where(x < y, x^3, -x)", "mod(x^2, y)", "-(-x)", "(x - (0 - y))*(x + -y)", "x^x^x", "1/(1/(x + y))", "clip(y, x, x)",
	} {
		f := function(t, text)
		dx, dy := f.Derivative("x"), f.Derivative("y")
		for range 20 {
			x, y := 0.5+r.Float64(), 0.5+r.Float64()
			const h = 1e-6
			for _, c := range []struct {
				by        string
				got, want float64
			}{
				{"x", dx.Eval(x, y), (f.Eval(x+h, y) - f.Eval(x-h, y)) / (2 * h)},
				{"y", dy.Eval(x, y), (f.Eval(x, y+h) - f.Eval(x, y-h)) / (2 * h)},
			} {
				if math.Abs(c.got-c.want) > 1e-5*(1+math.Abs(c.want)) {
					t.Errorf("d/d%s of %s at (%v, %v) is %v, differences say %v", c.by, text, x, y, c.got, c.want)
				}
			}
		}
	}
	if d := function(t, "sqrt(x^2 + y^2)").Derivative("x").Eval(0, 0); d != 0 {
		t.Errorf("at its tip a cone has derivative %v, expected 0", d)
	}
}

// A derivative takes no more than a few operations for each of the function's.
func TestDerivativeIsBounded(t *testing.T) {
	text := "x"
	for range 60 {
		text = "sin(" + text + ")*cos(x)"
	}
	d := function(t, text).Derivative("x")
	if got := d.Eval(1, 1); math.IsNaN(got) {
		t.Errorf("it is %v", got)
	}
}

// FuzzFunction: no text makes ParseFunction panic; what parses prints as text
// that is the same function, is set, and has derivatives.
func FuzzFunction(f *testing.F) {
	for _, text := range []string{"x^2 + 10*y^2", "x^y", "where(x<y, sqrt(x), clip(y, 0, 1))", "mod(x, -y)", "--x", "1e400*x", "f(", "pi^e", "x*0^-2", "1e200*(1e200*x)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<10 {
			return
		}
		fn, err := formula.ParseFunction("f", text, "x", "y")
		if err != nil {
			return
		}
		again, err := formula.ParseFunction("f", fn.String(), "x", "y")
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, fn, err)
		}
		for _, p := range [][2]float64{{0.5, 2}, {-1, 0}} {
			a, b := fn.Eval(p[0], p[1]), again.Eval(p[0], p[1])
			if math.Float64bits(a) != math.Float64bits(b) && !(math.IsNaN(a) && math.IsNaN(b)) {
				t.Fatalf("%q is %v, %q is %v", text, a, fn, b)
			}
			d := fn.Derivative("x")
			again, err := formula.ParseFunction("f", d.String(), "x", "y")
			if err != nil {
				t.Fatalf("%q has the derivative %q: %v", text, d, err)
			}
			if a, b := d.Eval(p[0], p[1]), again.Eval(p[0], p[1]); a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
				t.Fatalf("%q has the derivative %q: it is %v, and read again %v", text, d, a, b)
			}
		}
		fn.LaTeX()
		wellFormed(t, fn.MathML())
	})
}
