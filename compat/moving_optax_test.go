package compat_test

import (
	"fmt"
	"log"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// The examples of docs/moving-from-optax.md: the numbers are those that the Python
// beside them prints there.

func Example_optaxMask() {
	weight, dweight := []float64{1, -2}, make([]float64, 2)
	bias, dbias := []float64{0.5}, make([]float64, 1)
	rule, options, err := compat.New("optax", "adamw", map[string]any{
		"learning_rate": 0.1, "weight_decay": 0.1, "mask": map[string]any{"weight": true, "bias": false},
	})
	if err != nil {
		log.Fatal(err)
	}
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
	// Output: [-0.24959 -0.07913 0.94681]
}

func Example_optaxChain() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("optax", "sgd", map[string]any{"learning_rate": 0.1, "momentum": 0.9, "nesterov": true})
	if err != nil {
		log.Fatal(err)
	}
	options = append(options, descent.ClipNorm(1)) // clip_by_global_norm before it
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
	// Output: [-0.13743 0.00000]
}

func Example_optaxSchedule() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("optax", "lion", map[string]any{"learning_rate": 1, "weight_decay": 0.1})
	if err != nil {
		log.Fatal(err)
	}
	warmup, err := compat.Schedule("optax", "warmup_cosine_decay_schedule", map[string]any{
		"init_value": 0, "peak_value": 0.1, "warmup_steps": 5, "decay_steps": 20,
	})
	if err != nil {
		log.Fatal(err)
	}
	options = append(options, descent.Schedule(warmup)) // in place of learning_rate
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
	// Output: [-0.05045 -0.85405]
}
