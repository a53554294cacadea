package descent_test

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/schedule"
)

// Logistic regression: who passes, given the hours of study and of sleep?
func Example() {
	x := [][]float64{{1, 4}, {2, 8}, {3, 9}, {5, 4}, {6, 5}, {8, 7}}
	passed := []float64{0, 0, 1, 0, 1, 1}
	w, g := make([]float64, 3), make([]float64, 3)
	params := []descent.Param{descent.NewParam("w", w, g)}
	opt, err := descent.New(optim.Adam, params, descent.LR(0.1))
	if err != nil {
		panic(err)
	}
	for range 500 {
		opt.ZeroGrad()
		for i := range x {
			p := 1 / (1 + math.Exp(-(w[0]*x[i][0] + w[1]*x[i][1] + w[2])))
			g[0] += (p - passed[i]) * x[i][0]
			g[1] += (p - passed[i]) * x[i][1]
			g[2] += p - passed[i]
		}
		if err := opt.Step(); err != nil {
			panic(err)
		}
	}
	for i := range x {
		p := 1 / (1 + math.Exp(-(w[0]*x[i][0] + w[1]*x[i][1] + w[2])))
		fmt.Printf("studied %v h, slept %v h: passes with %2.0f %%\n", x[i][0], x[i][1], 100*p)
	}
	// Output:
	// studied 1 h, slept 4 h: passes with  0 %
	// studied 2 h, slept 8 h: passes with 12 %
	// studied 3 h, slept 9 h: passes with 89 %
	// studied 5 h, slept 4 h: passes with 13 %
	// studied 6 h, slept 5 h: passes with 90 %
	// studied 8 h, slept 7 h: passes with 100 %
}

// The smallest program: the minimum of (w-3)².
func ExampleNew() {
	w, g := []float32{0}, []float32{0}
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", w, g)},
		descent.LR(0.1), descent.Momentum(0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 60 {
		g[0] = 2 * (w[0] - 3)
		if err := opt.Step(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%.4f\n", w[0])
	// Output: 3.0000
}

// linear makes the parameters that the examples below train.
func linear() (weight, bias []float64, params []descent.Param) {
	weight, bias = []float64{1, 2}, []float64{0.5}
	return weight, bias, []descent.Param{
		descent.NewParam("fc.weight", weight, []float64{3, 0}),
		descent.NewParam("fc.bias", bias, []float64{4}),
	}
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
	}
}

// Biases without weight decay, and at a tenth of the learning rate.
func ExampleFor() {
	weight, bias, params := linear()
	opt, err := descent.New(optim.SGD, params,
		descent.LR(0.1), descent.WeightDecay(1),
		descent.For("*.bias", descent.WeightDecay(0), descent.LRMult(0.1)))
	check(err)
	check(opt.Step())
	fmt.Printf("%.2f %.2f\n", weight, bias)
	// Output: [0.60 1.80] [0.46]
}

func ExampleSchedule() {
	_, _, params := linear()
	opt, err := descent.New(optim.Adam, params,
		descent.LR(0.1), descent.Schedule(schedule.WarmupCosine(2, 6)))
	check(err)
	for range 6 {
		fmt.Printf("%.3f ", opt.LR())
		check(opt.Step())
	}
	// Output: 0.050 0.100 0.100 0.085 0.050 0.015
}

// The norm of all gradients together, here 5, is limited to 1.
func ExampleClipNorm() {
	weight, bias, params := linear()
	opt, err := descent.New(optim.SGD, params, descent.LR(1), descent.ClipNorm(1))
	check(err)
	check(opt.Step())
	fmt.Printf("%.1f %.1f\n", weight, bias)
	// Output: [0.4 2.0] [-0.3]
}

// Nesterov's accelerated gradient takes its gradients where the velocity leads,
// so it is given a function that computes them.
func ExampleOptimizer_StepFunc() {
	w, g := []float64{0}, []float64{0}
	opt, err := descent.New(optim.NAG, []descent.Param{descent.NewParam("w", w, g)}, descent.LR(0.1))
	check(err)
	fmt.Println(opt.Step())
	for range 200 {
		_, err := opt.StepFunc(func() (loss float64, err error) {
			g[0] = 2 * (w[0] - 3)
			return (w[0] - 3) * (w[0] - 3), nil
		})
		check(err)
	}
	fmt.Printf("%.4f\n", w[0])
	// Output:
	// descent: nag asks for gradients at points of its own, which Step has not: call StepFunc with a function that computes them, or use nag-shifted, the form for given gradients
	// 3.0000
}

// Three batches make one step with the mean of their gradients.
func ExampleAccumulate() {
	w, g := []float64{0}, []float64{0}
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", w, g)},
		descent.LR(1), descent.Accumulate(3))
	check(err)
	for _, g[0] = range []float64{1, 2, 6} {
		check(opt.Step())
		fmt.Println(w[0], opt.Waiting(), opt.Updates())
	}
	// Output:
	// 0 1 0
	// 0 2 0
	// -3 0 1
}

func ExampleCheckFinite() {
	w, g := []float64{1, 2}, []float64{0.5, math.NaN()}
	opt, err := descent.New(optim.Adam, []descent.Param{descent.NewParam("fc.weight", w, g)}, descent.CheckFinite())
	check(err)
	err = opt.Step()
	fmt.Println(err)
	var bad *descent.NotFiniteError
	if errors.As(err, &bad) {
		fmt.Println("skip this batch:", bad.Param, bad.Element, w)
	}
	// Output:
	// descent: the gradient of fc.weight is NaN at element 1; nothing has changed
	// skip this batch: fc.weight 1 [1 2]
}

// A momentum that is 0 at first needs to be declared, or sgd has no velocity.
func ExampleLive() {
	_, _, params := linear()
	opt, err := descent.New(optim.SGD, params, descent.Live("momentum"))
	check(err)
	check(opt.Step())
	check(opt.Set("momentum", 0.9))
	m, err := opt.Hyper("momentum")
	check(err)
	fmt.Println(m)
	// Output: 0.9
}

// A framework that makes its gradients anew for every batch hands them over.
func ExampleSetGrad() {
	w := []float32{1, 2}
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", w, []float32(nil))}, descent.LR(1))
	check(err)
	fmt.Println(opt.Step())
	check(descent.SetGrad(opt, "w", []float32{0.5, 0.25}))
	check(opt.Step())
	fmt.Println(w)
	// Output:
	// descent: parameter w has no gradient: give one to NewParam, SetGrad or SetRows, or Freeze it
	// [0.5 1.75]
}

// The head is trained first, then the whole.
// An embedding of five words, of which a batch has two, one of them twice. The
// others rest, with their states.
func ExampleSetRows() {
	words := make([]float32, 5*2)
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("words", words, []float32(nil), 5, 2)}, descent.LR(0.1), descent.Lazy())
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, grad := []int{3, 0, 3}, []float32{1, 2, -1, -1, 1, 2}
	if err := descent.SetRows(opt, "words", rows, grad); err != nil {
		fmt.Println(err)
		return
	}
	if err := opt.Step(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(words)
	// Output: [0.1 0.1 0 0 0 0 -0.2 -0.4 0 0]
}

// Weights and gradients of 16 bits: the gradient of 1e-8 would be 0 in them,
// that of the loss times 65536 is not.
func ExampleLossScale() {
	scale := descent.NewLossScale()
	w, g := []descent.Float16{descent.ToFloat16(1)}, make([]descent.Float16, 1)
	opt, err := descent.New(optim.SGD, []descent.Param{descent.NewParam("w", w, g)}, append(scale.Options(), descent.LR(1e6))...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		g[0] = descent.ToFloat16(float32(1e-8 * scale.Scale))
		moved, err := scale.Step(opt)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.3f %v %v\n", w[0].Float32(), moved, scale.Scale)
		scale.Scale = 1e14 // too large
	}
	// Output:
	// 0.990 true 65536
	// 0.990 false 5e+13
}

func ExampleOptimizer_Freeze() {
	weight, bias, params := linear()
	opt, err := descent.New(optim.SGD, params, descent.LR(0.1))
	check(err)
	check(opt.Freeze("*.weight"))
	check(opt.Step())
	fmt.Printf("%.2f %.2f\n", weight, bias)
	check(opt.Unfreeze("*"))
	check(opt.Step())
	fmt.Printf("%.2f %.2f\n", weight, bias)
	// Output:
	// [1.00 2.00] [0.10]
	// [0.70 2.00] [-0.30]
}

// What is kept of the optimizer and the parameters lets training go on from
// there, bit for bit. Package checkpoint writes it to a file.
func ExampleOptimizer_Restore() {
	weight, bias, params := linear()
	opt, err := descent.New(optim.Adam, params, descent.LR(0.1))
	check(err)
	check(opt.Step())
	var saved []descent.State
	for _, s := range opt.States() {
		saved = append(saved, s.Clone())
	}
	w, b := slices.Clone(weight), slices.Clone(bias)
	check(opt.Step())
	first := slices.Concat(weight, bias)

	copy(weight, w)
	copy(bias, b)
	check(opt.Restore(saved))
	check(opt.Step())
	fmt.Println(slices.Equal(first, slices.Concat(weight, bias)))
	for _, s := range saved {
		fmt.Println(s.Param, s.Name, s.Shape)
	}
	// Output:
	// true
	//  descent.updates []
	// fc.weight t []
	// fc.weight m [2]
	// fc.weight v [2]
	// fc.bias t []
	// fc.bias m [1]
	// fc.bias v [1]
}

// Averaged weights are for evaluation, the others go on training.
func ExampleOptimizer_Eval() {
	rule, err := optim.Parse("averaged", `
		hyper lr = 1, decay = 0.5 [0,1)
		state average = w
		w = w - lr*g
		average = decay*average + (1-decay)*w
		eval x = average`)
	check(err)
	w := []float64{4}
	opt, err := descent.New(rule, []descent.Param{descent.NewParam("w", w, []float64{2})})
	check(err)
	check(opt.Step())
	check(opt.Eval())
	fmt.Println("evaluate with", w[0])
	opt.Train()
	fmt.Println("train on from", w[0])
	// Output:
	// evaluate with 3
	// train on from 2
}
