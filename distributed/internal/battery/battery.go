// Package battery checks a Collective by training with it: every rule gives on
// all ranks, bit for bit, what it gives in one optimizer that averages the same
// gradients in order of the ranks. Tests of the in-process ranks and of MPI use it.
package battery

import (
	"fmt"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

const steps = 3

// Rules is what is to be checked: every rule, and chains of them.
func Rules() []optim.Rule {
	var rules []optim.Rule
	for _, name := range optim.Names() {
		r, err := optim.Lookup(name)
		if err != nil {
			panic(err)
		}
		if info, err := r.Info(); err == nil && !info.Link {
			rules = append(rules, r)
		}
	}
	return append(rules,
		optim.Chain(optim.ClipNorm, optim.Adam),
		optim.Chain(optim.Centralize, optim.Adam, optim.Lookahead),
		optim.Chain(optim.AdaptiveClip, optim.SGD, optim.EMA),
		optim.Chain(optim.SAM, optim.SGD),
		optim.Chain(optim.ClipNorm, optim.Muon))
}

// Expected is what a rule gives.
type Expected struct {
	rule    optim.Rule
	options []descent.Option
	losses  []float64
	weights []snapshot // after each step
	eval    snapshot   // the weights to evaluate with
	states  []descent.State
}

// Expect trains a small model of all types by one optimizer, with the gradients of
// so many ranks.
func Expect(ranks int, rule optim.Rule, options ...descent.Option) (*Expected, error) {
	e := &Expected{rule: rule, options: options}
	m := newModel()
	ref, err := newReference(m, ranks, rule, options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rule.Name(), err)
	}
	for step := range steps {
		loss, err := ref.step(step)
		if err != nil {
			return nil, fmt.Errorf("%s: step %d: %w", rule.Name(), step+1, err)
		}
		e.losses = append(e.losses, loss)
		e.weights = append(e.weights, m.snapshot())
	}
	e.states = ref.states()
	if err := ref.opt.Eval(); err != nil {
		return nil, fmt.Errorf("%s: %w", rule.Name(), err)
	}
	e.eval = m.snapshot()
	ref.opt.Train()
	return e, nil
}

// Check trains the same model on all ranks, of which this is one, and reports the
// first difference.
func (e *Expected) Check(c distributed.Collective, o distributed.Options) error {
	if err := e.check(c, o); err != nil {
		return fmt.Errorf("%s: %w", e.rule.Name(), err)
	}
	return nil
}

func (e *Expected) check(c distributed.Collective, o distributed.Options) error {
	m := newModel()
	d, err := distributed.New(c, e.rule, m.params(false), o, e.options...)
	if err != nil {
		return err
	}
	defer d.Close()
	for step := range steps {
		loss, err := d.StepFunc(func() (float64, error) {
			loss := m.gradient(c.Rank(), step)
			for _, p := range slices.Backward(m.list) {
				d.Ready(p.name)
			}
			return loss, nil
		})
		if err != nil {
			return fmt.Errorf("step %d: %w", step+1, err)
		}
		if loss != e.losses[step] {
			return fmt.Errorf("step %d: loss %v, expected %v", step+1, loss, e.losses[step])
		}
		if err := m.differs(e.weights[step]); err != nil {
			return fmt.Errorf("step %d: %w", step+1, err)
		}
	}
	return e.after(d, m)
}

// after compares the weights to evaluate with, and the states.
func (e *Expected) after(d *distributed.Optimizer, m *model) error {
	if err := d.Eval(); err != nil {
		return err
	}
	if err := m.differs(e.eval); err != nil {
		return fmt.Errorf("weights to evaluate with: %w", err)
	}
	d.Train()
	if err := m.differs(e.weights[steps-1]); err != nil {
		return fmt.Errorf("after Train: %w", err)
	}
	states, err := d.GatherStates()
	if err != nil || d.Rank() != 0 {
		return err
	}
	return sameStates(states, e.states)
}

// sameStates reports the first difference between lists of states.
func sameStates(have, want []descent.State) error {
	for i, w := range want {
		if i >= len(have) || have[i].Param != w.Param || have[i].Name != w.Name {
			return fmt.Errorf("state %d: expected %s of %q, there are %d", i, w.Name, w.Param, len(have))
		}
		h := have[i]
		if !slices.Equal(h.Shape, w.Shape) || !same(h.F32, w.F32) || !same(h.F64, w.F64) || !slices.Equal(h.F16, w.F16) || !slices.Equal(h.BF16, w.BF16) {
			return fmt.Errorf("state %s of %q differs", w.Name, w.Param)
		}
	}
	if len(have) != len(want) {
		return fmt.Errorf("%d states, expected %d", len(have), len(want))
	}
	return nil
}

// same compares numbers, of which NaN equals NaN.
func same[T float32 | float64](a, b []T) bool {
	return slices.EqualFunc(a, b, func(x, y T) bool { return x == y || x != x && y != y })
}
