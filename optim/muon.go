package optim

import (
	"math"
	"slices"

	"github.com/descent-go/descent/formula"
)

// Muon makes the momentum of matrices orthogonal: a step has the singular
// vectors of Nesterov's momentum and singular values of about 1, so that
// directions which gradients seldom take count as much as the others. A
// parameter of more dimensions is a matrix of its first one by the rest. What
// has fewer, biases, has Adam with decoupled weight decay and lr*adam_lr_ratio
// as its learning rate.
//
// Its author gives Adam to embeddings and to the last layer too: have them in
// another optimizer.
//
// Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
var Muon = known(muon{})

type muon struct{}

// Name implements Rule.
func (muon) Name() string { return "muon" }

// Info implements Rule.
func (muon) Info() (Info, error) {
	from0 := formula.Range{Lo: 0, Hi: math.Inf(1), OpenHi: true}
	beta := formula.Range{Lo: 0, Hi: 1, OpenHi: true}
	return Info{
		Name:    "muon",
		Summary: "Momentum of matrices, made orthogonal by an iteration of Newton and Schulz; Adam with decoupled decay for biases.",
		Paper:   `Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, kellerjordan.github.io/posts/muon.`,
		Elsewhere: "torch has lr = 0.001 and wd = 0.1, averages gradients instead of adding them up, computes in bfloat16 and refuses what is no matrix. " +
			"optax averages too and corrects for the start, and a matrix has a column for each output: sqrt(max(1, columns/rows)). " +
			"keras multiplies by 0.2*sqrt(max(rows, columns)) instead. These two give Adam the same learning rate.",
		Hypers: []formula.Hyper{
			{Name: "lr", Default: 0.02, Range: from0},
			{Name: "momentum", Default: 0.95, Range: beta},
			{Name: "wd", Range: from0},
			{Name: "adam_lr_ratio", Default: 0.015, Range: from0}, // 0.0003 to 0.02
			{Name: "beta1", Default: 0.9, Range: beta},
			{Name: "beta2", Default: 0.95, Range: beta},
			{Name: "eps", Default: 1e-10, Range: from0},
		},
	}, nil
}

// States implements Stepper.
func (muon) States(shape []int) []StateSize {
	n := 1
	for _, d := range shape {
		n *= d
	}
	if len(shape) > 1 {
		return []StateSize{{"m", n}}
	}
	return []StateSize{{"m", n}, {"v", n}}
}

// Step implements Stepper.
func (muon) Step(m Model) error {
	for _, t := range m.Tensors() {
		if len(t.Grad) == 0 {
			continue
		}
		rate, direction := t.Hyper["lr"], matrixDirection
		if len(t.Shape) < 2 {
			rate, direction = rate*t.Hyper["adam_lr_ratio"], adamDirection
		}
		u := direction(t)
		for i, w := range t.Weights {
			t.Step[i] = float64(rate*u[i]) + float64(rate*t.Hyper["wd"]*w)
		}
	}
	return nil
}

// matrixDirection updates a matrix's momentum and gives its step for a rate of 1.
func matrixDirection(t *Tensor) []float64 {
	m, u, momentum, square := t.State["m"], make([]float64, len(t.Grad)), t.Hyper["momentum"], 0.0
	for i, g := range t.Grad {
		m[i] = float64(momentum*m[i]) + g
		u[i] = g + float64(momentum*m[i])
		square += float64(u[i] * u[i])
	}
	scale(u, 1/(math.Sqrt(square)+1e-7))
	rows, columns := t.Shape[0], len(u)/t.Shape[0]
	NewtonSchulz(u, rows, columns, slices.Repeat([][3]float64{{3.4445, -4.775, 2.0315}}, 5), nil)
	scale(u, math.Sqrt(max(1, float64(rows)/float64(columns))))
	return u
}

// adamDirection updates Adam's averages and gives its step for a rate of 1.
func adamDirection(t *Tensor) []float64 {
	m, v, u := t.State["m"], t.State["v"], make([]float64, len(t.Grad))
	beta1, beta2 := t.Hyper["beta1"], t.Hyper["beta2"]
	first, second := 1-power(beta1, t.T), 1-power(beta2, t.T)
	for i, g := range t.Grad {
		m[i] = float64(beta1*m[i]) + float64((1-beta1)*g)
		v[i] = float64(beta2*v[i]) + float64((1-beta2)*float64(g*g))
		u[i] = m[i] / first / (math.Sqrt(v[i]/second) + t.Hyper["eps"])
	}
	return u
}
