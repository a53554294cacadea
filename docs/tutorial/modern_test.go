package tutorial_test

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

func Example_dcasgd() {
	const delay = 16 // steps that others make while a worker computes its gradient
	for _, lambda := range []float64{0, 0.25, 0.5, 1, 2} {
		w, g := []float64{0}, []float64{0}
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(optim.DCASGD, params, descent.LR(0.5), descent.Set("lambda", lambda))
		if err != nil {
			log.Fatal(err)
		}
		draw := rand.New(rand.NewPCG(1, 2))
		past := make([][]float64, delay+1)
		for k := range past {
			past[k] = []float64{0}
		}
		total := 0.0
		for step := range 2000 {
			seen := past[step%len(past)] // the weights of delay steps ago
			x := draw.NormFloat64()
			label := 0.0
			if draw.Float64() < 1/(1+math.Exp(-2*x)) {
				label = 1
			}
			g[0] = (1/(1+math.Exp(-seen[0]*x)) - label) * x // logistic regression
			if err := descent.SetSeen(opt, "w", seen); err != nil {
				log.Fatal(err)
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			total += (w[0] - 2) * (w[0] - 2)
			past[step%len(past)] = []float64{w[0]}
		}
		fmt.Printf("lambda %.2f: distance to the answer %.3f\n", lambda, math.Sqrt(total/2000))
	}
	// Output:
	// lambda 0.00: distance to the answer 0.713
	// lambda 0.25: distance to the answer 0.614
	// lambda 0.50: distance to the answer 0.574
	// lambda 1.00: distance to the answer 0.560
	// lambda 2.00: distance to the answer 0.738
}

func Example_adamw() {
	for _, rule := range []optim.Rule{optim.Adam, optim.AdamW} {
		w, g := []float64{1, 1}, make([]float64, 2)
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(rule, params, descent.LR(0.001), descent.WeightDecay(0.1))
		if err != nil {
			log.Fatal(err)
		}
		for step := range 500 {
			g[0], g[1] = 1, 0.01 // neither weight matters: gradients are noise, loud and quiet
			if step%2 == 0 {
				g[0], g[1] = -1, -0.01
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
		}
		fmt.Printf("%-5s %.3f\n", rule.Name(), w)
	}
	// Output:
	// adam  [0.953 0.563]
	// adamw [0.953 0.953]
}

func Example_lion() {
	w, g := []float64{0}, []float64{0}
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.Lion, params, descent.LR(0.01))
	if err != nil {
		log.Fatal(err)
	}
	for step := 1; step <= 150; step++ {
		g[0] = 1
		if step == 60 || step > 100 {
			g[0] = -1 // one gradient that disagrees, later all
		}
		before := w[0]
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
		m, err := opt.StateOf("w", "m")
		if err != nil {
			log.Fatal(err)
		}
		if step == 1 || step%20 == 0 {
			fmt.Printf("step %3d: gradient %+.0f, momentum %+.3f, step %+.2f\n",
				step, g[0], m.F64[0], w[0]-before)
		}
	}
	// Output:
	// step   1: gradient +1, momentum +0.010, step -0.01
	// step  20: gradient +1, momentum +0.182, step -0.01
	// step  40: gradient +1, momentum +0.331, step -0.01
	// step  60: gradient -1, momentum +0.433, step -0.01
	// step  80: gradient +1, momentum +0.536, step -0.01
	// step 100: gradient +1, momentum +0.621, step -0.01
	// step 120: gradient -1, momentum +0.325, step -0.01
	// step 140: gradient -1, momentum +0.084, step +0.01
}

func Example_muon() {
	for _, rule := range []optim.Rule{optim.SGD, optim.Adam, optim.Muon} {
		w := make([]float64, 4)
		g := []float64{10.1, 9.9, 9.9, 10.1} // 2 x 2: singular values 20 and 0.2
		params := []descent.Param{descent.NewParam("w", w, g, 2, 2)}
		opt, err := descent.New(rule, params, descent.LR(1))
		if err != nil {
			log.Fatal(err)
		}
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
		// of a symmetric matrix (a b; b a) they are |a + b| and |a - b|
		fmt.Printf("%-4s a step with singular values %.2f and %.2f\n",
			rule.Name(), math.Abs(w[0]+w[1]), math.Abs(w[0]-w[1]))
	}
	// Output:
	// sgd  a step with singular values 20.00 and 0.20
	// adam a step with singular values 2.00 and 0.00
	// muon a step with singular values 0.70 and 0.70
}

func Example_scheduleFree() {
	for _, rule := range []optim.Rule{optim.SGD, optim.ScheduleFreeSGD} {
		w, g := make([]float64, 1000), make([]float64, 1000)
		for i := range w {
			w[i] = 5
		}
		params := []descent.Param{descent.NewParam("w", w, g)}
		opt, err := descent.New(rule, params, descent.LR(0.1))
		if err != nil {
			log.Fatal(err)
		}
		draw := rand.New(rand.NewPCG(1, 2))
		fmt.Printf("%-17s", rule.Name())
		for step := 1; step <= 1000; step++ {
			for i := range w {
				g[i] = w[i] + draw.NormFloat64() // of w²/2, with the noise of a batch
			}
			if err := opt.Step(); err != nil {
				log.Fatal(err)
			}
			if step == 10 || step == 100 || step == 1000 {
				if err := opt.Eval(); err != nil { // the weights to use
					log.Fatal(err)
				}
				loss := 0.0
				for _, v := range w {
					loss += v * v / 2 / 1000
				}
				fmt.Printf("  step %d: %.4f", step, loss)
				opt.Train() // back to those that are trained
			}
		}
		fmt.Println()
	}
	// Output:
	// sgd                step 10: 1.5341  step 100: 0.0267  step 1000: 0.0266
	// schedule-free-sgd  step 10: 4.1489  step 100: 0.0504  step 1000: 0.0024
}

func Example_choosing() {
	for _, name := range []string{"sgd", "nag-shifted", "adam", "clip-norm+adamw"} {
		rule, err := optim.Lookup(name)
		if err != nil {
			log.Fatal(err)
		}
		best, rate := math.Inf(1), 0.0
		for k := range 7 {
			lr := 1e-4 * math.Pow(10, float64(k)/2) // 1e-4 ... 0.1: each rule at its own best
			if loss := lossAfter(200, rule, lr); loss < best {
				best, rate = loss, lr
			}
		}
		fmt.Printf("%-15s loss %.1e with lr %.1e\n", name, best, rate)
	}
	// Output:
	// sgd             loss 5.3e+00 with lr 1.0e-03
	// nag-shifted     loss 3.0e-02 with lr 1.0e-03
	// adam            loss 1.9e+00 with lr 1.0e-01
	// clip-norm+adamw loss 1.0e-03 with lr 3.2e-02
}

// lossAfter steps down Rosenbrock's valley from (-1.5, 2).
func lossAfter(steps int, rule optim.Rule, lr float64) float64 {
	w, g := []float64{-1.5, 2}, make([]float64, 2)
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(rule, params, descent.LR(lr))
	if err != nil {
		log.Fatal(err)
	}
	for range steps {
		bend := w[1] - w[0]*w[0]
		g[0], g[1] = -2*(1-w[0])-400*w[0]*bend, 200*bend
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	bend := w[1] - w[0]*w[0]
	return (1-w[0])*(1-w[0]) + 100*bend*bend
}

func Example_yourOwn() {
	text, err := os.ReadFile("timid.rule")
	if err != nil {
		log.Fatal(err)
	}
	rule, err := optim.Parse("timid", string(text))
	if err != nil {
		log.Fatal(err)
	}
	w, g := []float64{-10, 1}, make([]float64, 2)
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(rule, params, descent.LR(0.5))
	if err != nil {
		log.Fatal(err)
	}
	for range 30 {
		g[0], g[1] = w[0], 25*w[1]
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.4f\n", w)
	// Output:
	// [0.1158 0.0024]
}

func Example_mistake() {
	_, err := optim.Parse("timid", "hyper lr = 0.1\nstate m\nm = 0.9*m + g\nw = w - lr*n")
	fmt.Println(err)
	// Output:
	// timid:4:12: unknown name n: expected a hyperparameter, a state, or a temporary of a line above
	//     w = w - lr*n
	//                ^
}
