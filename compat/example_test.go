package compat_test

import (
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
	"github.com/descent-go/descent/optim"
)

func ExampleNew() {
	rule, options, err := compat.New("formula", "momentum", map[string]any{"learning_rate": 0.1, "wd": 0.01})
	if err != nil {
		fmt.Println(err)
		return
	}
	w, g := []float64{1}, []float64{0.5}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := opt.Step(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", w[0])
	// Output: 0.949
}

func ExampleNew_error() {
	_, _, err := compat.New("formula", "signum", map[string]any{"dampening": 0.1})
	fmt.Println(err)
	// Output: compat: formula's signum: there is no option "dampening": it has lr (or eta, learning_rate), momentum (or beta, gamma, mu, rho), wd (or weight_decay), wd_lh
}

func ExampleReplay() {
	report, err := compat.Replay("../testdata/traces/formula/adam-rosenbrock.json.gz", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Steps, "steps agree:", report.Mismatch == nil)
	// Output: 25 steps agree: true
}

// A formula is checked against PyTorch's RMSprop, which adds eps outside the root.
func ExampleReplay_formula() {
	rule, err := optim.Parse("mine", `
		hyper lr = 0.01, alpha = 0.9, momentum = 0.9, eps = 1e-6, wd = 0.01
		state v, mean, buffer
		g = g + wd*w
		v = alpha*v + (1-alpha)*g^2
		mean = alpha*mean + (1-alpha)*g
		buffer = momentum*buffer + g/sqrt(v - mean^2 + eps)
		w = w - lr*buffer`)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := compat.Replay("../testdata/traces/torch/rmsprop-2.json.gz", rule)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Mismatch.Step, report.Mismatch.Param, report.Mismatch.Element)
	// Output: 1 w0 0
}

func ExampleOptimizers() {
	fmt.Println(compat.Peers())
	fmt.Println(compat.Optimizers("torch")[:4])
	// Output:
	// [formula keras mxnet mxnet2 optax pytorch_optimizer torch]
	// [ASGD Adadelta Adafactor Adagrad]
}
