package tutorial_test

import (
	"fmt"
	"log"
	"math"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func Example_sgd() {
	for _, lr := range []float64{0.1, 0.5, 0.95, 1.05} {
		w, g := []float64{0}, []float64{0}
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(optim.SGD, params, descent.LR(lr))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("lr %.2f:", lr)
		for range 6 {
			g[0] = 2 * (w[0] - 3) // the gradient of (w - 3)²
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			fmt.Printf(" %6.3f", w[0])
		}
		fmt.Println()
	}
	// Output:
	// lr 0.10:  0.600  1.080  1.464  1.771  2.017  2.214
	// lr 0.50:  3.000  3.000  3.000  3.000  3.000  3.000
	// lr 0.95:  5.700  0.570  5.187  1.032  4.771  1.406
	// lr 1.05:  6.300 -0.630  6.993 -1.392  7.832 -2.315
}

func Example_weightDecay() {
	w, g := []float64{1, 1}, make([]float64, 2)
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.SGD, params, descent.LR(0.1), descent.WeightDecay(0.25))
	if err != nil {
		log.Fatal(err)
	}
	for range 200 {
		g[0] = w[0] - 1 // the data ask for 1; no gradient reaches the second weight
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.4f\n", w)
	// Output: [0.8000 0.0063]
}

func Example_momentum() {
	for _, momentum := range []float64{0, 0.5, 0.9, 0.95, 0.99} {
		w, g := []float64{1, 1}, make([]float64, 2)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(optim.SGD, params, descent.LR(0.001), descent.Momentum(momentum))
		if err != nil {
			log.Fatal(err)
		}
		steps := 0
		for math.Hypot(w[0], w[1]) > 0.001 {
			g[0], g[1] = w[0], 1000*w[1] // a valley: 1000 times steeper across than along
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			steps++
		}
		fmt.Printf("momentum %.2f: %4d steps\n", momentum, steps)
	}
	// Output:
	// momentum 0.00: 6905 steps
	// momentum 0.50: 3445 steps
	// momentum 0.90:  629 steps
	// momentum 0.95:  267 steps
	// momentum 0.99: 1054 steps
}

func Example_nesterov() {
	w, g := []float64{-10, 1}, make([]float64, 2)
	backward := func() (float64, error) { // computes loss and gradients wherever w is
		g[0], g[1] = w[0], 25*w[1]
		return (w[0]*w[0] + 25*w[1]*w[1]) / 2, nil
	}
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.NAG, params, descent.LR(0.02))
	if err != nil {
		log.Fatal(err)
	}
	for step := 1; step <= 60; step++ {
		loss, err := opt.StepFunc(backward)
		if err != nil {
			log.Fatal(err)
		}
		if step%20 == 0 {
			fmt.Printf("step %d: loss %.6f where the gradient was taken\n", step, loss)
		}
	}
	// Output:
	// step 20: loss 1.971681 where the gradient was taken
	// step 40: loss 0.013121 where the gradient was taken
	// step 60: loss 0.003232 where the gradient was taken
}

func Example_nesterovShifted() {
	backward := func(w, g []float64) float64 {
		g[0], g[1] = w[0], 25*w[1]
		return (w[0]*w[0] + 25*w[1]*w[1]) / 2
	}
	w, g := []float64{-10, 1}, make([]float64, 2)
	params := []descent.Param{descent.NewParam("w", w, g)}
	literal, err := descent.New(optim.NAG, params, descent.LR(0.02))
	if err != nil {
		log.Fatal(err)
	}
	y, gy := []float64{-10, 1}, make([]float64, 2)
	others := []descent.Param{descent.NewParam("w", y, gy)}
	shifted, err := descent.New(optim.NAGShifted, others, descent.LR(0.02))
	if err != nil {
		log.Fatal(err)
	}
	for range 30 {
		there := func() (float64, error) { return backward(w, g), nil }
		if _, err := literal.StepFunc(there); err != nil {
			log.Fatal(err)
		}
		backward(y, gy)
		if err := shifted.Step(); err != nil {
			log.Fatal(err)
		}
	}
	v, err := literal.StateOf("w", "v")
	if err != nil {
		log.Fatal(err)
	}
	ahead := []float64{w[0] + 0.9*v.F64[0], w[1] + 0.9*v.F64[1]}
	fmt.Printf("nag looks ahead to %.6f\n", ahead)
	fmt.Printf("nag-shifted is at  %.6f\n", y)
	// Output:
	// nag looks ahead to [1.322377 0.000005]
	// nag-shifted is at  [1.322377 0.000005]
}
