// Package train has the small networks that the command line trains: softmax
// and linear regression, a multilayer perceptron and a convolutional network.
// Their gradients come from Gorgonia, which does not show: a [Model] offers its
// parameters as plain slices, for an optimizer to move.
//
// [Run] trains one of them on data with a rule of descent, saves it and goes on
// from where an earlier run was saved, alone or with several workers of one process
// or many; [Predict] applies what was saved to new data.
// [RunAsync] does so with workers that have no step in common; where they are
// elsewhere, [NewAsync] makes the parameter server and [Work] is a worker.
// A [Task] is a run without the way in which weights move, for a way of one's own.
// A [History] is what a run writes down for a report, and [FindLR] looks for a
// learning rate.
//
// The same [Spec] and the same batches give the same bits in every run on one
// kind of machine, whatever GOMAXPROCS is.
package train

import (
	"errors"
	"fmt"
	"math"
)

// ErrDiverged is what the errors of [Model.Gradient] and [Run] wrap when the loss
// or a weight is not finite.
var ErrDiverged = errors.New("training has diverged")

// Spec says which network.
type Spec struct {
	// Kind is "logistic" (one layer: softmax or linear regression), "mlp" (dense
	// layers with ReLU between them) or "cnn" (two convolutions of 8 and 16
	// filters, 5×5, stride 2, padding 2, each followed by ReLU, and a dense layer).
	Kind string
	// Input is the shape of one example, [channels, height, width] for a cnn.
	Input []int
	// Outputs is the number of classes, at least 2, or of values to predict.
	Outputs int
	// Regression asks for the squared error, averaged over examples and outputs,
	// instead of the cross-entropy of the softmax, averaged over examples.
	Regression bool
	// Hidden has the widths of an mlp's hidden layers; the other kinds have none.
	Hidden []int
	// Batch is the largest number of examples that a batch may have.
	Batch int
	// Seed determines the initial weights: He's uniform distribution before a
	// ReLU, Glorot's in the last layer. Biases start at 0.
	Seed uint64
}

// Tensor is a parameter of a network. Its slices stay the same as long as the
// Model lives, so an optimizer may be given them once.
type Tensor struct {
	Name  string    // "fc1.weight", "fc1.bias", "conv1.weight", ...
	Shape []int     // a dense weight is [in, out], a convolution's [out, in, height, width]
	Value []float32 // what the network computes with: writing to it moves the network
	Grad  []float32 // filled by [Model.Gradient]
}

// Model computes a loss and its gradient; an optimizer moves its parameters.
// A Model is used by one goroutine at a time; different Models are independent.
type Model interface {
	// Params returns the parameters, from the first layer to the last.
	Params() []Tensor

	// Load sets the batch that Gradient works on: x has the examples one after
	// the other, from 1 to Spec.Batch of them, y their targets: for each example
	// its class as a number from 0, or with Regression its Outputs values.
	// A number that is not finite is an error. After an error the batch is the
	// one before. Load copies x and y.
	Load(x, y []float32) error

	// Gradient returns the mean loss over the batch at the current values of the
	// parameters and overwrites their gradients. It may be called any number of
	// times for a batch. If the loss is not finite, it is returned with an error
	// that wraps ErrDiverged.
	Gradient() (loss float64, err error)

	// Outputs returns the network's outputs for any number of examples, Outputs
	// numbers for each: probabilities, or with Regression values. It leaves the
	// batch and the gradients alone.
	Outputs(x []float32) ([]float32, error)

	// Close releases the network; afterwards Load, Gradient and Outputs fail.
	Close() error
}

// New makes the network that s describes, with its initial weights.
func New(s Spec) (Model, error) {
	m, err := newModel(s)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// maxElements bounds a network's largest slice, for a slip in a shape to be an
// error and not an exhausted machine.
const maxElements = 1 << 28

func (s Spec) check() error {
	switch s.Kind {
	case "logistic", "cnn":
		if len(s.Hidden) > 0 {
			return fmt.Errorf("kind %q has no hidden layers to choose, got %v: use kind \"mlp\"", s.Kind, s.Hidden)
		}
	case "mlp":
		if len(s.Hidden) == 0 {
			return errors.New(`kind "mlp" needs the widths of its hidden layers, for example 128: without one, use kind "logistic"`)
		}
	default:
		return fmt.Errorf("unknown kind %q: have logistic, mlp, cnn", s.Kind)
	}
	if s.Kind == "cnn" && len(s.Input) != 3 {
		return fmt.Errorf("kind \"cnn\" needs images of shape [channels height width], got examples of shape %v: use kind \"mlp\"", s.Input)
	}
	if s.Batch < 1 {
		return fmt.Errorf("batch is %d, must be at least 1", s.Batch)
	}
	if s.Outputs < 1 {
		return fmt.Errorf("outputs is %d, must be at least 1", s.Outputs)
	}
	if s.Outputs == 1 && !s.Regression {
		return errors.New("classification needs at least 2 outputs, one a class, got 1")
	}
	return s.checkSizes()
}

// checkSizes checks each dimension and the largest slices made from them.
func (s Spec) checkSizes() error {
	if len(s.Input) == 0 {
		return errors.New("the shape of an example is empty, expected for example [784]")
	}
	for _, d := range s.Input {
		if d < 1 {
			return fmt.Errorf("examples of shape %v: a dimension of %d, must be at least 1", s.Input, d)
		}
	}
	features, ok := product(s.Input...)
	if !ok {
		return fmt.Errorf("examples of shape %v are too large", s.Input)
	}
	widths := append(append([]int{features}, s.Hidden...), s.Outputs)
	if s.Kind == "cnn" {
		widths[0], ok = product(features, 16) // more than what follows the convolutions
		if _, fits := product(s.Batch, features, kernel*kernel); !ok || !fits {
			return fmt.Errorf("batches of %d examples of shape %v are too large", s.Batch, s.Input)
		}
	}
	for i, w := range widths {
		if w < 1 {
			return fmt.Errorf("hidden layer %d has width %d, must be at least 1", i, w)
		}
		if _, ok := product(s.Batch, w); !ok {
			return fmt.Errorf("batches of %d rows of %d numbers are too large", s.Batch, w)
		}
		if i > 0 {
			if _, ok := product(widths[i-1], w); !ok {
				return fmt.Errorf("a layer of %d × %d weights is too large", widths[i-1], w)
			}
		}
	}
	return nil
}

// product returns the product of positive dims and whether it is at most maxElements.
func product(dims ...int) (int, bool) {
	n := 1
	for _, d := range dims {
		if d > maxElements/n {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// finite returns an error that names the first example with a number that is not finite.
func finite(what string, v []float32, width int) error {
	for i, f := range v {
		if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
			return fmt.Errorf("train: example %d, %s %d is %v: expected a finite number", i/width, what, i%width, f)
		}
	}
	return nil
}
