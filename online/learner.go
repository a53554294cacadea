package online

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/optim"
)

// Learner learns a linear model from one example after the other. It is used
// by one goroutine at a time, but that Predict may run in several as long as
// none learns, each with an Example of its own.
type Learner struct {
	o       Options
	rule    optim.Rule
	u       update
	e       *expander
	labels  bounds
	seen    float64 // importance of all examples learned from, after initial_t
	zero    indexing
	names   map[uint32]string
	learned int       // examples
	begin   []float32 // what a weight's values started as
	touched blocks

	// Note is text that Save keeps with the model, for those who use it.
	Note map[string]string
}

// Prediction is what a learner says of an example.
type Prediction struct {
	Value float32 // the prediction; the class where there are several
	Raw   float32 // before the link and the limits of predictions
	Loss  float32 // of Value against the label, times the importance; 0 without a label
	// Scores has every class's raw prediction, and is nil where there is one
	// class. It is the example's memory: the next prediction for it writes there.
	Scores []float32
	// Skipped says that Learn has not learned from the example, since numbers of
	// its size would make infinities of weights.
	Skipped bool
}

// update is how weights move: by a rule of descent or as Vowpal Wabbit has it.
type update interface {
	// predict gives the sum of weight times value from the base on.
	predict(x *input) float32
	// before gives the sum that learn starts from, and brings what it needs up
	// to date.
	before(x *input) float32
	// shown is the sum of the prediction that is shown for an example that is
	// learned, sum being before's, and whether labels known before the example's
	// limit it, as where Vowpal Wabbit predicts apart from learning.
	shown(x *input, sum float32) (shown float32, early bool)
	// learn moves the weights; p is what before gave, limited. It reports false,
	// and moves none, where their gradients are beyond what float32 can square.
	learn(x *input, p float32) bool
	// values is the memory of the weights and their states.
	values() []float32
	// width is how many values a weight has.
	width() int
	// pass is called at the end of every pass over the data.
	pass()
	// state is what else there is to keep; setState takes it back.
	state() map[string]float64
	setState(map[string]float64) error
}

// input is what an update sees of an example.
type input struct {
	at     []uint32 // the features' weights
	value  []float32
	base   float32
	label  float32
	weight float32
	model  int     // which of several models this is of, from 0
	seen   float32 // importance of the examples learned from before
	labels bounds
}

// input is the example as the models' updates see it, in the example's memory.
func (l *Learner) input(x *Example) *input {
	x.in = input{at: x.at, value: x.value, base: x.Base, label: x.Label, weight: x.Weight, seen: float32(l.seen), labels: l.labels}
	return &x.in
}

// Prepare makes of an example's features what the learner sees: interactions,
// n-grams, the constant. Learn and Predict do it where it has not been done
// since Reset, so it need only be called to have another goroutine do it. It
// is safe for concurrent use with different examples.
func (l *Learner) Prepare(x *Example) {
	if x.by == l {
		return
	}
	x.at, x.value = l.e.expand(x)
	x.by = l
}

// Features is how many features a prepared example has, those that interact
// only counted too.
func (l *Learner) Features(x *Example) int { return len(x.at) + x.unseen }

// Size is how many features Prepare would make of an example, without making them.
func (l *Learner) Size(x *Example) int { return l.e.size(x) }

// Predict gives the prediction for an example, and its loss where it has a
// label. It changes nothing of the learner.
func (l *Learner) Predict(x *Example) Prediction {
	l.Prepare(x)
	if l.o.Classes > 0 {
		return l.predictClass(x)
	}
	in := l.input(x)
	return l.finish(in, l.u.predict(in), l.labels)
}

// Learn gives the prediction for an example and then learns from it. Without a
// label, or with an importance that is not above 0, it only predicts.
func (l *Learner) Learn(x *Example) Prediction {
	l.Prepare(x)
	if l.o.Classes > 0 {
		return l.learnClass(x)
	}
	early := l.labels
	if x.Label == x.Label && !l.Frozen() {
		l.labels.see(x.Label)
	}
	in := l.input(x)
	if !in.counts() || l.Frozen() {
		return l.finish(in, l.u.predict(in), l.labels)
	}
	sum := l.u.before(in)
	p := l.finish(in, sum, l.labels)
	if shown, isEarly := l.u.shown(in, sum); isEarly {
		loss := p.Loss
		p = l.finish(in, shown, early)
		p.Loss = loss
	}
	l.keepNames(x, 0)
	l.touched.mark(x.at)
	if p.Skipped = !l.u.learn(in, l.labels.limit(sum)); !p.Skipped {
		l.count(x)
	}
	return p
}

// slope is the loss's derivative times the importance: times a value it is the
// gradient of a weight. fits reports that no gradient is too large for rules that
// square it, or no number.
func (x *input) slope(loss Loss, p float32) (slope float32, fits bool) {
	const sign, most = 1 << 31, 1 << 62
	slope = loss.derivative(p, x.label, x.labels) * x.weight
	largest := uint32(0)
	for _, v := range x.value {
		largest = max(largest, math.Float32bits(v)&^sign)
	}
	return slope, math.Float32frombits(largest)*abs(slope) < most
}

// count counts an example that was learned.
func (l *Learner) count(x *Example) {
	l.seen += float64(x.Weight)
	l.learned++
}

// counts reports whether the example says something, which has a loss.
func (x *input) counts() bool { return x.label == x.label && x.weight > 0 }

// finish makes a prediction of a sum.
func (l *Learner) finish(x *input, sum float32, limits bounds) Prediction {
	p := limits.limit(sum)
	out := Prediction{Value: l.o.Link.of(p), Raw: sum}
	if x.counts() {
		out.Loss = l.o.Loss.loss(p, x.label, x.labels) * x.weight
	}
	if l.o.Binary {
		out.binary(x)
	}
	return out
}

// binary makes the prediction -1 or 1 and the loss 0 where that is right.
func (p *Prediction) binary(x *input) {
	if p.Value > 0 {
		p.Value = 1
	} else {
		p.Value = -1
	}
	switch x.label {
	case p.Value:
		p.Loss = 0
	case -p.Value:
		p.Loss = x.weight
	}
}

// Pass ends a pass over the data: what changes from pass to pass follows.
func (l *Learner) Pass() { l.u.pass() }

// Learned is the number of examples learned from.
func (l *Learner) Learned() int { return l.learned }

// Options are those that New was given, with what it filled in.
func (l *Learner) Options() Options { return l.o }

// Limits are those of predictions at present: the ones given, or the smallest
// and the largest label seen.
func (l *Learner) Limits() (min, max float32) { return l.labels.Min, l.labels.Max }

// Hypers is the hyperparameters of the rule, 1 for what is on and 0 for what is
// off.
func (l *Learner) Hypers() map[string]float64 {
	switch u := l.u.(type) {
	case *ruled:
		return u.Hypers()
	case *frozen:
		return u.hypers
	}
	return l.rule.(ownRule).hypers()
}

// SetLR changes the learning rate: from the next example on, with which the
// decay of VW begins anew. Coin and Pistol have none, which is an error, as is a
// value that the rule does not take.
func (l *Learner) SetLR(lr float64) error {
	switch u := l.u.(type) {
	case *ruled:
		if err := u.Set("lr", lr); err != nil {
			return fmt.Errorf("online: %w", without("descent: ", err))
		}
		return nil
	case *descend:
		v := u.VW
		v.LR = lr
		if err := v.check(); err != nil {
			return fmt.Errorf("online: %w", err)
		}
		u.LR, l.rule = lr, v
		u.begin()
		return nil
	}
	return fmt.Errorf("online: %s has no learning rate", l.rule.Name())
}

// Rule is the rule that New was given.
func (l *Learner) Rule() optim.Rule { return l.rule }

// Check says what of an example does not fit: a label that the loss does not
// take, an importance below 0, one of these that is infinite or no number,
// interactions of more than 10^8 features. Learn takes such examples as Vowpal
// Wabbit does, but makes no interactions of the last. Features are not looked
// at: those that readers and Feature have made have finite values.
func (l *Learner) Check(x *Example) error {
	if err := l.e.fits(x); err != nil {
		return err
	}
	switch {
	case !finite(x.Weight) || x.Weight < 0:
		return fmt.Errorf("online: importance %g: expected 0 or more", x.Weight)
	case !finite(x.Base):
		return fmt.Errorf("online: initial prediction %g: expected a finite number", x.Base)
	case x.Label != x.Label:
		return nil
	case !finite(x.Label):
		return fmt.Errorf("online: label %g: expected a finite number", x.Label)
	case l.o.Classes > 0:
		return l.checkClass(x.Label)
	}
	if want := l.o.Loss.fits(x.Label); want != "" {
		return fmt.Errorf("online: label %g: the %s loss expects %s", x.Label, l.o.Loss.Name(), want)
	}
	return nil
}

// finite reports whether x is a number and not infinite.
func finite(x float32) bool { return x-x == 0 }
