package online

import (
	"errors"
	"maps"
	"slices"
)

// frozen only predicts, with the weights that another update has made.
type frozen struct {
	memory []float32
	hypers map[string]float64 // of the rule
}

func (f *frozen) values() []float32                           { return f.memory }
func (f *frozen) width() int                                  { return 1 }
func (f *frozen) predict(x *input) float32                    { return dot(f.memory, 1, x) }
func (f *frozen) before(x *input) float32                     { return f.predict(x) }
func (f *frozen) shown(_ *input, sum float32) (float32, bool) { return sum, false }
func (f *frozen) learn(*input, float32) bool                  { return true }
func (f *frozen) pass()                                       {}
func (f *frozen) state() map[string]float64                   { return nil }
func (f *frozen) setState(state map[string]float64) error {
	if len(state) > 0 {
		return errors.New("damaged: states of a model that only predicts")
	}
	return nil
}

// Freeze gives a learner that only predicts, as this one does now. It has
// nothing of what rules keep beside the weights, so that its file has weights
// that are not 0 and nothing else. Its Learn is Predict.
func (l *Learner) Freeze() *Learner {
	f := &frozen{make([]float32, 1<<l.o.Bits), l.Hypers()}
	for w := range l.Weights() {
		f.memory[w.Index] = w.Value
	}
	c := *l
	c.touched, c.names, c.Note = slices.Clone(l.touched), maps.Clone(l.names), maps.Clone(l.Note)
	c.freeze(f)
	return &c
}

func (l *Learner) freeze(f *frozen) {
	l.u, l.begin, l.o.Constant = f, []float32{0}, 0
}

// Frozen reports whether the learner only predicts.
func (l *Learner) Frozen() bool {
	_, frozen := l.u.(*frozen)
	return frozen
}
