package compat_test

import (
	"fmt"
	"log"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// The examples of docs/moving-from-pytorch.md: the numbers are those that the Python
// beside them prints there.

func Example_torchAdamW() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("torch", "AdamW", map[string]any{"lr": 0.1, "betas": []float64{0.9, 0.95}, "weight_decay": 0.1})
	if err != nil {
		log.Fatal(err)
	}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		log.Fatal(err)
	}
	defer opt.Close()
	for range 20 {
		g[0], g[1] = w[0], 10*w[1] // the backward pass
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.5f\n", w)
	// Output: [-0.26168 -0.01615]
}

func Example_torchGroups() {
	weight, dweight := []float64{1, -2}, make([]float64, 2)
	bias, dbias := []float64{0.5}, make([]float64, 1)
	rule, options, err := compat.New("torch", "SGD", map[string]any{"lr": 0.01, "momentum": 0.9, "nesterov": true, "weight_decay": 0.1})
	if err != nil {
		log.Fatal(err)
	}
	options = append(options, descent.For("bias", descent.WeightDecay(0), descent.LR(0.02))) // its group
	opt, err := descent.New(rule, []descent.Param{
		descent.NewParam("weight", weight, dweight),
		descent.NewParam("bias", bias, dbias),
	}, options...)
	if err != nil {
		log.Fatal(err)
	}
	defer opt.Close()
	for range 20 {
		dweight[0], dweight[1], dbias[0] = 3*weight[0], 3*weight[1], bias[0]-1
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.5f\n", append(weight, bias...))
	// Output: [-0.25512 0.51023 1.10735]
}

func Example_torchStepLR() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("torch", "Adam", map[string]any{"lr": 0.1, "clip_grad_norm": 1})
	if err != nil {
		log.Fatal(err)
	}
	steps, err := compat.Schedule("torch", "StepLR", map[string]any{"lr": 0.1, "step_size": 5, "gamma": 0.5})
	if err != nil {
		log.Fatal(err)
	}
	options = append(options, descent.LR(1), descent.Schedule(steps)) // the schedule has the learning rate
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, g)}, options...)
	if err != nil {
		log.Fatal(err)
	}
	defer opt.Close()
	for range 20 {
		g[0], g[1] = w[0], 10*w[1] // the backward pass
		if err := opt.Step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%.5f\n", w)
	// Output: [0.11735 -1.06245]
}
