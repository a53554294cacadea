package optim

// Stepper is a rule that is no formula over weights and rows: it works on
// whole matrices, on all parameters at once, or asks for gradients as it goes.
// It computes in float64; the engine converts, subtracts and keeps its states.
// Links of a chain run before it on its gradients and after it on its step; its
// own hyperparameters and states keep their names in a chain.
type Stepper interface {
	Rule
	// States says what to keep for a parameter of this shape: names and
	// lengths. They start at 0 and are saved and loaded like those of formulas.
	States(shape []int) []StateSize
	// Step sets Step of every tensor: what is to be subtracted from its
	// weights. On an error nothing changes.
	Step(m Model) error
}

// StateSize is a state of a Stepper.
type StateSize struct {
	Name string
	Len  int
}

// Model is what a Stepper sees in a step.
type Model interface {
	// Tensors are the parameters that take part in the step, in order.
	Tensors() []*Tensor
	// Resting are the others, which have no Weights, Grad and Step here; their
	// State may change.
	Resting() []*Tensor
	// GradientAt moves the weights to x, one slice a tensor, computes the loss
	// there, sets every tensor's Grad and moves the weights back. It fails where
	// the step was given no closure.
	GradientAt(x [][]float64) (loss float64, err error)
}

// Tensor is a parameter as a Stepper sees it.
type Tensor struct {
	Name    string
	Shape   []int
	Weights []float64 // to read
	Grad    []float64 // after clipping, rescaling and earlier links
	Step    []float64 // to set
	T       int       // updates of this parameter, this one counted
	Eps     float64   // from 1 to the next larger number of the weights' type: 2^-23 for float32
	Hyper   map[string]float64
	State   map[string][]float64 // to read and change
}
