package train

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

var errClosed = errors.New("train: the model is closed")

// model is the Model of every kind.
type model struct {
	spec     Spec
	features int
	layers   []layer
	loss     *lossOp
	train    *graph // nil when closed
	predict  *graph
	out      []float32 // what predict sets
	// ready, where it is not nil, is told the name of each parameter whose gradient
	// is there, while Gradient computes the others.
	ready func(name string)
}

// building is held while a graph is made: Gorgonia numbers parts of all graphs by one counter.
var building sync.Mutex

func newModel(s Spec) (*model, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	m, err := build(s)
	if err != nil {
		return nil, fmt.Errorf("train: making the %s: %w", s.Kind, err)
	}
	return m, nil
}

// build returns the model of a checked Spec.
func build(s Spec) (m *model, err error) {
	building.Lock()
	defer building.Unlock()
	defer func() {
		if r := recover(); r != nil { // Gorgonia panics
			m, err = nil, fmt.Errorf("%v", r)
		}
	}()
	m = &model{spec: s, layers: layers(s), loss: &lossOp{regression: s.Regression}}
	m.features, _ = product(s.Input...)
	m.out = aligned(s.Batch * s.Outputs)
	if m.train, err = trainer(s, m.layers, m.loss, m.told); err != nil {
		return nil, err
	}
	if m.predict, err = predictor(s, m.layers, m.out); err != nil {
		return nil, err
	}
	return m, nil
}

// told hands on what the graph tells.
func (m *model) told(name string) {
	if m.ready != nil {
		m.ready(name)
	}
}

func (m *model) Params() []Tensor {
	var all []Tensor
	for _, l := range m.layers {
		all = append(all, l.weight, l.bias)
	}
	return all
}

func (m *model) Load(x, y []float32) error {
	return m.load(x, y, float64(len(x)/m.features))
}

// load is Load of a part of a batch, whose loss is its sum divided by a number of
// examples.
func (m *model) load(x, y []float32, over float64) error {
	if m.train == nil {
		return errClosed
	}
	n, err := m.examples(x)
	if err != nil {
		return err
	}
	if n < 1 || n > m.spec.Batch {
		return fmt.Errorf("train: a batch of %d examples, expected 1 to %d", n, m.spec.Batch)
	}
	if err := m.checkTargets(n, y); err != nil {
		return err
	}
	copy(m.train.x, x)
	clear(m.train.x[len(x):])
	m.loss.n, m.loss.over = n, over
	m.loss.target = append(m.loss.target[:0], y...)
	return nil
}

// examples returns how many examples x has.
func (m *model) examples(x []float32) (int, error) {
	if len(x)%m.features != 0 {
		return 0, fmt.Errorf("train: %d numbers are no whole number of examples of shape %v", len(x), m.spec.Input)
	}
	return len(x) / m.features, finite("input", x, m.features)
}

// checkTargets checks the targets of n examples.
func (m *model) checkTargets(n int, y []float32) error {
	width := 1
	if m.spec.Regression {
		width = m.spec.Outputs
	}
	if len(y) != n*width {
		return fmt.Errorf("train: %d targets for %d examples, expected %d", len(y), n, n*width)
	}
	if m.spec.Regression {
		return finite("target", y, width)
	}
	for i, c := range y {
		if !(c >= 0 && c < float32(m.spec.Outputs)) || c != float32(int(c)) {
			return fmt.Errorf("train: example %d has class %v, expected a whole number from 0 to %d", i, c, m.spec.Outputs-1)
		}
	}
	return nil
}

func (m *model) Gradient() (float64, error) {
	if m.train == nil {
		return 0, errClosed
	}
	if m.loss.n == 0 {
		return 0, errors.New("train: Gradient without a batch: call Load first")
	}
	if err := m.train.run(); err != nil {
		return 0, fmt.Errorf("train: computing the gradient: %w", err)
	}
	loss := m.loss.mean
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, fmt.Errorf("train: %w: the loss is %v; a smaller learning rate may help", ErrDiverged, loss)
	}
	return loss, nil
}

// noGradient sets the gradients to those of no examples, which are 0.
func (m *model) noGradient() {
	for _, l := range slices.Backward(m.layers) {
		for _, t := range []Tensor{l.bias, l.weight} {
			clear(t.Grad)
			m.told(t.Name)
		}
	}
}

func (m *model) Outputs(x []float32) ([]float32, error) {
	all, err := m.logits(x)
	if err == nil && !m.spec.Regression {
		softmax(all, m.spec.Outputs)
	}
	return all, err
}

// logits returns Outputs before the softmax.
func (m *model) logits(x []float32) ([]float32, error) {
	if m.train == nil {
		return nil, errClosed
	}
	n, err := m.examples(x)
	if err != nil {
		return nil, err
	}
	all := make([]float32, 0, n*m.spec.Outputs)
	for len(x) > 0 {
		k := copy(m.predict.x, x)
		if err := m.predict.run(); err != nil {
			return nil, fmt.Errorf("train: computing the outputs: %w", err)
		}
		all = append(all, m.out[:k/m.features*m.spec.Outputs]...)
		x = x[k:]
	}
	return all, nil
}

// softmax replaces each row of z by its softmax.
func softmax(z []float32, width int) {
	for ; len(z) > 0; z = z[width:] {
		lse := logSumExp(z[:width])
		for j := range width {
			z[j] = float32(math.Exp(float64(z[j]) - lse))
		}
	}
}

func (m *model) Close() error {
	if m.train == nil {
		return nil
	}
	err := errors.Join(m.train.vm.Close(), m.predict.vm.Close())
	m.train, m.predict = nil, nil
	return err
}
