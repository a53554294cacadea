package online

import "fmt"

// Loss is what a learner makes small: a function of prediction and label.
type Loss interface {
	// Name is what Vowpal Wabbit's --loss_function calls it.
	Name() string
	// Parameter is the loss's own number, 0 for one that has none.
	Parameter() float32
	// fits says what labels the loss takes, where y is none of them.
	fits(y float32) (expected string)
	// loss of the prediction p for the label y.
	loss(p, y float32, b bounds) float32
	// derivative is the loss's by p.
	derivative(p, y float32, b bounds) float32
	// update is how much a step moves the prediction for each unit of perUpdate,
	// such that a step of importance 2 is two of importance 1 (Karampatziakis &
	// Langford, "Online Importance Weight Aware Updates", UAI 2011).
	update(p, y, scale, perUpdate float32) float32
	// unsafe is the update of a plain gradient step.
	unsafe(p, y, scale float32) float32
	// square is the squared derivative.
	square(p, y float32) float32
}

// The losses without a parameter.
var (
	Squared  Loss = squared{}         // (p-y)^2, with p kept within the labels seen
	Classic  Loss = classic{}         // (p-y)^2 with plain gradient steps
	Hinge    Loss = hinge{}           // max(0, 1-yp) for labels -1 and 1
	Logistic Loss = logistic{-1, 1}   // log(1+exp(-yp)) for labels -1 and 1; labels between mix the two
	Poisson  Loss = poissonDeviance{} // deviance of counts (updates are by half its slope, the likelihood's), p being the logarithm of their mean
)

// Quantile is the pinball loss, whose best constant is the tau-quantile of the
// labels: tau(y-p) below the label, (1-tau)(p-y) above it. tau is in [0, 1].
func Quantile(tau float32) Loss { return quantile{tau} }

// Expectile is the squared loss, times q for predictions above the label and
// 1-q below. q is in [0, 0.5].
func Expectile(q float32) Loss { return expectile{q} }

// LossByName finds a loss as --loss_function names it. The parameter is that of
// quantile and expectile, and is not looked at for others.
func LossByName(name string, parameter float32) (Loss, error) {
	switch name {
	case "squared", "Huber":
		return Squared, nil
	case "classic":
		return Classic, nil
	case "hinge":
		return Hinge, nil
	case "logistic":
		return Logistic, nil
	case "poisson":
		return Poisson, nil
	case "quantile", "pinball", "absolute":
		if !(parameter >= 0 && parameter <= 1) {
			return nil, fmt.Errorf("online: quantile %g: expected 0 to 1", parameter)
		}
		return Quantile(parameter), nil
	case "expectile":
		if !(parameter >= 0 && parameter <= 0.5) {
			return nil, fmt.Errorf("online: expectile %g: expected 0 to 0.5", parameter)
		}
		return Expectile(parameter), nil
	}
	return nil, fmt.Errorf("online: no loss %q: expected squared, classic, logistic, hinge, quantile, expectile or poisson", name)
}

// LossAt is the loss of a prediction for a label, min and max being the limits
// of predictions.
func LossAt(loss Loss, prediction, label, min, max float32) float32 {
	return loss.loss(prediction, label, bounds{min, max, true})
}

// bounds is the range of labels seen so far, to which predictions are limited.
type bounds struct {
	Min, Max float32
	Fixed    bool // given, labels do not widen it
}

// see widens the range to a label.
func (b *bounds) see(y float32) {
	if !b.Fixed {
		b.Min, b.Max = min(b.Min, y), max(b.Max, y)
	}
}

// limit keeps a prediction in the range; what is no number is 0.
func (b *bounds) limit(p float32) float32 {
	switch {
	case p != p:
		return 0
	case p > b.Max:
		return b.Max
	case p < b.Min:
		return b.Min
	}
	return p
}
