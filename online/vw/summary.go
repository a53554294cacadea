package vw

import (
	"fmt"
	"strings"
)

// String is the summary that Vowpal Wabbit prints, and what descent adds to it.
func (r *Result) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("\nfinished run")
	if r.Passes <= 1 {
		line("number of examples = %d", r.Examples)
	} else {
		line("number of examples per pass = %d\npasses used = %d", r.Examples/int64(r.Passes), r.Passes)
	}
	line("weighted example sum = %.6f\nweighted label sum = %.6f", r.WeightedExamples, r.WeightedLabels)
	line("average loss = %s", r.loss())
	if r.MultiLogLoss == r.MultiLogLoss {
		line("average multiclass log loss = %.6f%s", r.MultiLogLoss, r.h())
	}
	if r.BestConstant == r.BestConstant {
		line("best constant = %.6f", r.BestConstant)
	}
	if r.ConstantLoss == r.ConstantLoss {
		line("best constant's loss = %.6f", r.ConstantLoss)
	}
	line("total feature number = %d", r.Features)
	b.WriteString(r.more())
	return b.String()
}

// loss is the average loss in words.
func (r *Result) loss() string {
	switch {
	case r.Labelled:
		return fixed(r.AverageLoss, 6) + r.h()
	case r.Holdout:
		return "undefined (no holdout)"
	}
	return "n.a."
}

func (r *Result) h() string {
	if r.Holdout {
		return " h"
	}
	return ""
}

// more is what Vowpal Wabbit does not print.
func (r *Result) more() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if q := r.Quality; q != nil {
		line("AUC = %.6f", q.AUC)
		if q.LogLoss == q.LogLoss {
			line("log loss = %.6f", q.LogLoss)
		}
		if q.Calibration == q.Calibration {
			line("calibration = %.4f (predicted by observed)", q.Calibration)
		}
	}
	line("non-zero weights = %d of %d (%.2f %%)", r.NonZero, r.Weights, 100*float64(r.NonZero)/float64(r.Weights))
	if r.Faults > 0 {
		line("malformed lines = %d", r.Faults)
	}
	if r.Misfits > 0 {
		line("labels out of the loss's range = %d", r.Misfits)
	}
	if r.Skipped > 0 {
		line("too large to be learned = %d", r.Skipped)
	}
	line("examples a second = %.0f (%.2f s)", float64(r.Examples)/max(r.Seconds, 1e-9), r.Seconds)
	return b.String()
}
