package train

import "errors"

// Task is what a Config trains and not how: the network, the batches of all epochs
// by their number from 0, and the test. It is for what moves the weights in a way of
// its own, as package distributed/simulate does. One goroutine at a time uses it.
type Task struct {
	Config  // with what was left open filled in
	model   *model
	parts   *parts
	batches batches
	unit    float64 // what a loss of the model is in squared units of the target
}

// NewTask makes the network, with its initial weights.
func NewTask(c Config) (*Task, error) {
	if err := c.checkData(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	m, err := newModel(c.spec())
	if err != nil {
		return nil, err
	}
	t := &Task{
		Config: c, model: m, parts: newParts(m, 1, 0, 1), unit: lossUnit(c.Train),
		batches: batches{examples: c.Train.N, size: c.Batch, seed: c.Seed},
	}
	if err := t.batches.check(c.Epochs); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return t, nil
}

// Batches is how many there are in all.
func (t *Task) Batches() int { return t.Epochs * t.batches.perEpoch() }

// Params are the parameters of the network.
func (t *Task) Params() []Tensor { return t.model.Params() }

// Gradient sets the gradients to those of a batch and returns its mean loss, which for
// regression is in squared units of the target. One that is not finite is an error
// that wraps [ErrDiverged].
func (t *Task) Gradient(batch int) (loss float64, err error) {
	t.parts.load(t.Train, t.batches.batch(batch))
	loss, err = t.parts.gradient()
	return loss * t.unit, err
}

// Score tests the network as it is. The loss is as that of Gradient, the accuracy from
// 0 to 1 or, for regression, NaN.
func (t *Task) Score() (loss, accuracy float64, err error) {
	outputs, err := t.model.logits(t.Test.X)
	if err != nil {
		return 0, 0, err
	}
	s, err := t.model.score(outputs, t.Test.Y)
	return s.loss * t.unit, s.accuracy, err
}

// Close releases the network.
func (t *Task) Close() error { return t.model.Close() }
