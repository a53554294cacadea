package train

import (
	"fmt"

	// Gorgonia's tensor package panics at start-up on a Go release that this
	// package, in the version that Gorgonia asks for, has not heard of; the newest
	// version knows them all. Importing it keeps that version in go.mod.
	_ "go4.org/unsafe/assume-no-moving-gc"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// graph is a compiled Gorgonia graph over Spec.Batch rows.
type graph struct {
	x  []float32 // its input, a row for each example
	vm gorgonia.VM
}

// run executes the graph.
func (g *graph) run() error {
	defer g.vm.Reset()
	return g.vm.RunAll()
}

// predictor returns a graph that sets out to the network's outputs.
func predictor(s Spec, all []layer, out []float32) (*graph, error) {
	b := newBuilder(s)
	z := b.forward(all)
	var into gorgonia.Value = dense(out, z.Shape())
	return b.compile(gorgonia.Nodes{gorgonia.Read(z, &into)})
}

// trainer returns a graph that computes loss and sets the layers' gradients. It
// tells the name of each parameter whose gradient is there.
func trainer(s Spec, all []layer, loss *lossOp, told func(name string)) (*graph, error) {
	b := newBuilder(s)
	b.told = told
	cost, err := gorgonia.ApplyOp(loss, b.forward(all))
	if err != nil {
		return nil, err
	}
	grads, err := gorgonia.Grad(cost, b.params...)
	if err != nil {
		return nil, err
	}
	return b.compile(grads)
}

// builder builds a graph. Shapes are right by construction, so it lets
// gorgonia.Must panic.
type builder struct {
	g      *gorgonia.ExprGraph
	x      []float32
	input  *gorgonia.Node
	params gorgonia.Nodes
	told   func(name string) // nil where there is no gradient to hand over
}

func newBuilder(s Spec) *builder {
	features, _ := product(s.Input...)
	shape := []int{s.Batch, features}
	if s.Kind == "cnn" {
		shape = append([]int{s.Batch}, s.Input...)
	}
	b := &builder{g: gorgonia.NewGraph(), x: aligned(s.Batch * features)}
	b.input = b.leaf("x", b.x, shape)
	return b
}

// leaf adds a node whose value is data itself, not a copy.
func (b *builder) leaf(name string, data []float32, shape []int) *gorgonia.Node {
	return gorgonia.NewTensor(b.g, tensor.Float32, len(shape), gorgonia.WithName(name),
		gorgonia.WithShape(shape...), gorgonia.WithValue(dense(data, shape)))
}

// param adds a parameter, whose shape in the graph may have other dimensions of 1.
func (b *builder) param(t Tensor, shape []int) *gorgonia.Node {
	leaf := b.leaf(t.Name, t.Value, shape)
	b.params = append(b.params, leaf)
	if b.told == nil {
		return leaf
	}
	return gorgonia.Must(gorgonia.ApplyOp(&handOverOp{t, b.told}, leaf))
}

func dense(data []float32, shape []int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// forward adds the layers and returns their output.
func (b *builder) forward(all []layer) *gorgonia.Node {
	h := b.input
	for i, l := range all {
		if l.conv {
			h = b.convolve(h, l)
		} else {
			h = b.affine(h, l)
		}
		if i < len(all)-1 {
			h = gorgonia.Must(gorgonia.Rectify(h))
		}
	}
	return h
}

func (b *builder) convolve(h *gorgonia.Node, l layer) *gorgonia.Node {
	w := b.param(l.weight, l.weight.Shape)
	bias := b.param(l.bias, []int{1, l.bias.Shape[0], 1, 1})
	h = gorgonia.Must(gorgonia.Conv2d(h, w, tensor.Shape{kernel, kernel},
		[]int{padding, padding}, []int{stride, stride}, []int{1, 1}))
	return gorgonia.Must(gorgonia.BroadcastAdd(h, bias, nil, []byte{0, 2, 3}))
}

func (b *builder) affine(h *gorgonia.Node, l layer) *gorgonia.Node {
	w := b.param(l.weight, l.weight.Shape)
	bias := b.param(l.bias, []int{1, l.bias.Shape[0]})
	if h.Dims() > 2 {
		h = gorgonia.Must(gorgonia.Reshape(h, tensor.Shape{h.Shape()[0], l.weight.Shape[0]}))
	}
	h = gorgonia.Must(gorgonia.Mul(h, w))
	return gorgonia.Must(gorgonia.BroadcastAdd(h, bias, nil, []byte{0}))
}

// compile makes a graph that computes the nodes. What they do not need, such as the
// gradient of the input, is left out.
func (b *builder) compile(nodes gorgonia.Nodes) (*graph, error) {
	prog, locations, err := gorgonia.CompileFunction(b.g, append(gorgonia.Nodes{b.input}, b.params...), nodes)
	if err != nil {
		return nil, fmt.Errorf("compiling: %w", err)
	}
	return &graph{b.x, gorgonia.NewTapeMachine(b.g, gorgonia.WithPrecompiled(prog, locations))}, nil
}
