package train

import (
	"hash"
	"hash/fnv"
	"math"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// matrix is the type of a network's outputs, a row for each example.
var matrix = gorgonia.TensorType{Dims: 2, Of: tensor.Float32}

// lossOp is the root of the graph, the mean loss of the network's outputs, as an
// operation of Gorgonia. (Gorgonia's own SoftMax shifts every row by a maximum
// that starts at the first row's first element, and so gives NaN for rows far below it.)
// Only the first n rows count, so a batch need not be full; the mean is their sum
// over as many examples as the caller says, which need not be n.
type lossOp struct {
	regression bool
	target     []float32 // classes, or values
	n          int       // examples in the batch
	over       float64   // examples that the sum of their losses is divided by
	mean       float64   // the loss of the last run
	correct    int       // examples of it whose class had the largest output
	grad       []float32 // its gradient, of the size of the outputs
}

// Do computes the loss and its gradient, which lossGradOp hands on.
func (l *lossOp) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	z := in[0].Data().([]float32)
	width := in[0].Shape()[1]
	if l.grad == nil {
		l.grad = make([]float32, len(z))
	}
	clear(l.grad)
	l.correct = 0
	sum, count := 0.0, l.over
	if l.regression {
		count *= float64(width)
	}
	for i := range l.n {
		row, grad := z[i*width:(i+1)*width], l.grad[i*width:(i+1)*width]
		if l.regression {
			sum += squared(row, l.target[i*width:], grad, count)
		} else {
			class := int(l.target[i])
			sum += crossEntropy(row, class, grad, count)
			if largest(row) == class {
				l.correct++
			}
		}
	}
	l.mean = sum / count
	return gorgonia.NewF32(float32(l.mean)), nil
}

// squared returns the squared distance of z and y and sets grad to its gradient over count.
func squared(z, y, grad []float32, count float64) float64 {
	sum := 0.0
	for j, v := range z {
		d := float64(v) - float64(y[j])
		sum += d * d
		grad[j] = float32(2 * d / count)
	}
	return sum
}

// crossEntropy returns -log softmax(z)[class] and sets grad to its gradient over count.
func crossEntropy(z []float32, class int, grad []float32, count float64) float64 {
	lse := logSumExp(z)
	for j, v := range z {
		p := math.Exp(float64(v) - lse)
		if j == class {
			p--
		}
		grad[j] = float32(p / count)
	}
	return lse - float64(z[class])
}

// largest returns the index of the largest number, the first of equal ones.
func largest(z []float32) int {
	at := 0
	for j, v := range z {
		if v > z[at] {
			at = j
		}
	}
	return at
}

// logSumExp returns log(sum(exp(z))) without overflow.
func logSumExp(z []float32) float64 {
	top := float64(z[0])
	for _, v := range z[1:] {
		top = max(top, float64(v))
	}
	sum := 0.0
	for _, v := range z {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}

// SymDiff ignores the gradient that comes in: the loss is the root, where it is 1.
func (l *lossOp) SymDiff(in gorgonia.Nodes, out, _ *gorgonia.Node) (gorgonia.Nodes, error) {
	grad, err := gorgonia.ApplyOp(&lossGradOp{l}, in[0], out)
	return gorgonia.Nodes{grad}, err
}

func (l *lossOp) Arity() int         { return 1 }
func (l *lossOp) DiffWRT(int) []bool { return []bool{true} }
func (l *lossOp) Type() hm.Type      { return hm.NewFnType(matrix, tensor.Float32) }
func (l *lossOp) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) {
	return tensor.ScalarShape(), nil
}
func (l *lossOp) ReturnsPtr() bool      { return false }
func (l *lossOp) CallsExtern() bool     { return false }
func (l *lossOp) OverwritesInput() int  { return -1 }
func (l *lossOp) WriteHash(h hash.Hash) { h.Write([]byte(l.String())) }
func (l *lossOp) Hashcode() uint32      { return hashcode(l) }
func (l *lossOp) String() string        { return "loss" }

// lossGradOp gives the gradient that its lossOp has computed. It takes the loss
// as its second input to come after it.
type lossGradOp struct{ loss *lossOp }

func (g *lossGradOp) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	return tensor.New(tensor.WithShape(in[0].Shape()...), tensor.WithBacking(g.loss.grad)), nil
}

func (g *lossGradOp) Arity() int    { return 2 }
func (g *lossGradOp) Type() hm.Type { return hm.NewFnType(matrix, tensor.Float32, matrix) }
func (g *lossGradOp) InferShape(in ...gorgonia.DimSizer) (tensor.Shape, error) {
	return in[0].(tensor.Shape).Clone(), nil
}
func (g *lossGradOp) ReturnsPtr() bool      { return false }
func (g *lossGradOp) CallsExtern() bool     { return false }
func (g *lossGradOp) OverwritesInput() int  { return -1 }
func (g *lossGradOp) WriteHash(h hash.Hash) { h.Write([]byte(g.String())) }
func (g *lossGradOp) Hashcode() uint32      { return hashcode(g) }
func (g *lossGradOp) String() string        { return "lossGrad" }

func hashcode(op gorgonia.Op) uint32 {
	h := fnv.New32a()
	op.WriteHash(h)
	return h.Sum32()
}
