package online

import "errors"

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
func (f *frozen) learn(*input, float32)                       {}
func (f *frozen) pass()                                       {}
func (f *frozen) state() map[string]float64                   { return nil }
func (f *frozen) setState(state map[string]float64) error {
	if len(state) > 0 {
		return errors.New("damaged: states of a model that only predicts")
	}
	return nil
}

// Freeze makes the learner one that only predicts, as it predicts now: it
// forgets what rules keep beside the weights, so that Save writes weights that
// are not 0 and nothing else. Learn is then Predict.
func (l *Learner) Freeze() {
	if l.Frozen() {
		return
	}
	f := &frozen{make([]float32, 1<<l.o.Bits), l.Hypers()}
	for w := range l.Weights() {
		f.memory[w.Index] = w.Value
	}
	l.freeze(f)
}

func (l *Learner) freeze(f *frozen) {
	l.u, l.begin, l.o.Constant = f, []float32{0}, 0
}

// Frozen reports whether the learner only predicts.
func (l *Learner) Frozen() bool {
	_, frozen := l.u.(*frozen)
	return frozen
}
