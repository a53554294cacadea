package descent

import (
	"errors"
	"fmt"
)

// LossScale finds by how much a loss can be multiplied before its gradients
// leave the range of Float16, as torch.amp.GradScaler does: small gradients
// then do not vanish. A step whose gradients are not finite is skipped and the
// scale is reduced; after a number of steps without one it grows. It is of no
// use beside NoMasterWeights, by which the gradients of the loss itself are
// rounded.
//
//	scale := descent.NewLossScale()
//	opt, err := descent.New(rule, params, append(scale.Options(), ...)...)
//	...
//	// take the gradients of loss*scale.Scale
//	moved, err := scale.Step(opt)
//
// To resume a training save Scale and Good with it. Micikevicius et al., "Mixed
// Precision Training", ICLR 2018.
type LossScale struct {
	Scale    float64 // multiply the loss by it; above 0
	Growth   float64 // what Scale is multiplied by after Interval good steps, at least 1
	Backoff  float64 // what Scale is multiplied by after a bad one, in (0, 1)
	Interval int     // good steps until Scale grows, at least 1
	Good     int     // good steps since Scale changed
}

// NewLossScale is a LossScale with the usual values: scale 65536, growth 2
// after 2000 steps, backoff 0.5.
func NewLossScale() *LossScale {
	return &LossScale{Scale: 65536, Growth: 2, Backoff: 0.5, Interval: 2000}
}

// Options are those that an optimizer needs for Step: CheckFinite, and a
// Rescale that can change. Clipping sees the gradients of the loss itself.
func (s *LossScale) Options() []Option {
	return []Option{CheckFinite(), Rescale(1 / s.Scale), Live("rescale.factor")}
}

// Step makes a step from gradients of the loss times Scale, and adapts Scale.
// It reports whether the parameters have moved: they have not where a gradient
// is not finite, which is no error, nor where Accumulate waits for more. Scale
// stays while gradients wait; one that is not finite drops those that do.
// Errors are those of Optimizer.Step, and an optimizer without Options; nothing
// has changed then.
func (s *LossScale) Step(o *Optimizer) (moved bool, err error) {
	return s.step(o, o.Step)
}

// StepFunc is Step for Optimizer.StepFunc: f takes the gradients of the loss
// times Scale.
func (s *LossScale) StepFunc(o *Optimizer, f func() (float64, error)) (loss float64, moved bool, err error) {
	moved, err = s.step(o, func() (err error) {
		loss, err = o.StepFunc(f)
		return err
	})
	return loss, moved, err
}

func (s *LossScale) step(o *Optimizer, step func() error) (moved bool, err error) {
	if !(s.Scale > 0) || !(s.Growth >= 1) || !(s.Backoff > 0 && s.Backoff < 1) || s.Interval < 1 {
		return false, fmt.Errorf("descent: a LossScale %+v: expected Scale > 0, Growth >= 1, 0 < Backoff < 1 and Interval >= 1", *s)
	}
	if o.settings == nil || !o.settings.checkFinite {
		return false, errors.New("descent: a LossScale needs an optimizer that New made with its Options")
	}
	if err := o.Set("rescale.factor", 1/s.Scale); err != nil {
		return false, err
	}
	var bad *NotFiniteError
	switch err := step(); {
	case errors.As(err, &bad):
		s.Scale, s.Good = s.Scale*s.Backoff, 0
		o.e.SetWaiting(0) // those that wait have the old scale
		return false, nil
	case err != nil:
		return false, err
	case o.Waiting() > 0:
		return false, nil
	}
	if s.Good++; s.Good >= s.Interval {
		s.Scale, s.Good = s.Scale*s.Growth, 0
	}
	return true, nil
}
