package formula_test

import (
	"fmt"

	"github.com/descent-go/descent/formula"
)

func ExampleParse() {
	p, err := formula.Parse("momentum", `
		hyper lr = 0.01 (0, inf), momentum = 0.9 [0, 1)
		state v
		v = momentum*v + g
		w = w - lr*v
	`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Hyper("momentum").Range, p.State("v").Kind)
	fmt.Print(p)
	// Output:
	// [0,1) one number per weight
	// hyper lr = 0.01 (0,inf)
	// hyper momentum = 0.9 [0,1)
	// state v
	// v = momentum*v + g
	// w = w - lr*v
}

func ExampleError() {
	_, err := formula.Parse("mine", "hyper lr = 0.1\nw = w - lr*sqr(g)")
	fmt.Println(err)
	// Output:
	// mine:2:12: unknown function sqr; did you mean sqrt, sin, sum?
	//     w = w - lr*sqr(g)
	//                ^
}

func ExampleProgram_LaTeX() {
	p, err := formula.Parse("momentum", `
		hyper lr = 0.01, momentum = 0.9
		state v
		v = momentum*v + g
		w = w - lr*v
	`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.LaTeX())
	// Output:
	// \begin{aligned}
	// v_t &= \mu v_{t-1} + g_t \\
	// w_t &= w_{t-1} - \eta v_t
	// \end{aligned}
}

func ExampleFlatten() {
	clip, err := formula.Parse("clip", "hyper limit = 1\ng = clip(g, -limit, limit)")
	if err != nil {
		fmt.Println(err)
		return
	}
	sgd, err := formula.Parse("sgd", "hyper lr = 0.01\nw = w - lr*g")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := formula.Flatten([]formula.Link{{Prefix: "clip", Program: clip}, {Program: sgd}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(p)
	// Output:
	// hyper clip.limit = 1
	// hyper lr = 0.01
	// g = clip(g, -clip.limit, clip.limit)
	// w = w - lr*g
}

// A reference computes a step in float64, slowly.
func ExampleReference() {
	p, err := formula.Parse("sgd", "hyper lr = 0.5\nw = w - lr*g")
	if err != nil {
		fmt.Println(err)
		return
	}
	param := &formula.RefParam{Name: "p", Shape: []int{2}, W: []float64{1, 2}}
	r := formula.NewReference(p, []*formula.RefParam{param}, nil)
	r.Step(func() [][]float64 { return [][]float64{{1, 4}} })
	fmt.Println(param.W)
	// Output: [0.5 0]
}
