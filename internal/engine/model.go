package engine

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/optim"
)

// model shows the tensors to a Stepper in float64.
type model struct {
	e       *Engine
	tensors []*Tensor
	views   []*optim.Tensor
	resting []*optim.Tensor
}

func newModel(e *Engine) *model {
	m := &model{e: e}
	for _, t := range e.tensors {
		n := t.W.Len()
		if t.step.Len() != n {
			t.step = plan.Make(single(t.W.Type()), n)
		}
		t.makeKept()
		view := &optim.Tensor{Name: t.Name, Shape: t.Shape, T: t.T(), Hyper: t.Group.Hyper, State: t.Own, Eps: epsilons[t.value().Type()]}
		if t.Frozen {
			m.resting = append(m.resting, view)
			continue
		}
		view.Weights, view.Grad, view.Step = make([]float64, n), make([]float64, n), make([]float64, n)
		m.tensors, m.views = append(m.tensors, t), append(m.views, view)
	}
	return m
}

// epsilons is the distance from 1 to the next larger number of a type.
var epsilons = [...]float64{plan.F32: 0x1p-23, plan.F64: 0x1p-52, plan.F16: 0x1p-10, plan.BF16: 0x1p-7}

// Tensors implements optim.Model.
func (m *model) Tensors() []*optim.Tensor { return m.views }

// Resting implements optim.Model.
func (m *model) Resting() []*optim.Tensor { return m.resting }

// GradientAt implements optim.Model.
func (m *model) GradientAt(x [][]float64) (float64, error) {
	if m.e.call == nil {
		return 0, ErrNeedsGradients
	}
	if m.e.Accumulate > 1 {
		return 0, errAccumulate
	}
	if err := m.take(x); err != nil {
		return 0, err
	}
	return m.e.Loss, m.gradients()
}

// take takes the gradients at x. The weights come back even where the caller's
// function panics.
func (m *model) take(x [][]float64) error {
	for _, t := range m.tensors {
		plan.Copy(t.kept, t.value())
	}
	defer func() {
		for _, t := range m.tensors {
			plan.Copy(t.value(), t.kept)
		}
	}()
	for i, t := range m.tensors {
		plan.Copy(t.value(), plan.Vector{F64: x[i]})
	}
	return m.e.take()
}

// gradients runs the links before the rule and shows it what they give.
func (m *model) gradients() error {
	m.e.cut() // the caller may just have given gradients of other types
	if m.e.before != nil {
		if err := m.e.before.run(); err != nil {
			return err
		}
		i := 0
		for _, in := range m.e.before.insts {
			if !in.t.Frozen {
				plan.Copy(plan.Vector{F64: m.views[i].Grad}, in.array(plan.Array{Kind: plan.Output}))
				i++
			}
		}
		return nil
	}
	for i, t := range m.tensors {
		g := t.G
		if t.mean.Len() > 0 {
			g = t.mean
		}
		plan.Copy(plan.Vector{F64: m.views[i].Grad}, g)
	}
	return nil
}

// step lets the rule compute what to subtract.
func (m *model) step() error {
	for i, t := range m.tensors {
		t.follow()
		plan.Copy(plan.Vector{F64: m.views[i].Weights}, t.W)
		m.views[i].T = t.T()
	}
	if err := m.gradients(); err != nil {
		return err
	}
	m.keepGradients()
	if err := m.e.Stepper.Step(m); err != nil {
		return err
	}
	for i, t := range m.tensors {
		plan.Copy(t.step, plan.Vector{F64: m.views[i].Step})
	}
	return nil
}

// follow sets the master copy to the weights where it no longer holds.
func (t *Tensor) follow() {
	for i := range t.Low.Len() {
		if low := t.Low.At(i); float64(plan.RoundTo(t.Low.Type(), float32(t.W.At(i)))) != low {
			t.W.Set(i, low)
		}
	}
}

// keepGradients keeps the gradients for links after the rule that read g.
func (m *model) keepGradients() {
	i := 0
	for _, in := range m.e.pass.insts {
		if in.rests {
			continue
		}
		if g := in.array(plan.Array{Kind: plan.Grad}); g.Len() > 0 {
			plan.Copy(g, plan.Vector{F64: m.views[i].Grad})
		}
		i++
	}
}

// maxState is the most values that a Stepper may keep for a tensor.
const maxState = min(1<<40, math.MaxUint/8)

// ownStates makes the states of a Stepper for the tensors that have none yet.
func (e *Engine) ownStates(tensors []*Tensor) ([]map[string][]float64, error) {
	own := make([]map[string][]float64, len(tensors))
	for i, t := range tensors {
		if own[i] = t.Own; e.Stepper == nil || t.Own != nil {
			continue
		}
		own[i] = map[string][]float64{}
		for _, s := range e.Stepper.States(t.Shape) {
			if s.Len < 0 || s.Len > maxState {
				return nil, fmt.Errorf("%s asks for %d values for state %s of %s, expected 0 to %d", e.Stepper.Name(), s.Len, s.Name, t.Name, maxState)
			}
			own[i][s.Name] = make([]float64, s.Len)
		}
	}
	return own, nil
}

// compileBefore compiles the links before a Stepper.
func (e *Engine) compileBefore(tensors []*Tensor) (*pass, error) {
	if e.Before == nil {
		return nil, nil
	}
	if len(e.Before.States) > 0 {
		return nil, fmt.Errorf("%s keeps %s from step to step, which a link before a rule that is no formula cannot", e.Before.Name, e.Before.States[0].Name)
	}
	insts, own, err := e.compile(tensors, plan.Options{Output: "g"}, func(*Group) *formula.Program { return e.Before })
	if err != nil {
		return nil, err
	}
	return newPass(e, insts, own, false), nil
}
