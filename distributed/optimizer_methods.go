package distributed

import (
	"errors"
	"fmt"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// SetGrad gives a parameter other memory for its gradient on this rank, of the
// same length and type, as descent.SetGrad does.
func SetGrad[G descent.Float](o *Optimizer, name string, grad []G) error {
	if o.alone {
		return descent.SetGrad(o.opt, name, grad)
	}
	t := o.byName[name]
	if t == nil {
		return fmt.Errorf("distributed: no parameter %q", name)
	}
	m := memoryOf(grad)
	switch {
	case m.len() != t.value.len():
		return fmt.Errorf("distributed: parameter %s: the value has %d weights, the gradient %d", name, t.value.len(), m.len())
	case m.typeName() != t.gradType:
		return fmt.Errorf("distributed: parameter %s: a gradient of %s: expected %s, which all ranks have agreed on", name, m.typeName(), t.gradType)
	}
	t.grad = m
	return nil
}

// Eval puts the weights to evaluate with into the parameters, on all ranks.
func (o *Optimizer) Eval() error {
	if err := o.usable(); err != nil {
		return err
	}
	if err := o.opt.Eval(); err != nil || o.alone {
		return err
	}
	o.swapped = true
	return o.share()
}

// Train puts back the weights that Eval replaced, on all ranks. The next call
// tells if the Collective has failed.
func (o *Optimizer) Train() { _ = o.train() }

func (o *Optimizer) train() error {
	o.opt.Train()
	if !o.swapped || o.failed != nil {
		return nil
	}
	o.swapped = false
	return o.share()
}

// Shares lists the weights that each rank moves and keeps states of.
func (o *Optimizer) Shares() [][]descent.Range { return o.opt.Shares() }

// Close ends the use of the optimizer, on all ranks; the weights are those of
// training, where Eval had replaced them. The Collective is the caller's to close.
func (o *Optimizer) Close() error { return errors.Join(o.train(), o.opt.Close()) }

// Rank is which of the ranks this is.
func (o *Optimizer) Rank() int { return o.c.Rank() }

// Size is how many ranks there are.
func (o *Optimizer) Size() int { return o.c.Size() }

// The methods below are those of descent.Optimizer.

// LR is the learning rate of the next step.
func (o *Optimizer) LR() float64 { return o.opt.LR() }

// Hyper reads a hyperparameter.
func (o *Optimizer) Hyper(name string) (float64, error) { return o.opt.Hyper(name) }

// Hypers lists the hyperparameters.
func (o *Optimizer) Hypers() []formula.Hyper { return o.opt.Hypers() }

// Set changes a hyperparameter: alike on all ranks.
func (o *Optimizer) Set(name string, v float64) error { return o.opt.Set(name, v) }

// Freeze lets parameters rest: alike on all ranks.
func (o *Optimizer) Freeze(pattern string) error { return o.opt.Freeze(pattern) }

// Unfreeze lets them take part again.
func (o *Optimizer) Unfreeze(pattern string) error { return o.opt.Unfreeze(pattern) }

// Updates is the number of updates made.
func (o *Optimizer) Updates() int { return o.opt.Updates() }

// Waiting is the number of gradients added up since the last update.
func (o *Optimizer) Waiting() int { return o.opt.Waiting() }

// NeedsFunc reports whether the rule needs StepFunc.
func (o *Optimizer) NeedsFunc() bool { return o.opt.NeedsFunc() }

// Rule is the rule that New was given.
func (o *Optimizer) Rule() optim.Rule { return o.opt.Rule() }

// Backend names what runs the steps.
func (o *Optimizer) Backend() string { return o.opt.Backend() }
