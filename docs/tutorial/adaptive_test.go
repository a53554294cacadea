package tutorial_test

import (
	"fmt"
	"log"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func Example_adagrad() {
	w, g := make([]float64, 2), make([]float64, 2)
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.AdaGrad, params, descent.LR(0.1))
	if err != nil {
		log.Fatal(err)
	}
	for step := 1; step <= 100; step++ {
		before := w[1]
		g[0], g[1] = 1, 0 // a word in every text
		if step%25 == 0 {
			g[1] = 1 // and one in every 25th
		}
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
		if step%25 == 0 {
			fmt.Printf("text %3d: common word at %.3f, rare one moves by %.3f\n", step, w[0], w[1]-before)
		}
	}
	// Output:
	// text  25: common word at -0.864, rare one moves by -0.100
	// text  50: common word at -1.275, rare one moves by -0.071
	// text  75: common word at -1.592, rare one moves by -0.058
	// text 100: common word at -1.859, rare one moves by -0.050
}

func Example_rmsprop() {
	for _, rule := range []optim.Rule{optim.AdaGrad, optim.RMSProp} {
		w, g := make([]float64, 1), make([]float64, 1)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(rule, params, descent.LR(0.01))
		if err != nil {
			log.Fatal(err)
		}
		for step := 1; step <= 120; step++ {
			before := w[0]
			g[0] = 100 // steep at first,
			if step > 20 {
				g[0] = 1 // then gentle
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			if step == 20 || step == 21 || step == 120 {
				fmt.Printf("%-8s step %3d moves by %.6f\n", rule.Name(), step, before-w[0])
			}
		}
	}
	// Output:
	// adagrad  step  20 moves by 0.002236
	// adagrad  step  21 moves by 0.000022
	// adagrad  step 120 moves by 0.000022
	// rmsprop  step  20 moves by 0.010670
	// rmsprop  step  21 moves by 0.000112
	// rmsprop  step 120 moves by 0.009005
}

func Example_rmspropCentered() {
	steady, noisy := []float64{0}, []float64{0}
	gs, gn := []float64{0}, []float64{0}
	params := []descent.Param{
		descent.NewParam("steady", steady, gs),
		descent.NewParam("noisy", noisy, gn),
	}
	opt, err := descent.New(optim.RMSPropCentered, params,
		descent.LR(0.001), descent.Momentum(0), descent.Eps(1e-4))
	if err != nil {
		log.Fatal(err)
	}
	for step := range 100 {
		gs[0], gn[0] = 1, 3 // mean 1 both, but
		if step%2 == 0 {
			gn[0] = -1 // the second swings between 3 and -1
		}
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("steady %.3f, noisy %.3f\n", steady[0], noisy[0])
	// Output:
	// steady -2.729, noisy -0.050
}

func Example_adadelta() {
	for _, eps := range []float64{1e-8, 1e-6, 1e-4} {
		w, g := []float64{4}, []float64{0}
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(optim.AdaDelta, params, descent.Eps(eps))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("eps %.0e:", eps)
		for step := 1; step <= 300; step++ {
			g[0] = w[0] // of the loss w²/2
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			if step == 1 || step%100 == 0 {
				fmt.Printf("  step %d: %.4f", step, w[0])
			}
		}
		fmt.Println()
	}
	// Output:
	// eps 1e-08:  step 1: 3.9997  step 100: 3.9595  step 200: 3.9085  step 300: 3.8491
	// eps 1e-06:  step 1: 3.9968  step 100: 3.6090  step 200: 3.1485  step 300: 2.6531
	// eps 1e-04:  step 1: 3.9684  step 100: 1.2227  step 200: 0.0118  step 300: 0.0000
}

func Example_adam() {
	w, g := make([]float64, 3), make([]float64, 3)
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.Adam, params, descent.LR(0.1))
	if err != nil {
		log.Fatal(err)
	}
	for range 3 {
		g[0], g[1], g[2] = 1000, 1, 0.001
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.6f\n", w)
	}
	// Output:
	// [-0.100000 -0.100000 -0.099999]
	// [-0.200000 -0.200000 -0.199998]
	// [-0.300000 -0.300000 -0.299997]
}

func Example_adamax() {
	for _, rule := range []optim.Rule{optim.Adam, optim.AdaMax} {
		w, g := make([]float64, 1), make([]float64, 1)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(rule, params,
			descent.LR(0.001), descent.Beta1(0), descent.Beta2(0.99))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-6s", rule.Name())
		for step := range 301 {
			before := w[0]
			g[0] = 1
			if step == 100 {
				g[0] = 10 // one gradient is ten times as large
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			if step >= 99 && step <= 101 || step == 200 || step == 300 {
				fmt.Printf("  %d: %.6f", step+1, before-w[0])
			}
		}
		fmt.Println()
	}
	// Output:
	// adam    100: 0.001000  101: 0.006259  102: 0.000629  201: 0.000840  301: 0.000937
	// adamax  100: 0.001000  101: 0.001000  102: 0.000101  201: 0.000273  301: 0.000746
}

func Example_nadam() {
	for _, rule := range []optim.Rule{optim.Adam, optim.NAdam} {
		w, g := []float64{-10, 1}, make([]float64, 2)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(rule, params, descent.LR(0.3))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-5s", rule.Name())
		for step := 1; step <= 120; step++ {
			g[0], g[1] = w[0], 25*w[1]
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			if step%30 == 0 {
				fmt.Printf("  %d: %.6f", step, (w[0]*w[0]+25*w[1]*w[1])/2)
			}
		}
		fmt.Println()
	}
	// Output:
	// adam   30: 2.409206  60: 0.100653  90: 0.000655  120: 0.000135
	// nadam  30: 5.632518  60: 0.045944  90: 0.000910  120: 0.000006
}
