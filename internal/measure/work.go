package measure

import (
	"fmt"
	"math/rand/v2"

	"github.com/descent-go/descent"
)

// Type is the element type of weights and gradients.
type Type string

// The types.
const (
	Float32  Type = "float32"
	Float64  Type = "float64"
	Float16  Type = "float16"
	BFloat16 Type = "bfloat16"
)

// Types are all types.
var Types = []Type{Float32, Float64, Float16, BFloat16}

// Size is the bytes of an element.
func (t Type) Size() int {
	switch t {
	case Float64:
		return 8
	case Float16, BFloat16:
		return 2
	}
	return 4
}

// Work is a model to step over.
type Work struct {
	Tensors int // the number of parameters, at least 1
	Size    int // the weights of each: it is a vector
	Type    Type
}

// Weights is the number of weights altogether.
func (w Work) Weights() int { return w.Tensors * w.Size }

// options are those of every optimizer of the work, the read-write loop too.
func (w Work) options(threads int) []descent.Option {
	return []descent.Option{descent.Threads(threads)}
}

// String names the work in words.
func (w Work) String() string {
	if w.Tensors == 1 {
		return fmt.Sprintf("%d weights of %s", w.Size, w.Type)
	}
	return fmt.Sprintf("%d tensors of %d weights of %s", w.Tensors, w.Size, w.Type)
}

// model is the memory of a work. Its optimizers share it, since they step in
// turns. The loop has weights of its own, which grow, in one piece.
type model struct {
	params, loop []descent.Param
}

func (w Work) model() model {
	switch w.Type {
	case Float64:
		return newModel(w, func(x float32) float64 { return float64(x) })
	case Float16:
		return newModel(w, descent.ToFloat16)
	case BFloat16:
		return newModel(w, descent.ToBFloat16)
	}
	return newModel(w, func(x float32) float32 { return x })
}

func newModel[V descent.Float](w Work, convert func(float32) V) model {
	values, grads := random(w.Weights(), convert), random(w.Weights(), convert)
	m := model{loop: []descent.Param{descent.NewParam("w", make([]V, w.Weights()), grads)}}
	for i := range w.Tensors {
		lo, hi := i*w.Size, (i+1)*w.Size
		m.params = append(m.params, descent.NewParam(fmt.Sprintf("w%d", i), values[lo:hi:hi], grads[lo:hi:hi]))
	}
	return m
}

// random makes normal numbers, which repeat after a while.
func random[V descent.Float](n int, convert func(float32) V) []V {
	const period = 4093
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]V, n)
	for i := range min(n, period) {
		x[i] = convert(float32(r.NormFloat64()))
	}
	for done := period; done < n; {
		done += copy(x[done:], x[:done])
	}
	return x
}
