package engine

import (
	"math"
	"testing"

	"github.com/descent-go/descent/internal/plan"
)

// draws gives the first n normal draws of a parameter at its t-th update, two a step.
func draws(t *testing.T, name string, n, steps int) (x, y []float64) {
	p := program(t, "state y\nx = normal()\ny = normal()\nw = x\neval z = y")
	a := &Tensor{Name: name, Shape: []int{n}, W: plan.Make(plan.F64, n), G: plan.Make(plan.F64, n), Group: &Group{Hyper: map[string]float64{}}}
	e := newEngine(t, p, a)
	for range steps {
		step(t, e, nil)
	}
	return a.W.F64, a.States[0].V.F64
}

// within reports a mean of n numbers of this variance that is more than 4 standard errors off.
func within(t *testing.T, what string, n int, mean, want, variance float64) {
	t.Helper()
	if e := math.Abs(mean-want) / math.Sqrt(variance/float64(n)); !(e < 4) {
		t.Errorf("%s is %v, expected %v: %.1f standard errors off", what, mean, want, e)
	}
}

func mean(x []float64, f func(float64) float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += f(v)
	}
	return sum / float64(len(x))
}

// A million draws have the moments and tails of the standard normal distribution.
func TestNormalMoments(t *testing.T) {
	const n = 1_000_000
	x, _ := draws(t, "w", n, 1)
	within(t, "the mean", n, mean(x, func(v float64) float64 { return v }), 0, 1)
	within(t, "the variance", n, mean(x, func(v float64) float64 { return v * v }), 1, 2)
	within(t, "the third moment", n, mean(x, func(v float64) float64 { return v * v * v }), 0, 15)
	within(t, "the fourth moment", n, mean(x, func(v float64) float64 { return v * v * v * v }), 3, 96)
	for _, z := range []float64{-3, -1, 0, 0.5, 2, 3, 4} {
		p := 0.5 * math.Erfc(-z/math.Sqrt2)
		share := mean(x, func(v float64) float64 {
			if v < z {
				return 1
			}
			return 0
		})
		within(t, "the share below a bound", n, share, p, p*(1-p))
	}
}

// Draws of neighbouring elements, steps, names and lines of a program are independent.
func TestNormalIndependence(t *testing.T) {
	const n = 50_000
	x, y := draws(t, "w", n, 1)
	later, _ := draws(t, "w", n, 2)
	other, _ := draws(t, "v", n, 1)
	for name, z := range map[string][]float64{"the next element": append(x[1:len(x):len(x)], x[0]), "one block on": append(x[512:len(x):len(x)], x[:512]...), "the program's next draw": y, "the next step": later, "another name": other} {
		product, squares := 0.0, 0.0
		for i := range x {
			product += x[i] * z[i] / n
			squares += (x[i]*x[i] - 1) * (z[i]*z[i] - 1) / n
		}
		within(t, "the correlation with "+name, n, product, 0, 1)
		within(t, "that of the squares with "+name, n, squares, 0, 4)
	}
	again, _ := draws(t, "w", n, 1)
	for i := range x {
		if x[i] != again[i] {
			t.Fatal("the same seed, name, element and t give another draw")
		}
	}
}

// Draws are those of an independent implementation.
func TestNormalValues(t *testing.T) {
	x, y := draws(t, "fc1.weight", 1000, 3)
	key := nameKey(7, "fc1.weight")
	for i := range x {
		near(t, "x", x[i], philoxNormal(key, i, 3, 1))
		near(t, "y", y[i], philoxNormal(key, i, 3, 2))
	}
}
