package online

import (
	"math"
	"testing"
)

var losses = []Loss{Squared, Classic, Logistic, Hinge, Poisson, Quantile(0.3), Expectile(0.2)}

// wide are limits that limit nothing.
var wide = bounds{-100, 100, true}

func labelsOf(l Loss) []float32 {
	switch l.Name() {
	case "hinge":
		return []float32{-1, 1}
	case "logistic":
		return []float32{-1, 1, 0.25}
	case "poisson":
		return []float32{0, 1, 7}
	}
	return []float32{-2, 0, 0.7, 3}
}

// The derivative is the slope of the loss, and its square is square. That of
// poisson is half of it: the loss is the deviance, twice the likelihood's.
func TestDerivatives(t *testing.T) {
	for _, l := range losses {
		for _, y := range labelsOf(l) {
			for p := float32(-3); p < 3; p += 0.371 {
				const h = 1.0 / 256
				want := (float64(l.loss(p+h, y, wide)) - float64(l.loss(p-h, y, wide))) / (2 * h)
				if l == Poisson {
					want /= 2
				}
				got := float64(l.derivative(p, y, wide))
				if math.Abs(got-want) > 2e-3*max(1, math.Abs(want)) {
					t.Errorf("%s: derivative %g at %g for label %g, the slope is %g", l.Name(), got, p, y, want)
				}
				if s := float64(l.square(p, y)); math.Abs(s-got*got) > 1e-5*max(1, s) {
					t.Errorf("%s: square %g at %g for label %g, expected %g", l.Name(), s, p, y, got*got)
				}
			}
		}
	}
}

// An update of importance 2 is two of importance 1 (but for classic, whose
// updates are plain steps), and small ones are plain steps.
func TestInvariance(t *testing.T) {
	for _, l := range losses {
		for _, y := range labelsOf(l) {
			for p := float32(-2); p < 2; p += 0.31 {
				const scale, per = 0.3, 0.8
				once := p + per*l.update(p, y, scale, per)
				twice := once + per*l.update(once, y, scale, per)
				together := p + per*l.update(p, y, 2*scale, per)
				if l.Name() != "classic" && math.Abs(float64(twice-together)) > 3e-4 {
					t.Errorf("%s: from %g for label %g two updates lead to %g, one of twice the importance to %g", l.Name(), p, y, twice, together)
				}
				small, plain := l.update(p, y, 1e-5, 0.01), l.unsafe(p, y, 1e-5)
				if math.Abs(float64(small-plain)) > 0.1*math.Abs(float64(plain))+1e-9 {
					t.Errorf("%s: a small update from %g for label %g is %g, a plain step %g", l.Name(), p, y, small, plain)
				}
			}
		}
	}
}

// Beyond the labels seen the squared loss goes on along its tangent.
func TestSquaredBeyond(t *testing.T) {
	b := bounds{0, 1, false}
	for _, c := range []struct{ p, y, want float32 }{{2, 0, 3}, {2, 1, 0}, {-1, 1, 3}, {-1, 0, 0}, {0.5, 1, 0.25}} {
		if got := Squared.loss(c.p, c.y, b); got != c.want {
			t.Errorf("the loss of %g for label %g is %g, expected %g", c.p, c.y, got, c.want)
		}
	}
}

// The elementary functions are right to the last places.
func TestMath(t *testing.T) {
	check := func(name string, x, got, want float64) {
		t.Helper()
		if got != want && !(math.Abs(got-want) <= 5e-16*math.Abs(want)) && !(got != got && want != want) {
			t.Errorf("%s(%g) is %.17g, expected %.17g", name, x, got, want)
		}
	}
	for _, x := range []float64{0, 1e-12, 0.1, 0.3, 0.36, 0.7, 1, 1.5, 2, 10, 700, 709, 5e-324, 1e-300, 1e300, math.Inf(1), math.NaN()} {
		for _, x := range []float64{x, -x} {
			check("exp", x, exp(x), math.Exp(x))
			check("expm1", x, expm1(x), math.Expm1(x))
			if math.Abs(x) != 5e-324 { // which math.Log takes for another number on some machines
				check("log", x, log(x), math.Log(x))
			}
			if x > -1 {
				check("log1p", x, log1p(x), math.Log1p(x))
			}
		}
		if x > 1e-300 && x < 1e10 {
			check("pow -0.3", x, pow(x, -0.3), math.Pow(x, -0.3))
		}
	}
}

// The logarithm of the smallest number is that of 2^-1074.
func TestLogSmallest(t *testing.T) {
	if got := log(5e-324); got != -744.4400719213812 {
		t.Errorf("log(2^-1074) is %.17g", got)
	}
}

func TestMistakenLosses(t *testing.T) {
	for _, c := range []struct {
		name string
		p    float32
	}{{"cubic", 0}, {"quantile", 1.5}, {"quantile", float32(math.NaN())}, {"expectile", 0.7}} {
		if _, err := LossByName(c.name, c.p); err == nil {
			t.Errorf("no error for %s %g", c.name, c.p)
		}
	}
	if _, err := LinkByName("cubic"); err == nil {
		t.Error("no error for the link cubic")
	}
}
