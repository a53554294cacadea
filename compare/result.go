package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Result is what a comparison has found, or has so far.
type Result struct {
	Task     string
	Metric   Metric
	Settings []Setting
	// Protocol says in a few sentences how it was done.
	Protocol string
	// Seeds is the number of runs that count for each.
	Seeds int
	// Standings has the optimizers that have runs which count, the best first: by the
	// median score of those that did not diverge, and those with fewer that did before others.
	Standings []*Standing
	// Pending names the optimizers that have none yet.
	Pending []string
}

// Standing is what an optimizer has reached.
type Standing struct {
	Optimizer string
	// LR is the learning rate chosen, 0 where there was nothing to choose.
	LR float64
	// AtEnd says that no learning rate beyond LR, on one side, was tried.
	AtEnd bool
	// Choice are the runs that chose it, by learning rate, Final those that count, by seed.
	Choice, Final []*Run
	// Diverged is the number of Final that did.
	Diverged int
	// Median, Low and High are of the scores of those that did not; all are 0 where all did.
	Median, Low, High float64
	// StepSeconds is the median of Final, StateBytes in bytes per weight.
	StepSeconds float64
	StateBytes  int
}

// result is what is done.
func (c *Comparison) result() *Result {
	r := &Result{Task: c.Task.Name(), Metric: c.Task.Metric(), Settings: c.settings(), Protocol: c.protocol(), Seeds: c.Seeds}
	for _, e := range c.entrants {
		if s := c.standing(e); len(s.Final) > 0 {
			r.Standings = append(r.Standings, s)
		} else {
			r.Pending = append(r.Pending, e.Name)
		}
	}
	slices.SortStableFunc(r.Standings, func(a, b *Standing) int {
		order := cmp.Compare(a.Median, b.Median)
		if r.Metric.Higher {
			order = -order
		}
		return cmp.Or(cmp.Compare(a.Diverged, b.Diverged), order)
	})
	return r
}

// standing is what one optimizer has reached.
func (c *Comparison) standing(e *entrant) *Standing {
	s := &Standing{Optimizer: e.Name}
	for _, r := range c.journal.of(e) {
		switch {
		case r.Stage == Choice && e.lr != nil:
			s.Choice = append(s.Choice, r)
		case r.Stage == Final && r.Seed <= uint64(c.Seeds):
			s.Final = append(s.Final, r)
		}
	}
	if len(s.Final) == 0 {
		return s
	}
	s.LR = s.Final[0].LR
	if n := len(s.Choice); n > 0 {
		s.AtEnd = s.LR == s.Choice[0].LR || s.LR == s.Choice[n-1].LR
	}
	s.sum()
	return s
}

// sum sums the runs that count up.
func (s *Standing) sum() {
	var scores, seconds []float64
	for _, r := range s.Final {
		seconds = append(seconds, r.StepSeconds)
		if r.Diverged {
			s.Diverged++
			continue
		}
		scores = append(scores, r.Score)
		s.StateBytes = r.StateBytes
	}
	s.StepSeconds = median(seconds)
	if len(scores) > 0 {
		s.Median = median(scores)
		s.Low, s.High = slices.Min(scores), slices.Max(scores)
	}
}

// Lost reports whether all runs that count have diverged.
func (s *Standing) Lost() bool { return s.Diverged == len(s.Final) }

// joined lists numbers.
func joined(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join(texts, ", ")
}
