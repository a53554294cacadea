package compat

import (
	"math"
	"slices"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// mxnetNadam is MXNet's Nadam with its defect, for which no formula over one
// parameter will do: the product of momenta is one number for all parameters,
// multiplied once for each in turn, so that results depend on their number and
// order.
type mxnetNadam struct{}

// Name implements optim.Rule.
func (mxnetNadam) Name() string { return "nadam-mxnet" }

// Info implements optim.Rule.
func (mxnetNadam) Info() (optim.Info, error) {
	return optim.Info{
		Name:    "nadam-mxnet",
		Summary: "NAdam as MXNet computes it: one product of momenta for all parameters, a defect.",
		Paper:   `after Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016.`,
		Hypers: []formula.Hyper{
			{Name: "lr", Default: 0.001, Range: notNegative},
			{Name: "beta1", Default: 0.9, Range: fraction},
			{Name: "beta2", Default: 0.999, Range: fraction},
			{Name: "eps", Default: 1e-8, Range: notNegative},
			{Name: "wd", Default: 0, Range: notNegative},
			{Name: "schedule_decay", Default: 0.004, Range: notNegative},
			{Name: "limit", Default: math.Inf(1), Range: formula.Range{Lo: 0, Hi: math.Inf(1)}},
			{Name: "begin_num_update", Default: 0, Range: notNegative},
		},
	}, nil
}

// States implements optim.Stepper. The product is kept with every parameter,
// beside the number of updates that it counts: the one that counts most holds.
func (mxnetNadam) States(shape []int) []optim.StateSize {
	n := weights(shape)
	return []optim.StateSize{{Name: "m", Len: n}, {Name: "v", Len: n}, {Name: "updates", Len: 1}, {Name: "product", Len: 1}}
}

// Step implements optim.Stepper.
func (mxnetNadam) Step(model optim.Model) error {
	updates, product := 0.0, 1.0
	all := slices.Concat(model.Tensors(), model.Resting())
	for _, x := range all {
		if n := x.State["updates"][0]; n > updates {
			updates, product = n, x.State["product"][0]
		}
	}
	for _, x := range model.Tensors() {
		updates++
		product *= mxnetMomentum(x, 0)
		mxnetNadamStep(x, product)
	}
	for _, x := range all {
		x.State["updates"][0], x.State["product"][0] = updates, product
	}
	return nil
}

// mxnetMomentum is the momentum of a parameter's update, or of one so many later.
func mxnetMomentum(x *optim.Tensor, later float64) float64 {
	n := float64(x.T) + x.Hyper["begin_num_update"] + later
	return x.Hyper["beta1"] * (1 - 0.5*math.Pow(0.96, n*x.Hyper["schedule_decay"]))
}

func mxnetNadamStep(x *optim.Tensor, product float64) {
	beta1, beta2, limit := x.Hyper["beta1"], x.Hyper["beta2"], x.Hyper["limit"]
	mu, next := mxnetMomentum(x, 0), mxnetMomentum(x, 1)
	correction := 1 - math.Pow(beta2, float64(x.T)+x.Hyper["begin_num_update"])
	m, v := x.State["m"], x.State["v"]
	for i, g := range x.Grad {
		g += float64(x.Hyper["wd"] * x.Weights[i])
		g = max(min(g, limit), -limit)
		m[i] = float64(beta1*m[i]) + float64((1-beta1)*g)
		v[i] = float64(beta2*v[i]) + float64((1-beta2)*g*g)
		mean := float64((1-mu)*g/(1-product)) + float64(next*m[i]/(1-float64(product*next)))
		x.Step[i] = x.Hyper["lr"] * mean / (math.Sqrt(v[i]/correction) + x.Hyper["eps"])
	}
}
