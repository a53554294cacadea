package compat

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// shampoo is Shampoo with the options that are no numbers.
type shampoo struct{ maximize, decouple, fixed bool }

// newShampoo makes Gupta, Koren & Singer, "Shampoo: Preconditioned Stochastic
// Tensor Optimization", ICML 2018, as pytorch_optimizer has it: the momentum is
// of preconditioned gradients, and of three dimensions and more the order does
// not come back.
func newShampoo(chosen map[string]any) *stepper {
	s := shampoo{chosen["maximize"] == true, chosen["weight_decouple"] == true, chosen["fixed_decay"] == true}
	return &stepper{
		summary: "Multiplies each dimension of the gradient by the root of what its covariance has added up to.",
		paper:   `Gupta, Koren & Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", ICML 2018, as pytorch_optimizer has it.`,
		hypers: []formula.Hyper{
			{Name: "lr", Default: 1e-3, Range: notNegative},
			{Name: "momentum", Range: fraction},
			{Name: "wd", Range: notNegative},
			{Name: "preconditioning_compute_steps", Default: 1, Range: oneOrMore},
			{Name: "matrix_eps", Default: 1e-6, Range: notNegative},
		},
		states: s.states,
		step:   s.step,
	}
}

func (s shampoo) states(shape []int) []optim.StateSize {
	out := []optim.StateSize{{Name: "momentum", Len: weights(shape)}}
	for i, n := range shape {
		out = append(out, optim.StateSize{Name: fmt.Sprint("sum", i), Len: n * n}, optim.StateSize{Name: fmt.Sprint("root", i), Len: n * n})
	}
	return out
}

func (s shampoo) step(t *optim.Tensor) error {
	h, buffer := t.Hyper, t.State["momentum"]
	if len(t.Grad) == 0 {
		return nil
	}
	if t.T == 1 {
		copy(buffer, t.Grad)
	}
	g := slices.Clone(t.Grad)
	for i := range g {
		if s.maximize {
			g[i] = -g[i]
		}
		g[i] += float64(h["momentum"] * (buffer[i] - g[i]))
		if !s.decouple {
			g[i] += float64(h["wd"] * t.Weights[i])
		}
	}
	u, err := s.precondition(t, g)
	if err != nil {
		return err
	}
	copy(buffer, u)
	decay := 0.0
	if s.decouple {
		decay = h["wd"]
	}
	if !s.fixed {
		decay *= h["lr"]
	}
	for i := range u {
		t.Step[i] = float64(h["lr"]*u[i]) + float64(decay*t.Weights[i])
	}
	return nil
}

// precondition adds to the sums and multiplies by their roots, dimension after
// dimension.
func (s shampoo) precondition(t *optim.Tensor, g []float64) ([]float64, error) {
	shape := slices.Clone(t.Shape)
	u := g
	for i, n := range t.Shape {
		sum, root := mat.NewDense(n, n, t.State[fmt.Sprint("sum", i)]), mat.NewDense(n, n, t.State[fmt.Sprint("root", i)])
		if t.T == 1 {
			for k := range n {
				sum.Set(k, k, t.Hyper["matrix_eps"])
			}
		}
		along := mat.NewDense(n, len(g)/n, swap(g, t.Shape, i))
		var more mat.Dense
		more.Mul(along, along.T())
		sum.Add(sum, &more)
		if t.T%int(t.Hyper["preconditioning_compute_steps"]) == 0 {
			if err := inverseRoot(root, sum, 2*len(t.Shape)); err != nil {
				return nil, err
			}
		}
		x := mat.NewDense(n, len(g)/n, swap(u, shape, i))
		shape[0], shape[i] = shape[i], shape[0]
		var out mat.Dense
		if i == len(t.Shape)-1 {
			out.Mul(x.T(), root)
		} else {
			out.Mul(root, x)
		}
		u = out.RawMatrix().Data
	}
	return u, nil
}

// swap exchanges the first dimension and the k-th.
func swap(x []float64, shape []int, k int) []float64 {
	if k == 0 {
		return x
	}
	first, between, other, rest := shape[0], weights(shape[1:k]), shape[k], weights(shape[k+1:])
	out := make([]float64, len(x))
	for i, v := range x {
		at, row := i%rest, i/rest
		from, middle, to := row/(other*between), row/other%between, row%other
		out[((to*between+middle)*first+from)*rest+at] = v
	}
	return out
}

// inverseRoot sets root to a positive matrix to the power of -1/n.
func inverseRoot(root, matrix *mat.Dense, n int) error {
	size, _ := matrix.Dims()
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(size, slices.Clone(matrix.RawMatrix().Data)), true) {
		return errors.New("the eigenvalues of a preconditioner are not to be found: are its gradients finite?")
	}
	var vectors, scaled mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	for i := range values {
		values[i] = math.Pow(math.Abs(values[i]), -1/float64(n))
	}
	scaled.Mul(&vectors, mat.NewDiagDense(size, values))
	root.Mul(&scaled, vectors.T())
	return nil
}
