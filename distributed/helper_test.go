package distributed_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// model is a matrix larger than two chunks, which ranks split, and a bias.
type model struct{ w, gw, b, gb []float32 }

func newModel() *model {
	m := &model{make([]float32, 30_000), make([]float32, 30_000), make([]float32, 10), make([]float32, 10)}
	for i := range m.w {
		m.w[i] = float32(i%13) / 4
	}
	return m
}

func (m *model) params() []descent.Param {
	return []descent.Param{descent.NewParam("fc.weight", m.w, m.gw, 300, 100), descent.NewParam("fc.bias", m.b, m.gb)}
}

// gradient sets that of a rank.
func (m *model) gradient(rank, step int) (float64, error) {
	for i, w := range m.w {
		m.gw[i] = w - float32((i+3*rank+step)%7)/8
	}
	for i, b := range m.b {
		m.gb[i] = b - float32(rank+step)
	}
	return float64(rank + step), nil
}

func (m *model) clone() *model {
	return &model{slices.Clone(m.w), slices.Clone(m.gw), slices.Clone(m.b), slices.Clone(m.gb)}
}

func (m *model) same(other *model) bool {
	return slices.Equal(m.w, other.w) && slices.Equal(m.b, other.b)
}

// worker is one rank in training.
type worker struct {
	*testing.T
	*model
	c   distributed.Collective
	opt *distributed.Optimizer
}

// train runs a function on ranks that each have the same model and an optimizer.
func train(t *testing.T, n int, rule optim.Rule, o distributed.Options, run func(w *worker), options ...descent.Option) {
	t.Helper()
	everywhere(distributed.Local(n), func(c distributed.Collective) {
		defer c.Close()
		w := &worker{T: t, model: newModel(), c: c}
		var err error
		if w.opt, err = distributed.New(c, rule, w.params(), o, options...); err != nil {
			t.Errorf("rank %d: %v", c.Rank(), err)
			return
		}
		run(w)
		if err := w.opt.Close(); err != nil {
			t.Error(err)
		}
	})
}

// step makes a step of this rank's gradient.
func (w *worker) step(step int) error {
	_, err := w.opt.StepFunc(func() (float64, error) { return w.gradient(w.c.Rank(), step) })
	return err
}

// must fails where there is an error.
func (w *worker) must(err error) {
	w.Helper()
	if err != nil {
		w.Errorf("rank %d: %v", w.c.Rank(), err)
	}
}

// wants fails where the error is nil or lacks one of the parts.
func (w *worker) wants(err error, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			w.Errorf("rank %d: %v; expected %q", w.c.Rank(), err, part)
		}
	}
}

// alone is the model after some steps of one optimizer with the gradients of n ranks.
func alone(t *testing.T, n, steps int, rule optim.Rule, options ...descent.Option) (*model, *descent.Optimizer) {
	t.Helper()
	m := newModel()
	opt, err := descent.New(rule, m.params(), append(options, descent.Accumulate(n))...)
	if err != nil {
		t.Fatal(err)
	}
	for step := range steps {
		for rank := range n {
			m.gradient(rank, step)
			if err := opt.Step(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return m, opt
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*(1+math.Abs(b)) }
