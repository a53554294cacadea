package tutorial_test

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

func Example_signum() {
	for _, rule := range []optim.Rule{optim.SGD, optim.Signum} {
		w, g := make([]float64, 3), make([]float64, 3)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(rule, params, descent.LR(0.01), descent.Momentum(0.9))
		if err != nil {
			log.Fatal(err)
		}
		for step := range 10 {
			g[0], g[1], g[2] = 100, 1, 1
			if step == 5 {
				g[2] = -1000 // one batch is broken
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
		}
		fmt.Printf("%-6s %8.3f\n", rule.Name(), w)
	}
	// Output:
	// sgd    [ -41.381   -0.414   40.578]
	// signum [  -0.100   -0.100    0.000]
}

func Example_sgld() {
	w, g := []float64{0}, []float64{0}
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.SGLD, params, descent.LR(0.02), descent.Seed(1))
	if err != nil {
		log.Fatal(err)
	}
	sum, squares, samples := 0.0, 0.0, 200_000
	for step := range samples + 1000 {
		g[0] = (w[0] - 2) / (0.5 * 0.5) // of -log of a normal density: mean 2, deviation 0.5
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
		if step >= 1000 {
			sum, squares = sum+w[0], squares+w[0]*w[0]
		}
	}
	mean := sum / float64(samples)
	fmt.Printf("mean %.2f, deviation %.2f\n", mean, math.Sqrt(squares/float64(samples)-mean*mean))
	// Output:
	// mean 2.01, deviation 0.51
}

func Example_ftml() {
	w, g := []float64{5, -3}, make([]float64, 2)
	params := []descent.Param{descent.NewParam("w", w, g)}
	leader, err := descent.New(optim.FTML, params, descent.LR(0.1), descent.Beta1(0))
	if err != nil {
		log.Fatal(err)
	}
	u, gu := []float64{5, -3}, make([]float64, 2)
	others := []descent.Param{descent.NewParam("w", u, gu)}
	adam, err := descent.New(optim.Adam, others, descent.LR(0.1), descent.Beta1(0))
	if err != nil {
		log.Fatal(err)
	}
	for range 25 {
		g[0], g[1] = w[0], 10*w[1]
		gu[0], gu[1] = u[0], 10*u[1]
		if err := leader.Step(); err != nil {
			log.Fatal(err)
		}
		if err := adam.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("ftml %.6f\nadam %.6f\n", w, u)
	// Output:
	// ftml [2.823870 -1.058294]
	// adam [2.823870 -1.058294]
}

func Example_ftrl() {
	for _, l1 := range []float64{0, 2, 10, 100} {
		w, g := make([]float64, 6), make([]float64, 6)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(optim.FTRL, params, descent.LR(0.5), descent.Set("l1", l1))
		if err != nil {
			log.Fatal(err)
		}
		draw := rand.New(rand.NewPCG(1, 2))
		for range 1000 { // examples come one by one and are seen once
			x := make([]float64, 6)
			miss := draw.NormFloat64() / 2
			for i := range x {
				x[i] = draw.NormFloat64()
				miss += w[i] * x[i]
			}
			miss -= 2*x[0] - x[1] + 0.1*x[2] // the other three features mean nothing
			for i := range x {
				g[i] = miss * x[i]
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
		}
		fmt.Printf("l1 %3v: %6.3f\n", l1, w)
	}
	// Output:
	// l1   0: [ 1.932 -0.999  0.100 -0.029  0.005 -0.109]
	// l1   2: [ 1.932 -0.994  0.092 -0.027  0.000 -0.092]
	// l1  10: [ 1.929 -0.993  0.090 -0.021  0.000  0.000]
	// l1 100: [ 1.956 -0.954  0.000  0.000  0.000  0.000]
}

func Example_ftmlStream() {
	for _, learn := range []struct {
		rule optim.Rule
		lr   float64
	}{{optim.FTRL, 0.5}, {optim.FTML, 0.03}} {
		l, err := online.New(learn.rule, online.Options{Loss: online.Logistic, Link: online.LogisticLink}, descent.LR(learn.lr))
		if err != nil {
			log.Fatal(err)
		}
		draw, rate := rand.New(rand.NewPCG(1, 2)), 0.2
		var x online.Example
		for i := range 21000 {
			if i == 20000 {
				rate = 0.7 // the fashion changes
			}
			x.Reset()
			x.Namespace("ad")
			x.Feature("shoes", 1)
			x.Label = -1
			if draw.Float64() < rate {
				x.Label = 1
			}
			p := l.Learn(&x)
			if i == 20000 || i == 20100 || i == 20999 {
				fmt.Printf("%s at %d: %.2f\n", learn.rule.Name(), i, p.Value)
			}
		}
	}
	// Output:
	// ftrl at 20000: 0.18
	// ftrl at 20100: 0.36
	// ftrl at 20999: 0.70
	// ftml at 20000: 0.17
	// ftml at 20100: 0.65
	// ftml at 20999: 0.72
}

func Example_ftrlStream() {
	for _, l1 := range []float64{0, 0.5, 2, 10} {
		l, err := online.New(optim.FTRL, online.Options{Loss: online.Logistic}, descent.LR(0.1), descent.Set("l1", l1))
		if err != nil {
			log.Fatal(err)
		}
		draw := rand.New(rand.NewPCG(1, 2))
		rates := []float64{0.1, 0.3, 0.6} // how often three ads are clicked
		loss := 0.0
		var x online.Example
		for range 20000 {
			ad := draw.IntN(3)
			x.Reset()
			x.Namespace("ad")
			x.Feature(fmt.Sprint(ad), 1)
			x.Namespace("visitor")
			x.Feature(fmt.Sprint(draw.IntN(100_000)), 1) // who it is says nothing
			x.Label = -1
			if draw.Float64() < rates[ad] {
				x.Label = 1
			}
			loss += float64(l.Learn(&x).Loss) / 20000
		}
		fmt.Printf("l1 %3v: loss %.4f, %5d weights not 0\n", l1, loss, l.NonZero())
	}
	// Output:
	// l1   0: loss 0.5311, 18087 weights not 0
	// l1 0.5: loss 0.5312,  5003 weights not 0
	// l1   2: loss 0.5315,     5 weights not 0
	// l1  10: loss 0.5327,     4 weights not 0
}

func Example_lbsgd() {
	w, g := []float64{0}, []float64{1}
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.LBSGD, params, descent.LR(0.01), descent.Set("batch_scale", 4),
		descent.Set("warmup_epochs", 1), descent.Set("updates_per_epoch", 12))
	if err != nil {
		log.Fatal(err)
	}
	for batch := 1; batch <= 20; batch++ {
		before := w[0]
		if err := opt.Step(); err != nil { // the gradient is always 1: the step is the rate
			log.Fatal(err)
		}
		if moved := before - w[0]; moved != 0 {
			fmt.Printf("batch %2d: a step of %.4f\n", batch, moved)
		}
	}
	// Output:
	// batch  4: a step of 0.0200
	// batch  8: a step of 0.0300
	// batch 12: a step of 0.0400
	// batch 16: a step of 0.0400
	// batch 20: a step of 0.0400
}
