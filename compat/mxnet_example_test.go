package compat_test

import (
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/compat"
)

// MXNet's NAG with weight decay has a defect, which its users' numbers have too.
func ExampleNew_mxnet() {
	rule, options, err := compat.New("mxnet", "nag", map[string]any{
		"learning_rate": 0.1, "momentum": 0.9, "wd": 0.01, "rescale_grad": 0.5,
		"param_idx2name": map[int]string{0: "fc_weight", 1: "fc_bias"}, // biases do not decay
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	weight, bias := []float64{1}, []float64{1}
	opt, err := descent.New(rule, []descent.Param{
		descent.NewParam("fc_weight", weight, []float64{2}),
		descent.NewParam("fc_bias", bias, []float64{2}),
	}, options...)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer opt.Close()
	for range 2 {
		if err := opt.Step(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%s %.4f %.4f\n", rule.Name(), weight[0], bias[0])
	// Output: nag-mxnet 0.5349 0.5390
}
