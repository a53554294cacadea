package compat_test

import (
	"fmt"
	"log"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// The examples of docs/moving-from-keras.md: the numbers are those that the Python
// beside them prints there.

func Example_kerasAdam() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("keras", "Adam", map[string]any{"learning_rate": 0.1, "clipnorm": 1})
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
	fmt.Printf("%.3f\n", w)
	// Output: [-0.045 0.000]
}

func Example_kerasExclude() {
	weight, dweight := []float64{1, -2}, make([]float64, 2)
	bias, dbias := []float64{0.5}, make([]float64, 1)
	rule, options, err := compat.New("keras", "SGD", map[string]any{
		"learning_rate": 0.01, "momentum": 0.9, "nesterov": true, "weight_decay": 0.1,
	})
	if err != nil {
		log.Fatal(err)
	}
	options = append(options, descent.For("bias", descent.WeightDecay(0))) // exclude_from_weight_decay
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
	fmt.Printf("%.3f\n", append(weight, bias...))
	// Output: [-0.257 0.513 0.942]
}

func Example_kerasAverage() {
	w, g := []float64{1, -2}, make([]float64, 2)
	rule, options, err := compat.New("keras", "AdamW", map[string]any{"learning_rate": 0.1, "use_ema": true, "ema_momentum": 0.8})
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
	fmt.Printf("%.3f\n", w)
	if err := opt.Eval(); err != nil { // opt.Train() puts the weights back
		log.Fatal(err)
	}
	fmt.Printf("%.3f\n", w)
	// Output:
	// [-0.270 -0.216]
	// [-0.165 -0.520]
}
