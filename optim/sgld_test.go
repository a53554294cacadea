package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// langevin makes an SGLD over n weights that start at 0.
func langevin(t *testing.T, n int, options ...descent.Option) (w, g []float64, opt *descent.Optimizer) {
	t.Helper()
	w, g = make([]float64, n), make([]float64, n)
	opt, err := descent.New(optim.SGLD, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return w, g, opt
}

// TestSGLDByHand takes the noise out: a twin without gradient, whose weights
// go back to 0 after every step, shows it.
func TestSGLDByHand(t *testing.T) {
	w, g, opt := langevin(t, 6, descent.LR(0.04), descent.WeightDecay(0.5), descent.Seed(3))
	noise, _, twin := langevin(t, 6, descent.LR(0.04), descent.Seed(3))
	want := make([]float64, 6)
	for s := 1; s <= 3; s++ {
		copy(g, bowl(s, w))
		clear(noise)
		step(t, opt, func() {})
		step(t, twin, func() {})
		grad := bowl(s, want)
		for i := range w {
			want[i] += -0.02*(grad[i]+0.5*want[i]) + noise[i]
			if math.Abs(w[i]-want[i]) > 1e-14 {
				t.Fatalf("step %d, element %d: %v, by hand %v", s, i, w[i], want[i])
			}
		}
	}
}

// moments are mean and variance.
func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}

// within fails where got is further from want than four standard errors.
func within(t *testing.T, what string, got, want, se float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 4*se) {
		t.Errorf("%s: %v, expected %v within 4 standard errors of %v", what, got, want, se)
	}
}

// TestSGLDNoise: over a million draws the noise has mean 0 and variance lr.
// Of n normal draws of variance s^2 the mean has standard error s/sqrt(n), the
// variance s^2 sqrt(2/n), the third and fourth standardised moments sqrt(6/n)
// and sqrt(24/n).
func TestSGLDNoise(t *testing.T) {
	const n, lr = 1_000_000, 0.25
	w, _, opt := langevin(t, n, descent.LR(lr))
	step(t, opt, func() {})
	mean, variance := moments(w)
	within(t, "mean", mean, 0, math.Sqrt(lr/n))
	within(t, "variance", variance, lr, lr*math.Sqrt(2./n))
	var third, fourth, neighbours float64
	for i, x := range w {
		z := x / math.Sqrt(lr)
		third += z * z * z / n
		fourth += z * z * z * z / n
		neighbours += z * w[(i+1)%n] / math.Sqrt(lr) / n
	}
	within(t, "skewness", third, 0, math.Sqrt(15./n)) // of the raw third moment: E z^6 = 15
	within(t, "kurtosis", fourth, 3, math.Sqrt(96./n))
	within(t, "correlation of neighbours", neighbours, 0, math.Sqrt(1./n))
	first := append([]float64(nil), w...)
	clear(w)
	step(t, opt, func() {})
	correlation := 0.0
	for i := range w {
		correlation += w[i] * first[i] / lr / n
	}
	within(t, "correlation of steps", correlation, 0, math.Sqrt(1./n))
}

// TestSGLDSeeds: another seed, name or element draws other numbers, the same
// seed the same.
func TestSGLDSeeds(t *testing.T) {
	seen := map[float64]string{}
	for _, seed := range []uint64{0, 1, 1 << 40} {
		for _, name := range []string{"a", "b", "layers.0.weight"} {
			draw := func() []float64 {
				w := make([]float64, 2)
				opt, err := descent.New(optim.SGLD, []descent.Param{descent.NewParam(name, w, make([]float64, 2))}, descent.Seed(seed))
				if err != nil {
					t.Fatal(err)
				}
				step(t, opt, func() {})
				return w
			}
			w := draw()
			if again := draw(); w[0] != again[0] || w[1] != again[1] {
				t.Errorf("seed %d, %s: %v, then %v", seed, name, w, again)
			}
			for i, x := range w {
				key := fmt.Sprint(seed, name, i)
				if seen[x] != "" {
					t.Errorf("%s and %s draw the same", key, seen[x])
				}
				seen[x] = key
			}
		}
	}
}

// TestSGLDPosterior samples the mean of a normal distribution of variance 1, of
// which 40 observations are known, under a prior of variance 1/wd. The posterior
// is normal with precision p = 40 + wd and mean 40*average/p.
//
// Every weight is a chain of its own: w' = c w + (1-c) mean + noise with
// c = 1 - lr*p/2, so it ends with variance lr/(1-c^2) = (1/p) / (1 - lr*p/4):
// 1.0205 times that of the posterior for lr*p = 0.08. What is left of the start
// after 350 steps is c^350 = 6e-7. The chains are independent, so the standard
// errors are those of n draws.
func TestSGLDPosterior(t *testing.T) {
	const n, observations, average, wd = 4000, 40, 1.7, 2
	const p = observations + wd
	const lr = 0.08 / p
	w, g, opt := langevin(t, n, descent.LR(lr), descent.WeightDecay(wd))
	for range 350 {
		step(t, opt, func() {
			for i := range g {
				g[i] = observations * (w[i] - average)
			}
		})
	}
	mean, variance := moments(w)
	const exact = 1. / p / (1 - lr*p/4)
	within(t, "mean", mean, observations*average/p, math.Sqrt(exact/n))
	within(t, "variance", variance, exact, exact*math.Sqrt(2./n))
	if math.Abs(variance*p-1) > 0.0205+4*math.Sqrt(2./n) {
		t.Errorf("variance %v, that of the posterior is %v", variance, 1./p)
	}
}
