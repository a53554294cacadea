package schedule

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
)

// Constant is the same factor, at least 0, at every step. Constant(1) changes nothing.
func Constant(factor float64) Schedule {
	spec := fmt.Sprintf("constant:factor=%v", factor)
	if factor == 1 {
		spec = "constant"
	}
	return build(spec, func(int) float64 { return factor }, notNegative("factor", factor))
}

// Step multiplies by gamma, above 0, after every so many steps:
// gamma^floor(step/every).
func Step(every int, gamma float64) Schedule {
	return build(fmt.Sprintf("step:every=%d,gamma=%v", every, gamma),
		func(step int) float64 { return decay(gamma, step/every) },
		atLeast(1, "every", every), positive("gamma", gamma))
}

// MultiStep multiplies by gamma, above 0, at each milestone. Milestones are
// numbers of steps, 1 or more, in increasing order; the step of that number is
// the first with the new factor.
func MultiStep(gamma float64, milestones ...int) Schedule {
	milestones = slices.Clone(milestones)
	passed := func(step int) int {
		return sort.Search(len(milestones), func(i int) bool { return milestones[i] > step })
	}
	list := strings.ReplaceAll(strings.Trim(fmt.Sprint(milestones), "[]"), " ", "/")
	return build(fmt.Sprintf("multistep:gamma=%v,milestones=%s", gamma, list),
		func(step int) float64 { return decay(gamma, passed(step)) },
		positive("gamma", gamma), increasing(milestones))
}

// Exponential multiplies by gamma, above 0, at every step: gamma^step. A gamma
// above 1 grows, as a learning rate range test does, up to the largest float64.
func Exponential(gamma float64) Schedule {
	return build(fmt.Sprintf("exponential:gamma=%v", gamma),
		func(step int) float64 { return decay(gamma, step) },
		positive("gamma", gamma))
}

// Polynomial goes from 1 to final (0 or more) in total steps:
// final + (1-final)*(1-step/total)^power. A power of 1 is a straight line.
func Polynomial(total int, power, final float64) Schedule {
	return build(fmt.Sprintf("polynomial:total=%d,power=%v,final=%v", total, power, final),
		func(step int) float64 {
			left := float64(total-min(step, total)) / float64(total)
			return between(1, final, pow(left, power))
		},
		atLeast(1, "total", total), positive("power", power), notNegative("final", final))
}

// Cosine goes from 1 to final (0 or more) in total steps along half a cosine:
// final + (1-final)*(1+cos(pi*step/total))/2.
//
// Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts",
// ICLR 2017, equation 5, without the restarts.
func Cosine(total int, final float64) Schedule {
	return build(fmt.Sprintf("cosine:total=%d,final=%v", total, final),
		func(step int) float64 {
			return between(1, final, halfCosine(float64(min(step, total))/float64(total)))
		},
		atLeast(1, "total", total), notNegative("final", final))
}

// Warmup rises in a straight line to the first value of then, which starts, at
// its own step 0, when the warm-up is over. The factor of the rise is
// (step+1)/steps: the first step is not wasted on 0, by which rules such as
// ftrl could not divide. With 0 steps it is then itself.
func Warmup(steps int, then Schedule) Schedule {
	if err := check(then); err != nil {
		return invalid{"warmup", fmt.Errorf("after a warm-up of %d steps: %w", steps, err)}
	}
	return build(fmt.Sprintf("warmup:steps=%d,then=(%s)", steps, then),
		func(step int) float64 {
			if step < steps {
				return float64(step+1) / float64(steps) * then.At(0)
			}
			return then.At(step - steps)
		},
		atLeast(0, "steps", steps))
}

// WarmupCosine rises for warmup steps, as Warmup does, and falls to 0 along half
// a cosine in the rest of total steps. It is Warmup(warmup, Cosine(total-warmup, 0)).
func WarmupCosine(warmup, total int) Schedule {
	return build(fmt.Sprintf("warmup-cosine:warmup=%d,total=%d", warmup, total),
		Warmup(warmup, Cosine(total-warmup, 0)).At,
		atLeast(1, "total", total), atLeast(0, "warmup", warmup), shorter(warmup, total))
}

// OneCycle rises from 1/25 to 1 in the first 30 % of total steps and falls to
// 1/250000 at step total-1, both along half a cosine: the defaults of torch's
// OneCycleLR.
//
// Smith & Topin, "Super-Convergence: Very Fast Training of Neural Networks Using
// Large Learning Rates", 2018.
func OneCycle(total int) Schedule {
	const first, last = 1. / 25, 1. / 25 / 1e4
	// The conversion keeps the product from being fused with the subtraction.
	top, end := float64(0.3*float64(total))-1, float64(total-1)
	return build(fmt.Sprintf("onecycle:total=%d", total),
		func(step int) float64 {
			at := min(float64(step), end)
			if at <= top {
				return between(first, 1, halfCosine(at/top))
			}
			return between(1, last, halfCosine((at-top)/(end-top)))
		},
		atLeast(1, "total", total))
}

// A Part is a schedule and how many steps of it are run.
type Part struct {
	Schedule Schedule
	Steps    int // 1 or more
}

// Sequence runs parts one after the other, each from its own step 0. After the
// last it holds that part's value at its end, Schedule.At(Steps).
func Sequence(parts ...Part) Schedule {
	if len(parts) == 0 {
		return invalid{"sequence", errors.New("a sequence of no parts")}
	}
	parts = slices.Clone(parts)
	specs := make([]string, len(parts))
	var errs []error
	for i, p := range parts {
		if err := check(p.Schedule); err != nil {
			return invalid{"sequence", fmt.Errorf("part %d of a sequence: %w", i+1, err)}
		}
		specs[i] = fmt.Sprintf("%d=(%s)", p.Steps, p.Schedule)
		errs = append(errs, atLeast(1, fmt.Sprintf("the length of part %d", i+1), p.Steps))
	}
	return build("sequence:"+strings.Join(specs, ","), func(step int) float64 {
		last := len(parts) - 1
		for _, p := range parts[:last] {
			if step < p.Steps {
				return p.Schedule.At(step)
			}
			step -= p.Steps
		}
		return parts[last].Schedule.At(min(step, parts[last].Steps))
	}, errs...)
}

// Func is a schedule of one's own: f(step), for step 0 and up, should be finite
// and not negative. It has no form that Parse reads: its String is "func".
func Func(f func(step int) float64) Schedule {
	var err error
	if f == nil {
		err = errors.New("the function is nil")
	}
	return build("func", f, err)
}

func atLeast(least int, name string, n int) error {
	if n < least {
		return fmt.Errorf("%s is %d, want %d or more", name, n, least)
	}
	return nil
}

func positive(name string, x float64) error {
	if x > 0 && x <= math.MaxFloat64 {
		return nil
	}
	return fmt.Errorf("%s is %v, want a finite number above 0", name, x)
}

func notNegative(name string, x float64) error {
	if x >= 0 && x <= math.MaxFloat64 {
		return nil
	}
	return fmt.Errorf("%s is %v, want a finite number, 0 or more", name, x)
}

func increasing(milestones []int) error {
	if len(milestones) == 0 {
		return errors.New("no milestones")
	}
	before := 0
	for _, m := range milestones {
		if m <= before {
			return fmt.Errorf("milestone %d follows %d, want numbers of 1 or more in increasing order", m, before)
		}
		before = m
	}
	return nil
}

func shorter(warmup, total int) error {
	if warmup >= total {
		return fmt.Errorf("the warm-up takes %d of %d steps and leaves none for the cosine", warmup, total)
	}
	return nil
}
