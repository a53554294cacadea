package surface

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// Tuned is a learning rate with what it reached.
type Tuned struct {
	LR     float64
	Height float64 // as [Surface.Height] gives it
	Loss   float64 // the mean over the last quarter of the path; +Inf where that goes astray
}

// The grid of learning rates: so many each power of ten from the one to the
// other, then finer beside the best.
const (
	lowest, highest = -14, 3 // powers of ten
	coarse, fine    = 4, 24
)

// Trials is the most paths that Tune makes.
const Trials = 1 + (highest-lowest)*coarse + 1 + 2*(fine/coarse) + 1

// patience is how many coarse trials may follow that come no nearer.
const patience = 2 * coarse

// Tune chooses a learning rate for a rule that has a hyperparameter lr. The one
// that it has, by the options or by default, is kept where it is as good as any:
// its height is a thousandth or less. Otherwise it is that of a grid from 1e3 down
// to 1e-14, as far as the rule's range goes, with the lowest height; of several
// as good as any, the smallest. The search ends where two powers of ten have
// brought nothing better, and goes on in finer steps around the best. Where all
// paths go astray, it is the one that the rule has, with a height of +Inf.
//
// Progress, unless it is nil, is told after each path how many have been made,
// of [Trials] at most. The error of a rule without lr says so; else it is that of
// [Surface.Descend] or of ctx.
func (s *Surface) Tune(ctx context.Context, rule optim.Rule, c Config, progress func(done int)) (Tuned, error) {
	if err := s.check(s.start(c)); err != nil {
		return Tuned{}, err
	}
	t := &tuning{s: s, yard: s.yardstick(s.start(c)), rule: rule, config: c, progress: progress}
	given, err := t.given()
	if err != nil {
		return Tuned{}, err
	}
	kept, err := t.try(ctx, given)
	if err != nil || kept.Height <= enough {
		return kept, err
	}
	best, err := t.search(ctx, highest*coarse, lowest*coarse, coarse, patience)
	if err != nil {
		return kept, err
	}
	if math.IsInf(best.Height, 1) {
		return Tuned{given, best.Height, best.Height}, nil
	}
	center := int(math.Round(math.Log10(best.LR) * fine))
	return t.search(ctx, min(center+fine/coarse, highest*fine), max(center-fine/coarse, lowest*fine), fine, fine)
}

// tuning is the search for a learning rate.
type tuning struct {
	s        *Surface
	yard     yardstick
	rule     optim.Rule
	config   Config
	lr       formula.Hyper
	done     int
	progress func(done int)
}

// given is the learning rate that the rule has, by its options or by default.
func (t *tuning) given() (float64, error) {
	if t.rule == nil {
		return 0, errors.New("surface: no rule: give one of package optim")
	}
	info, err := t.rule.Info()
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(info.Hypers, func(h formula.Hyper) bool { return h.Name == "lr" })
	if i < 0 {
		return 0, fmt.Errorf("surface: %s has no hyperparameter lr to choose", t.rule.Name())
	}
	t.lr = info.Hypers[i]
	opt, err := descent.New(t.rule, []descent.Param{descent.NewParam("w", make([]float64, 2), make([]float64, 2))}, t.config.Options...)
	if err != nil {
		return 0, err
	}
	defer opt.Close()
	return opt.Hyper("lr")
}

// search tries the learning rates 10^(k/n) for k from high down to low, until so
// many have come no nearer than the best.
func (t *tuning) search(ctx context.Context, high, low, n, patience int) (Tuned, error) {
	best, worse := Tuned{Height: math.Inf(1)}, 0
	for k := high; k >= low && worse < patience; k-- {
		lr := power(k, n)
		if t.lr.Check(lr) != nil {
			continue // beyond the range
		}
		next, err := t.try(ctx, lr)
		if err != nil {
			return best, err
		}
		switch {
		case next.Height < best.Height || next.Height <= enough:
			best, worse = next, 0
		case !math.IsInf(best.Height, 1):
			worse++
		}
	}
	return best, nil
}

// power is 10^(k/n), to two digits.
func power(k, n int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(math.Pow(10, float64(k)/float64(n)), 'g', 2, 64), 64)
	return v
}

// try goes down with a learning rate, as far as the path does not go astray.
func (t *tuning) try(ctx context.Context, lr float64) (Tuned, error) {
	if err := ctx.Err(); err != nil {
		return Tuned{}, err
	}
	c := t.config
	c.Options = append(slices.Clip(c.Options), descent.LR(lr))
	path, err := t.s.descend(t.rule, c, t.yard.astray)
	if err != nil {
		return Tuned{}, err
	}
	if t.done++; t.progress != nil {
		t.progress(t.done)
	}
	height, loss := t.yard.height(path)
	return Tuned{lr, height, loss}, nil
}
