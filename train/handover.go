package train

import (
	"hash"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// handOverOp stands between a parameter and what uses it. Forward it gives the
// parameter as it is; backward it copies the gradient to where the Tensor has it as
// soon as that is computed, while those of the layers before are still to come, and
// tells so. (Gorgonia's own Read comes when all is computed.)
type handOverOp struct {
	t    Tensor
	told func(name string)
}

// Do gives the parameter's values, not a copy, as a value that may be reshaped.
func (o *handOverOp) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	return dense(o.t.Value, in[0].Shape()), nil
}

// SymDiff hands the gradient over.
func (o *handOverOp) SymDiff(_ gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	handed, err := gorgonia.ApplyOp(&gradientOp{o}, grad)
	return gorgonia.Nodes{handed}, err
}

func (o *handOverOp) Arity() int         { return 1 }
func (o *handOverOp) DiffWRT(int) []bool { return []bool{true} }
func (o *handOverOp) Type() hm.Type      { return hm.NewFnType(hm.TypeVariable('a'), hm.TypeVariable('a')) }
func (o *handOverOp) InferShape(in ...gorgonia.DimSizer) (tensor.Shape, error) {
	return in[0].(tensor.Shape).Clone(), nil
}
func (o *handOverOp) ReturnsPtr() bool      { return false }
func (o *handOverOp) CallsExtern() bool     { return false }
func (o *handOverOp) OverwritesInput() int  { return -1 }
func (o *handOverOp) WriteHash(h hash.Hash) { h.Write([]byte(o.String())) }
func (o *handOverOp) Hashcode() uint32      { return hashcode(o) }
func (o *handOverOp) String() string        { return "parameter " + o.t.Name }

// gradientOp takes the gradient of the parameter of its handOverOp.
type gradientOp struct{ *handOverOp }

// Do copies the gradient.
func (o *gradientOp) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	copy(o.t.Grad, in[0].Data().([]float32))
	o.told(o.t.Name)
	return in[0], nil
}

func (o *gradientOp) WriteHash(h hash.Hash) { h.Write([]byte(o.String())) }
func (o *gradientOp) Hashcode() uint32      { return hashcode(o) }
func (o *gradientOp) String() string        { return "gradient of " + o.t.Name }
