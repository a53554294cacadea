package optim_test

import (
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// An optimizer of one's own is a formula; it may chain with others and has all
// that those built in have.
func ExampleParse() {
	rule, err := optim.Parse("softsign", `
		# Steps by g/(1+|m|), where m averages gradients.
		hyper lr = 0.1 [0,inf), beta = 0.9 [0,1)
		state m

		m = beta*m + (1-beta)*g
		w = w - lr * g / (1 + abs(m))
	`)
	if err != nil {
		fmt.Println(err)
		return
	}
	w, g := []float64{0}, []float64{0}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, descent.Set("beta", 0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 100 {
		g[0] = 2 * (w[0] - 3)
		if err := opt.Step(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%.4f\n", w[0])
	// Output: 3.0000
}

// A mistake shows its place and what was expected.
func ExampleParse_mistake() {
	_, err := optim.Parse("mine", "hyper lr = 0.1\nw = w - lr*gradient")
	fmt.Println(err)
	// Output:
	// mine:2:12: unknown name gradient: expected a hyperparameter, a state, or a temporary of a line above
	//     w = w - lr*gradient
	//                ^
}

// A chain is one rule: what comes before the rule changes its gradients, what
// comes after its steps.
func ExampleChain() {
	rule := optim.Chain(optim.Centralize, optim.Adam, optim.Lookahead)
	w, g := make([]float32, 6), make([]float32, 6)
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g, 2, 3)},
		descent.LR(0.01), descent.Beta1(0.8), descent.Set("lookahead.k", 6))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rule.Name())
	for _, h := range opt.Hypers() {
		v, err := opt.Hyper(h.Name)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(h.Name, v)
	}
	// Output:
	// centralize+adam+lookahead
	// lr 0.01
	// adam.beta1 0.8
	// adam.beta2 0.999
	// adam.eps 1e-08
	// adam.wd 0
	// lookahead.k 6
	// lookahead.alpha 0.5
}

func ExampleLookup() {
	rule, err := optim.Lookup("clip-norm+sgd")
	fmt.Println(rule.Name(), err)
	_, err = optim.Lookup("adamv")
	fmt.Println(err)
	// Output:
	// clip-norm+sgd <nil>
	// unknown optimizer "adamv"; did you mean adam, adamw, adamax?
}
