package compat_test

import (
	"fmt"
	"log"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// The examples of docs/moving-from-mxnet.md: the numbers are those that the Python
// beside them prints there.

func Example_mxnetSGD() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("mxnet", "sgd", map[string]any{"learning_rate": 0.1, "momentum": 0.9, "wd": 0.01, "rescale_grad": 0.5})
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
	// Output: [-0.10421 0.61468]
}

func Example_mxnetNames() {
	weight, dweight := []float64{1, -2}, make([]float64, 2)
	bias, dbias := []float64{0.5}, make([]float64, 1)
	rule, options, err := compat.New("mxnet", "adam", map[string]any{
		"learning_rate": 0.1, "wd": 0.1, "clip_gradient": 1,
		"param_idx2name": map[int]string{0: "fc_weight", 1: "fc_bias"}, // biases do not decay
	})
	if err != nil {
		log.Fatal(err)
	}
	opt, err := descent.New(rule, []descent.Param{
		descent.NewParam("fc_weight", weight, dweight),
		descent.NewParam("fc_bias", bias, dbias),
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
	// Output: [-0.18466 -0.01196 0.94681]
}

func Example_mxnetScheduler() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("mxnet", "nag", map[string]any{
		"momentum":     0.9,
		"lr_scheduler": map[string]any{"class": "FactorScheduler", "step": 5, "factor": 0.5, "base_lr": 0.1},
	})
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
	// Output: [-0.29476 0.00000]
}
