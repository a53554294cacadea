package vw

import (
	"fmt"
	"math"
	"strings"

	"github.com/descent-go/descent/online"
)

// example learns from an example, or tests on it.
func (r *run) example(x *online.Example) error {
	r.count++
	if x.Blank {
		return nil
	}
	if err := r.fits(x); err != nil {
		return err
	}
	held := r.held()
	p := r.predict(x, held || r.test)
	if p.Skipped {
		r.tooLarge(x)
	}
	features := r.l.Features(x)
	r.stats.see(x.Label)
	r.stats.add(x, p.Loss, held, features, r.o.Classes == 0)
	if r.history != nil {
		r.history.add(x, &p, held, held == r.holdout)
	}
	r.write(x, &p, held)
	if held == r.holdout && x.Label == x.Label && x.Weight > 0 && r.o.Classes == 0 {
		r.quality.add(x, &p, r.logistic)
	}
	if r.table.due(&r.stats) {
		label, prediction := r.columns(x, &p)
		r.table.row(&r.stats, r.pass, label, prediction, features)
	}
	return nil
}

// predict gives the prediction, and learns unless it is a test.
func (r *run) predict(x *online.Example, test bool) online.Prediction {
	switch {
	case test:
		return r.l.Predict(x)
	case r.c.weights == nil || x.Label != x.Label:
		return r.l.Learn(x)
	}
	before := r.l.Predict(x) // as Vowpal Wabbit shows it where it has class weights
	if factor, ok := r.c.weights[int(x.Label)]; ok {
		x.Weight *= factor
	}
	p := r.l.Learn(x)
	p.Value = before.Value
	if r.o.Classes == 0 && !(x.Weight > 0) {
		p.Loss = before.Loss
	}
	return p
}

// multiclass makes of what the reader has read what Vowpal Wabbit reads where
// there are classes: the label -1 is none, and importance is not negative.
func multiclass(x *online.Example) {
	if x.Label == -1 {
		x.Label = float32(math.NaN())
	}
	if !(x.Weight > 0) {
		x.Weight = 0
	}
}

// held reports whether the example is held out.
func (r *run) held() bool {
	switch {
	case !r.holdout:
		return false
	case r.c.HoldoutAfter > 0:
		return r.count > r.c.HoldoutAfter
	}
	return r.count%r.c.HoldoutPeriod == 0
}

// write writes the predictions.
func (r *run) write(x *online.Example, p *online.Prediction, held bool) {
	if r.o.Classes == 0 {
		r.raw.number(p.Raw, x.Tag)
		r.preds.number(p.Value, x.Tag)
		return
	}
	first := int(p.Value) - bestOf(p.Scores)
	r.scores = append(r.scores[:0], p.Scores...)
	if r.c.Probabilities {
		probabilities(r.scores)
		r.stats.multiclass(x, r.scores, first, held)
	}
	if r.c.Probabilities || r.c.Scores {
		r.preds.classes("", first, r.scores, x.Tag)
		return
	}
	r.raw.classes(" ", first, r.scores, x.Tag)
	r.preds.number(p.Value, x.Tag)
}

// probabilities makes of scores probabilities that sum to 1.
func probabilities(scores []float32) {
	var sum float32
	for i, s := range scores {
		scores[i] = float32(1 / (1 + math.Exp(-float64(s))))
		sum += scores[i]
	}
	inverse := 1 / sum
	for i := range scores {
		scores[i] *= inverse
	}
}

// fits counts labels that the loss does not take and warns of the first; with
// Strict it is an error.
func (r *run) fits(x *online.Example) error {
	if r.logistic && x.Label == 0 && !r.half {
		r.half = true
		r.warn("%vlabel 0 is halfway between -1 and 1 for the logistic loss; where it means no, write -1", where(x))
	}
	err := r.l.Check(x)
	if err == nil {
		return nil
	}
	if r.misfits++; r.c.Strict {
		return fmt.Errorf("%v%w", where(x), err)
	}
	if r.misfits == 1 {
		r.warn("%v%v; later ones are counted only", where(x), err)
	}
	return nil
}

// tooLarge counts examples that were not learned and warns of the first.
func (r *run) tooLarge(x *online.Example) {
	if r.skipped++; r.skipped == 1 {
		r.warn("%vnumbers so large that a step would make infinities of weights: not learned; later ones are counted only", where(x))
	}
}

// where says where an example stands.
func where(x *online.Example) string {
	if x.Line <= 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", x.Line)
}

// faults tells of the malformed lines of a batch.
func (r *run) faults(b *batch) {
	for i, f := range b.faults {
		if r.wrong+i < maxFaults {
			r.warn("%s", strings.TrimPrefix(f.Error(), "source: "))
		}
	}
	r.wrong += b.wrong
}

// endPass ends a pass and reports whether there may be another.
func (r *run) endPass() (more bool, err error) {
	r.pass++
	r.count = 0
	r.l.Pass()
	if !r.holdout {
		r.historyPass(false)
		return true, nil
	}
	best := r.stats.pass()
	r.quality.pass(best)
	r.historyPass(best)
	if best {
		if err := r.save(); err != nil {
			return false, err
		}
	}
	if r.stats.withoutWin == r.c.EarlyTerminate {
		r.kept = true
		return false, nil
	}
	return true, nil
}
