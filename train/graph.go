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
	return b.compile(gorgonia.Nodes{z}, [][]float32{out})
}

// trainer returns a graph that computes loss and sets the layers' gradients.
func trainer(s Spec, all []layer, loss *lossOp) (*graph, error) {
	b := newBuilder(s)
	cost, err := gorgonia.ApplyOp(loss, b.forward(all))
	if err != nil {
		return nil, err
	}
	grads, err := gorgonia.Grad(cost, b.params...)
	if err != nil {
		return nil, err
	}
	var sinks [][]float32
	for _, l := range all {
		sinks = append(sinks, l.weight.Grad, l.bias.Grad)
	}
	return b.compile(grads, sinks)
}

// builder builds a graph. Shapes are right by construction, so it lets
// gorgonia.Must panic.
type builder struct {
	g      *gorgonia.ExprGraph
	x      []float32
	input  *gorgonia.Node
	params gorgonia.Nodes
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
	w := b.leaf(l.weight.Name, l.weight.Value, l.weight.Shape)
	bias := b.leaf(l.bias.Name, l.bias.Value, []int{1, l.bias.Shape[0], 1, 1})
	b.params = append(b.params, w, bias)
	h = gorgonia.Must(gorgonia.Conv2d(h, w, tensor.Shape{kernel, kernel},
		[]int{padding, padding}, []int{stride, stride}, []int{1, 1}))
	return gorgonia.Must(gorgonia.BroadcastAdd(h, bias, nil, []byte{0, 2, 3}))
}

func (b *builder) affine(h *gorgonia.Node, l layer) *gorgonia.Node {
	w := b.leaf(l.weight.Name, l.weight.Value, l.weight.Shape)
	bias := b.leaf(l.bias.Name, l.bias.Value, []int{1, l.bias.Shape[0]})
	b.params = append(b.params, w, bias)
	if h.Dims() > 2 {
		h = gorgonia.Must(gorgonia.Reshape(h, tensor.Shape{h.Shape()[0], l.weight.Shape[0]}))
	}
	h = gorgonia.Must(gorgonia.Mul(h, w))
	return gorgonia.Must(gorgonia.BroadcastAdd(h, bias, nil, []byte{0}))
}

// compile makes a graph that computes the nodes and copies their values into sinks.
// What they do not need, such as the gradient of the input, is left out.
func (b *builder) compile(nodes gorgonia.Nodes, sinks [][]float32) (*graph, error) {
	into := make([]gorgonia.Value, len(nodes))
	reads := make(gorgonia.Nodes, len(nodes))
	for i, n := range nodes {
		into[i] = dense(sinks[i], n.Shape())
		reads[i] = gorgonia.Read(n, &into[i])
	}
	inputs := append(gorgonia.Nodes{b.input}, b.params...)
	prog, locations, err := gorgonia.CompileFunction(b.g, inputs, reads)
	if err != nil {
		return nil, fmt.Errorf("compiling: %w", err)
	}
	return &graph{b.x, gorgonia.NewTapeMachine(b.g, gorgonia.WithPrecompiled(prog, locations))}, nil
}
