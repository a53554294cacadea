package descent

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-go/descent/internal/plan"
)

// Float is the element types of values and gradients.
type Float interface {
	float32 | float64 | Float16 | BFloat16
}

// Param is a parameter of a model: a name, a shape and the memory of its value
// and gradient. Steps read the gradient and change the value in place. Make it
// with NewParam.
type Param struct {
	name  string
	shape []int
	w, g  plan.Vector
}

// NewParam describes a parameter by the memory it already has. Names tie
// options and saved states to parameters. The shape is that of the value, row
// by row; left out, it is [len(value)]. It matters to rules that look at rows
// or matrices, and to files. The gradient may be of another type, and nil, as
// []float32(nil), where it is given later by SetGrad or SetRows. A parameter
// may have no weights. New reports what does not fit.
func NewParam[V, G Float](name string, value []V, grad []G, shape ...int) Param {
	if len(shape) == 0 {
		shape = []int{len(value)}
	}
	return Param{name, slices.Clone(shape), vector(value), vector(grad)}
}

// vector shows a slice to the engine; a nil one stays empty.
func vector[T Float](x []T) plan.Vector {
	switch x := any(x).(type) {
	case []float32:
		return plan.Vector{F32: x}
	case []float64:
		if x == nil {
			x = []float64{}
		}
		return plan.Vector{F64: x}
	case []Float16:
		if x == nil {
			x = []Float16{}
		}
		return plan.Vector{F16: x}
	case []BFloat16:
		if x == nil {
			x = []BFloat16{}
		}
		return plan.Vector{BF16: x}
	}
	return plan.Vector{}
}

// Name is the parameter's name.
func (p Param) Name() string { return p.name }

// Shape is the parameter's shape.
func (p Param) Shape() []int { return slices.Clone(p.shape) }

// Len is the number of weights.
func (p Param) Len() int { return p.w.Len() }

// ValueOf is the memory of a parameter's value; nil where it is of another type.
func ValueOf[T Float](p Param) []T { return sliceOf[T](p.w) }

// GradOf is the memory of a parameter's gradient; nil where there is none and
// where it is of another type.
func GradOf[T Float](p Param) []T { return sliceOf[T](p.g) }

// sliceOf is a vector's memory, nil where it is of another type.
func sliceOf[T Float](v plan.Vector) []T {
	var x any
	switch any(T(0)).(type) {
	case float32:
		x = v.F32
	case float64:
		x = v.F64
	case Float16:
		x = v.F16
	case BFloat16:
		x = v.BF16
	}
	return x.([]T)
}

// check reports what does not fit within one parameter.
func (p Param) check() error {
	if p.name == "" {
		return fmt.Errorf("a parameter of %d weights has no name: make it with NewParam", p.w.Len())
	}
	size := 1
	for _, n := range p.shape {
		if n < 0 {
			return fmt.Errorf("parameter %s: shape %v has a negative dimension", p.name, p.shape)
		}
		if n > 0 && size > math.MaxInt/n {
			return fmt.Errorf("parameter %s: shape %v means more weights than there can be, the value has %d", p.name, p.shape, p.w.Len())
		}
		size *= n
	}
	switch {
	case size != p.w.Len():
		return fmt.Errorf("parameter %s: shape %v means %d weights, the value has %d", p.name, p.shape, size, p.w.Len())
	case p.g.Len() != 0 && p.g.Len() != p.w.Len():
		return fmt.Errorf("parameter %s: the value has %d weights, the gradient %d", p.name, p.w.Len(), p.g.Len())
	}
	return nil
}

// checkParams reports names given twice and memory that two parameters, or a
// value and a gradient, share. It gives the values' memory.
func checkParams(params []Param) (values []span, err error) {
	names := map[string]bool{}
	var all []span
	for _, p := range params {
		if names[p.name] {
			return nil, fmt.Errorf("two parameters are named %s: names tie options and states to parameters", p.name)
		}
		names[p.name] = true
		value := spanOf(p.w, "the value of "+p.name)
		values = append(values, value)
		all = append(all, value, spanOf(p.g, "the gradient of "+p.name))
	}
	all = sortSpans(all)
	for i := 1; i < len(all); i++ {
		if all[i].lo < all[i-1].hi {
			return nil, fmt.Errorf("%s and %s share memory", all[i-1].what, all[i].what)
		}
	}
	return sortSpans(values), nil
}
