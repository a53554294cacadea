package animate

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/surface"
)

// The grid of learning rates: so many each power of ten from the one to the
// other, then finer beside the best.
const (
	lowest, highest = -14, 3 // powers of ten
	coarse, fine    = 4, 24
)

// trials is the most learning rates that are tried for a runner.
const trials = 1 + (highest-lowest)*coarse + 1 + 2*(fine/coarse) + 1

// tally counts the trials of all runners.
type tally struct {
	done, total int
	runners     int // that are finished
	report      func(done, total int)
}

func (t *tally) to(done int) {
	t.done = done
	if t.report != nil {
		t.report(t.done, t.total)
	}
}

// finish counts those that a runner did not need.
func (t *tally) finish() {
	t.runners++
	t.to(t.runners * trials)
}

// enough is the loss that counts as that of the minimum, as a share of the
// loss at the start.
const enough = 1e-3

// climb is how far above the start a path may lead, as a share of the loss there.
const climb = 0.1

// trial is a learning rate with what it reached.
type trial struct{ lr, score float64 }

// tune chooses the learning rate of a run, unless the one it has does as well as
// one sees.
func (o Options) tune(ctx context.Context, r *Run) error {
	given, err := o.best(ctx, r, []float64{r.lr().value})
	if err != nil || given.score <= enough {
		return err
	}
	var grid []float64
	for k := lowest * coarse; k <= highest*coarse; k++ {
		grid = append(grid, power(k, coarse))
	}
	best, err := o.best(ctx, r, grid)
	if err != nil {
		return err
	}
	if math.IsInf(best.score, 1) {
		return nil // all go astray: what it has is as good as any
	}
	center := int(math.Round(math.Log10(best.lr) * fine))
	grid = grid[:0]
	for k := center - fine/coarse; k <= center+fine/coarse; k++ {
		grid = append(grid, power(k, fine))
	}
	if best, err = o.best(ctx, r, grid); err != nil {
		return err
	}
	r.Options = append(slices.Clip(r.Options), descent.LR(best.lr))
	r.Chosen = true
	*r.lr() = hyper{"lr", best.lr, strconv.FormatFloat(best.lr, 'g', -1, 64), true}
	return nil
}

// power is 10^(k/n), to two digits.
func power(k, n int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(math.Pow(10, float64(k)/float64(n)), 'g', 2, 64), 64)
	return v
}

// best tries learning rates, which rise.
func (o Options) best(ctx context.Context, r *Run, grid []float64) (trial, error) {
	best := trial{score: math.Inf(1)}
	for _, lr := range grid {
		if err := ctx.Err(); err != nil {
			return best, err
		}
		path, err := o.path(r.Rule, append(slices.Clip(r.Options), descent.LR(lr)))
		if err != nil {
			return best, err
		}
		o.tried.to(o.tried.done + 1)
		if t := (trial{lr, o.score(path)}); t.score < best.score && best.score > enough {
			best = t
		}
	}
	return best, nil
}

// score is the mean loss over the last quarter of a path above that of the
// minimum, as a share of that at the start; infinite for a path that goes astray
// or that starts at the minimum.
func (o Options) score(path *surface.Path) float64 {
	low, points := o.low, path.Points
	climbs := func(p surface.Point) bool { return p.Loss-points[0].Loss > climb*math.Abs(points[0].Loss-low) }
	if path.Diverged || o.astray(path) || slices.ContainsFunc(points, climbs) {
		return math.Inf(1)
	}
	last := points[len(points)*3/4:]
	sum := 0.0
	for _, p := range last {
		sum += p.Loss - low
	}
	share := sum / float64(len(last)) / math.Abs(points[0].Loss-low)
	if math.IsNaN(share) {
		return math.Inf(1)
	}
	return share
}

// least is the lowest loss of a surface, or, where its minima are not known, the
// lowest of those on a grid in its window.
func least(s *surface.Surface) float64 {
	if len(s.Minima) > 0 {
		return s.At(s.Minima[0][0], s.Minima[0][1])
	}
	const n = 60
	w, low := s.Window, math.Inf(1)
	for i := range n + 1 {
		for j := range n + 1 {
			u, v := float64(i)/n, float64(j)/n
			if z := s.At(w.X0+u*(w.X1-w.X0), w.Y0+v*(w.Y1-w.Y0)); z < low {
				low = z
			}
		}
	}
	return low
}
