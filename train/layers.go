package train

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// The convolutions of a cnn: each halves height and width.
const (
	kernel  = 5
	stride  = 2
	padding = 2
)

// layer is an affine map, dense or a convolution. A ReLU follows all but the last.
type layer struct {
	conv         bool
	weight, bias Tensor
}

// layers returns the layers of s with their initial weights.
func layers(s Spec) []layer {
	r := rand.New(rand.NewPCG(s.Seed, 0))
	in, _ := product(s.Input...)
	var all []layer
	if s.Kind == "cnn" {
		c, h, w := s.Input[0], s.Input[1], s.Input[2]
		for i, out := range []int{8, 16} {
			name := fmt.Sprintf("conv%d", i+1)
			all = append(all, layer{true,
				newTensor(name+".weight", out, c, kernel, kernel).uniform(r, he(c*kernel*kernel)),
				newTensor(name+".bias", out)})
			c, h, w = out, (h+1)/stride, (w+1)/stride
		}
		in = c * h * w
	}
	for i, out := range append(append([]int(nil), s.Hidden...), s.Outputs) {
		bound := he(in)
		if i == len(s.Hidden) {
			bound = glorot(in, out)
		}
		name := fmt.Sprintf("fc%d", i+1)
		all = append(all, layer{false,
			newTensor(name+".weight", in, out).uniform(r, bound),
			newTensor(name+".bias", out)})
		in = out
	}
	return all
}

// he returns the bound of the uniform distribution with variance 2/in.
func he(in int) float64 { return math.Sqrt(6 / float64(in)) }

// glorot returns the bound of the uniform distribution with variance 2/(in+out).
func glorot(in, out int) float64 { return math.Sqrt(6 / float64(in+out)) }

func newTensor(name string, shape ...int) Tensor {
	n, _ := product(shape...)
	return Tensor{Name: name, Shape: shape, Value: aligned(n), Grad: aligned(n)}
}

// aligned returns n zeros at a multiple of 16 bytes. Gonum's dot product sums in
// an order that depends on the alignment of its operands, and Go aligns memory
// to 16 bytes from 32 bytes on.
func aligned(n int) []float32 {
	return make([]float32, max(n, 8))[:n:n]
}

// uniform fills t's value with draws from [-bound, bound) and returns t.
func (t Tensor) uniform(r *rand.Rand, bound float64) Tensor {
	for i := range t.Value {
		t.Value[i] = float32((2*r.Float64() - 1) * bound)
	}
	return t
}
