// Command step measures what a weight costs in a step, beside a plain Go loop
// of the same rule: float32, weights that stay in cache and weights that do
// not, one thread and two. Runs are interleaved; the table shows medians.
//
//	go run ./bench/step
//	DESCENT_JIT=off go run ./bench/step
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand"
	"sync"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/internal/measure"
	"github.com/descent-go/descent/optim"
)

// contest is a rule in both forms.
type contest struct {
	name    string
	rule    optim.Rule
	options []descent.Option
	plain   func(t int, w, g, m, v []float32)
}

var contests = []contest{
	{"sgd", optim.SGD, nil, func(_ int, w, g, _, _ []float32) {
		for i := range w {
			w[i] -= 0.01 * g[i]
		}
	}},
	{"momentum", optim.SGD, []descent.Option{descent.Momentum(0.9)}, func(_ int, w, g, m, _ []float32) {
		for i := range w {
			m[i] = 0.9*m[i] - 0.01*g[i]
			w[i] += m[i]
		}
	}},
	{"adam", optim.Adam, nil, func(t int, w, g, m, v []float32) {
		a := float32(0.001 / (1 - math.Pow(0.9, float64(t))))
		b := float32(1 / (1 - math.Pow(0.999, float64(t))))
		for i := range w {
			m[i] = 0.9*m[i] + 0.1*g[i]
			v[i] = 0.999*v[i] + 0.001*g[i]*g[i]
			w[i] -= a * m[i] / (float32(math.Sqrt(float64(b*v[i]))) + 1e-8)
		}
	}},
}

func main() {
	rounds := flag.Int("rounds", 11, "measurements of each, of which the median is shown")
	flag.Parse()
	fmt.Println("rule      weights   threads      descent  plain loop  ratio   (ns per weight)")
	for _, n := range []int{10_000, 25_000_000} {
		for _, c := range contests {
			for _, threads := range []int{1, 2} {
				a, b := c.measure(n, threads, *rounds)
				fmt.Printf("%-9s %9d %6d %11.2f %12.2f %8.2f\n", c.name, n, threads, a, b, a/b)
			}
		}
	}
}

// measure gives the median nanoseconds per weight of descent and of the loop.
func (c contest) measure(n, threads, rounds int) (ours, loop float64) {
	w, g, m, v := random(n), random(n), make([]float32, n), make([]float32, n)
	opt, err := descent.New(c.rule, []descent.Param{descent.NewParam("w", random(n), g)}, append(c.options, descent.Threads(threads))...)
	if err != nil {
		panic(err)
	}
	t := 0
	plain := func() error {
		t++
		split(n, threads, func(lo, hi int) { c.plain(t, w[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
		return nil
	}
	subjects := []measure.Subject{{Name: "descent", Step: opt.Step}, {Name: "loop", Step: plain}}
	samples, err := measure.Interleave(context.Background(), subjects, rounds, func(int) {})
	if err != nil {
		panic(err)
	}
	return samples[0].Median() / float64(n), samples[1].Median() / float64(n)
}

func random(n int) []float32 {
	r := rand.New(rand.NewSource(1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// split runs f over parts of the weights, one a thread.
func split(n, threads int, f func(lo, hi int)) {
	if threads == 1 {
		f(0, n)
		return
	}
	var wg sync.WaitGroup
	for k := range threads {
		wg.Go(func() { f(k*n/threads, (k+1)*n/threads) })
	}
	wg.Wait()
}
