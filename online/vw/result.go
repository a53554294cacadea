package vw

import (
	"errors"
	"math"
	"time"

	"github.com/descent-go/descent/online"
)

// Result is what came of a run.
type Result struct {
	Examples         int64   // that were learned from or tested on, in all passes; those held out do not count
	Passes           int     // over the data, complete ones
	WeightedExamples float64 // importance of the examples
	WeightedLabels   float64
	Labelled         bool    // there were labels
	Holdout          bool    // the average loss is the best pass's, of what was held out
	AverageLoss      float64 // over examples with a label; NaN where there are none
	BestConstant     float64 // NaN: not known
	ConstantLoss     float64 // its loss; NaN: not known
	Features         int64   // of all examples
	MultiLogLoss     float64 // of --probabilities; NaN: none
	Quality          *Quality
	Faults           int // malformed lines
	Misfits          int // labels that the loss does not take, learned all the same
	Skipped          int // examples not learned, since their numbers are too large
	Weights, NonZero int
	Seconds          float64
	History          *History        // how it went; nil without Config.History
	Learner          *online.Learner // as it is at the end
}

// finish saves the model and sums up. err is what ended the run.
func (r *run) finish(err error) (*Result, error) {
	if err == nil && r.stats.Examples == 0 && r.stats.HeldWeight == 0 {
		r.warn("there was no example")
	}
	if (err == nil || errors.Is(err, ErrInterrupted)) && !r.kept {
		err = and(err, r.save())
	}
	return r.result(), err
}

func (r *run) result() *Result {
	s := &r.stats
	out := &Result{
		Examples: s.Examples, Passes: r.pass, WeightedExamples: s.weight(), WeightedLabels: s.Labels,
		AverageLoss: math.NaN(), Holdout: r.holdout, Features: s.Features, MultiLogLoss: math.NaN(),
		Quality: r.quality.result(), Faults: r.wrong, Misfits: r.misfits, Skipped: r.skipped, Weights: 1 << r.o.Bits, NonZero: r.l.NonZero(),
		History: r.historyResult(), Learner: r.l,
		Seconds: time.Since(r.began).Seconds(), BestConstant: math.NaN(), ConstantLoss: math.NaN(),
	}
	if loss, known := s.average(r.holdout); known {
		out.AverageLoss, out.Labelled = loss, true
	}
	if r.o.Classes == 0 {
		out.BestConstant, out.ConstantLoss = s.bestConstant(r.l)
	}
	switch {
	case r.c.Probabilities && r.holdout:
		out.MultiLogLoss = s.HeldLogLoss / s.HeldWeight
	case r.c.Probabilities:
		out.MultiLogLoss = s.LogLoss / s.Labelled
	}
	return out
}
