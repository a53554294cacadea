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
// other. It is fine, because on a surface with many dips the good ones are few.
const (
	lowest, highest = -14, 3 // powers of ten
	perDecade       = 24
)

// Trials is the most paths that Tune makes: with the learning rate that the rule
// has, and twice with those of the grid.
const Trials = 1 + 2*((highest-lowest)*perDecade+1)

// near is the height that is low enough for no hills to be climbed.
const near = 0.1

// alike is how many times higher a path may end and count as good.
const alike = 1.01

// patience is how many trials may follow that come no nearer.
const patience = perDecade

// Tune chooses a learning rate for a rule that has a hyperparameter lr. The one
// that it has, by the options or by default, is kept where it is as good as any:
// its height is a thousandth or less. Otherwise it is that of a grid from 1e3 down
// to 1e-14, as far as the rule's range goes, with the lowest height; of several
// as good as any, or within a hundredth of the best, the smallest. The search ends
// a power of ten below the best. Paths may climb above the start by a tenth of the
// height there; where none of these ends below a tenth, by half: over hills lie
// better places. Where all paths go astray, it is the one that the rule has, with a
// height of +Inf.
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
	t.yard.climb = gentle
	kept, err := t.try(ctx, given)
	if err != nil || kept.Height <= enough {
		return kept, err
	}
	best := Tuned{given, math.Inf(1), math.Inf(1)}
	for _, climb := range []float64{gentle, hilly} {
		t.yard.climb = climb
		found, err := t.search(ctx)
		if err != nil {
			return best, err
		}
		if found.Height < best.Height {
			best = found
		}
		if best.Height <= near {
			break
		}
	}
	return best, nil
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

// search tries the learning rates of the grid, the highest first, until patience ends.
func (t *tuning) search(ctx context.Context) (Tuned, error) {
	best, least, worse := Tuned{Height: math.Inf(1)}, math.Inf(1), 0
	for k := highest * perDecade; k >= lowest*perDecade && worse < patience; k-- {
		lr := rate(k)
		if t.lr.Check(lr) != nil {
			continue // beyond the range
		}
		next, err := t.try(ctx, lr)
		if err != nil {
			return best, err
		}
		switch {
		case alike*next.Height < least && least > enough:
			least, worse = next.Height, 0
		case !math.IsInf(least, 1):
			worse++
		}
		if next.Height <= max(enough, alike*least) {
			best = next
		}
	}
	return best, nil
}

// rate is the learning rate k of the grid, to two digits.
func rate(k int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(math.Pow(10, float64(k)/perDecade), 'g', 2, 64), 64)
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
