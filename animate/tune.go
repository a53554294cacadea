package animate

import (
	"context"
	"slices"
	"strconv"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/surface"
)

// tally counts the learning rates that are tried for all runners.
type tally struct {
	total   int
	runners int // that are finished
	report  func(done, total int)
}

func (t *tally) to(done int) {
	if t.report != nil {
		t.report(done, t.total)
	}
}

// tried counts those of the runner in turn.
func (t *tally) tried(done int) { t.to(t.runners*surface.Trials + done) }

// finish counts those that a runner did not need.
func (t *tally) finish() {
	t.runners++
	t.to(t.runners * surface.Trials)
}

// tune chooses the learning rate of a run.
func (o Options) tune(ctx context.Context, r *Run) error {
	best, err := o.Surface.Tune(ctx, r.Rule, o.config(r.Options), o.tally.tried)
	if h := r.lr(); err == nil && best.LR != h.value {
		r.Options = append(slices.Clip(r.Options), descent.LR(best.LR))
		r.Chosen = true
		*h = hyper{"lr", best.LR, strconv.FormatFloat(best.LR, 'g', -1, 64), true}
	}
	return err
}
