package descentgorgonia

import (
	"errors"
	"fmt"
	"unsafe"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/descent-go/descent"
)

// Params describes nodes as parameters for descent.New: name, shape and the
// memory of value and gradient. Names must be there and differ; give nodes
// theirs by gorgonia.WithName. Values and gradients are *tensor.Dense of
// float32 or float64, stored row by row, or *gorgonia.F32 and *gorgonia.F64.
// A node that has no gradient yet becomes a parameter without one.
//
// Gorgonia may give a node's gradient other memory whenever a machine runs. A
// [Solver] follows it; who calls descent's Optimizer directly does so by
// descent.SetGrad, or has gradients that stay.
func Params(model []gorgonia.ValueGrad) ([]descent.Param, error) {
	params := make([]descent.Param, 0, len(model))
	for i, n := range model {
		name, err := nameOf(i, n)
		if err != nil {
			return nil, err
		}
		p, err := param(name, n)
		if err != nil {
			return nil, fmt.Errorf("descentgorgonia: %s: %w", name, err)
		}
		params = append(params, p)
	}
	return params, nil
}

func nameOf(i int, n gorgonia.ValueGrad) (string, error) {
	if named, ok := n.(gorgonia.Namer); ok && named.Name() != "" {
		return named.Name(), nil
	}
	return "", fmt.Errorf("descentgorgonia: parameter %d has no name, which ties it to its state: give a node one by gorgonia.WithName, a type of your own a method Name", i)
}

func param(name string, n gorgonia.ValueGrad) (descent.Param, error) {
	value := n.Value()
	w, err := memoryOf(value)
	if err != nil {
		return descent.Param{}, fmt.Errorf("the value: %w", err)
	}
	var g memory
	if grad, err := n.Grad(); err == nil && grad != nil {
		if g, err = memoryOf(grad); err != nil {
			return descent.Param{}, fmt.Errorf("the gradient: %w", err)
		}
	}
	switch {
	case w.f64 == nil && g.f64 == nil:
		return descent.NewParam(name, w.f32, g.f32, value.Shape()...), nil
	case w.f32 == nil && g.f32 == nil:
		return descent.NewParam(name, w.f64, g.f64, value.Shape()...), nil
	}
	return descent.Param{}, errors.New("value and gradient are of different types, expected both float32 or both float64")
}

// memory is where a Value keeps its numbers: one of the slices.
type memory struct {
	f32 []float32
	f64 []float64
}

// is reports whether two memories are the same.
func (m memory) is(o memory) bool {
	return unsafe.SliceData(m.f32) == unsafe.SliceData(o.f32) && unsafe.SliceData(m.f64) == unsafe.SliceData(o.f64) &&
		len(m.f32) == len(o.f32) && len(m.f64) == len(o.f64)
}

func memoryOf(v gorgonia.Value) (memory, error) {
	switch v := v.(type) {
	case nil:
		return memory{}, errors.New("there is none: give the node one by gorgonia.Let, gorgonia.WithValue or gorgonia.WithInit")
	case *gorgonia.F32:
		return memory{f32: unsafe.Slice((*float32)(v), 1)}, nil
	case *gorgonia.F64:
		return memory{f64: unsafe.Slice((*float64)(v), 1)}, nil
	case *tensor.Dense:
		return denseMemory(v)
	}
	return memory{}, fmt.Errorf("a %T, expected *tensor.Dense, *gorgonia.F32 or *gorgonia.F64", v)
}

func denseMemory(d *tensor.Dense) (memory, error) {
	switch {
	case !d.IsNativelyAccessible():
		return memory{}, errors.New("a tensor in memory that Go cannot reach, expected one in main memory")
	case d.RequiresIterator() || d.DataOrder().IsColMajor():
		return memory{}, errors.New("a tensor that is transposed, cut out of another or masked, expected one stored row by row: Materialize it, or Clone it into one")
	case d.Dtype() == tensor.Float32:
		return memory{f32: d.Float32s()}, nil
	case d.Dtype() == tensor.Float64:
		return memory{f64: d.Float64s()}, nil
	}
	return memory{}, fmt.Errorf("a tensor of %v, expected float32 or float64", d.Dtype())
}
