package compat

import (
	"math"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/schedule"
)

// mxnetSchedules are the classes of mx.lr_scheduler, the same in both versions.
// MXNet asks them after it has counted an update, so that no step has their
// value at 0.
var mxnetSchedules = map[string]scheduler{
	"CosineScheduler":      mxnetSchedule("CosineScheduler"),
	"FactorScheduler":      mxnetSchedule("FactorScheduler"),
	"MultiFactorScheduler": mxnetSchedule("MultiFactorScheduler"),
	"PolyScheduler":        mxnetSchedule("PolyScheduler"),
}

func mxnetSchedule(class string) scheduler {
	return func(r *reader) schedule.Schedule { return newMXNetRates(class, r).shifted(1, 1) }
}

// mxnetRates is a scheduler of MXNet: learning rates by the number n of updates.
type mxnetRates struct {
	base        float64 // after the warm-up
	warmup      int     // updates
	begin, peak float64 // of the warm-up
	constant    bool    // the warm-up stays at begin
	after       func(base float64, n int) float64
	open        bool // an optimizer's learning rate takes the place of base
}

var (
	wholes     = formula.Range{Lo: 0, Hi: math.Inf(1), OpenHi: true}
	countable  = formula.Range{Lo: 1, Hi: math.Inf(1), OpenHi: true}
	upToOne    = formula.Range{Lo: 0, Hi: 1, OpenLo: true}
	mxnetRules = map[string]func(*mxnetRates, *reader) schedule.Schedule{
		"CosineScheduler":      (*mxnetRates).cosine,
		"FactorScheduler":      (*mxnetRates).factor,
		"MultiFactorScheduler": (*mxnetRates).multiFactor,
		"PolyScheduler":        (*mxnetRates).poly,
	}
)

func newMXNetRates(class string, r *reader) *mxnetRates {
	m := &mxnetRates{
		base:     r.number("base_lr", 0.01, notNegative),
		warmup:   r.whole("warmup_steps", 0, wholes),
		begin:    r.number("warmup_begin_lr", 0, notNegative),
		constant: r.text("warmup_mode", "linear", "linear", "constant") == "constant",
	}
	m.peak = m.base
	if m.begin > m.base {
		r.fail("option warmup_begin_lr: %v is above base_lr, %v", m.begin, m.base)
	}
	if err := schedule.Check(mxnetRules[class](m, r)); err != nil {
		r.fail("%w", err)
	}
	return m
}

func (m *mxnetRates) factor(r *reader) schedule.Schedule {
	s := schedule.Step(r.whole("step", r.missing("step"), countable), r.number("factor", 1, upToOne))
	stop := r.number("stop_factor_lr", 1e-8, notNegative)
	m.open = true
	m.after = func(base float64, n int) float64 {
		if f := s.At(n - 1); f != 1 {
			return max(base*f, stop)
		}
		return base
	}
	return s
}

func (m *mxnetRates) multiFactor(r *reader) schedule.Schedule {
	s := schedule.MultiStep(r.number("factor", 1, upToOne), mxnetSteps(r)...)
	m.open = true
	m.after = func(base float64, n int) float64 { return base * s.At(n-1) }
	return s
}

// mxnetSteps reads the increasing whole numbers of the option step.
func mxnetSteps(r *reader) []int {
	list := r.numbers("step", countable)
	steps := make([]int, len(list))
	for i, v := range list {
		if v != math.Trunc(v) || v > 1<<53 || i > 0 && v <= list[i-1] {
			r.fail("option step: expected increasing whole numbers, found %v", list)
			return nil
		}
		steps[i] = int(v)
	}
	if len(steps) == 0 {
		r.fail("option step: expected at least one number of updates")
	}
	return steps
}

func (m *mxnetRates) poly(r *reader) schedule.Schedule {
	return m.fall(r, func(steps int) schedule.Schedule { return schedule.Polynomial(steps, r.number("pwr", 2), 0) })
}

func (m *mxnetRates) cosine(r *reader) schedule.Schedule {
	return m.fall(r, func(steps int) schedule.Schedule { return schedule.Cosine(steps, 0) })
}

// fall goes from base to final_lr by a curve that goes from 1 to 0.
func (m *mxnetRates) fall(r *reader, curve func(steps int) schedule.Schedule) schedule.Schedule {
	steps := r.whole("max_update", r.missing("max_update"), countable) - m.warmup
	final := r.number("final_lr", 0, notNegative)
	s := curve(max(steps, 1))
	if steps == 0 {
		r.fail("option max_update: equal to warmup_steps, which MXNet divides by zero for")
	}
	m.after = func(base float64, n int) float64 {
		if steps < 0 {
			return base
		}
		return final + float64((base-final)*s.At(n-m.warmup))
	}
	return s
}

// at gives the learning rate after n updates.
func (m *mxnetRates) at(n int) float64 {
	switch {
	case n >= m.warmup:
		return m.after(m.base, n)
	case m.constant:
		return m.begin
	}
	return m.begin + float64((m.peak-m.begin)*float64(n))/float64(m.warmup)
}

// shifted makes a schedule that counts from the first step: MXNet counts from
// first there, and each step as so many updates.
func (m *mxnetRates) shifted(first, each int) schedule.Schedule {
	return schedule.Func(func(step int) float64 { return m.at(first + step*each) })
}

// missing reports an option that must be given. It returns what stands in for it.
func (r *reader) missing(name string) int {
	if !r.given(name) {
		r.fail("option %s is missing: it has no default", name)
	}
	return 1
}
