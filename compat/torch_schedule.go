package compat

import (
	"math"

	"github.com/descent-go/descent/schedule"
)

// torchSchedules are the classes of torch.optim.lr_scheduler. Where a class
// moves momentum too, that is a schedule of its own. Those that take functions
// or other schedulers are missing: package schedule has Func and Sequence.
var torchSchedules = map[string]scheduler{
	"ConstantLR":                  torchConstantLR,
	"CosineAnnealingLR":           torchCosineAnnealingLR,
	"CosineAnnealingWarmRestarts": torchWarmRestarts,
	"CyclicLR":                    torchCyclicLR,
	"CyclicLR.momentum":           torchCyclicMomentum,
	"ExponentialLR":               torchExponentialLR,
	"LinearLR":                    torchLinearLR,
	"MultiStepLR":                 torchMultiStepLR,
	"OneCycleLR":                  torchOneCycleLR,
	"OneCycleLR.momentum":         torchOneCycleMomentum,
	"PolynomialLR":                torchPolynomialLR,
	"ReduceLROnPlateau":           torchReduceLROnPlateau,
	"StepLR":                      torchStepLR,
}

// torchLR reads the learning rate that the optimizer has in torch, and the
// option that all have.
func torchLR(r *reader) float64 {
	if r.whole("last_epoch", -1) != -1 {
		r.fail("option last_epoch: torch has it, descent has not: an optimizer that is restored knows how many updates it has made")
	}
	return r.number("lr", 1, notNegative)
}

func torchConstantLR(r *reader) schedule.Schedule {
	lr, factor, total := torchLR(r), r.number("factor", 1./3, unit), r.whole("total_iters", 5)
	return schedule.Func(func(step int) float64 {
		if step < total || total < 1 { // torch undoes the factor at step total alone
			return lr * factor
		}
		return lr
	})
}

func torchLinearLR(r *reader) schedule.Schedule {
	lr, total := torchLR(r), r.whole("total_iters", 5, countable)
	start, end := r.number("start_factor", 1./3, upToOne), r.number("end_factor", 1, unit)
	return schedule.Func(func(step int) float64 {
		return lr * (start + float64((end-start)*float64(min(step, total)))/float64(total))
	})
}

func torchPolynomialLR(r *reader) schedule.Schedule {
	lr, total, power := torchLR(r), r.whole("total_iters", 5, countable), r.number("power", 1, notNegative)
	return schedule.Func(func(step int) float64 {
		return lr * math.Pow(1-float64(min(step, total))/float64(total), power)
	})
}

func torchExponentialLR(r *reader) schedule.Schedule {
	lr, gamma := torchLR(r), r.number("gamma", float64(r.missing("gamma")), notNegative)
	return schedule.Func(func(step int) float64 { return lr * math.Pow(gamma, float64(step)) })
}

func torchStepLR(r *reader) schedule.Schedule {
	lr, every, gamma := torchLR(r), r.whole("step_size", r.missing("step_size"), countable), r.number("gamma", 0.1, notNegative)
	return schedule.Func(func(step int) float64 { return lr * math.Pow(gamma, float64(step/every)) })
}

func torchMultiStepLR(r *reader) schedule.Schedule {
	lr, gamma, milestones := torchLR(r), r.number("gamma", 0.1, notNegative), r.numbers("milestones", wholes)
	return schedule.Func(func(step int) float64 {
		v := lr
		for _, m := range milestones {
			if m <= float64(step) {
				v *= gamma
			}
		}
		return v
	})
}

// torchCosine goes from one value to another along half a cosine; part is how
// much of it is done.
func torchCosine(from, to, part float64) float64 {
	return to + float64((from-to)/2*(1+math.Cos(math.Pi*part)))
}

// torchLine goes straight.
func torchLine(from, to, part float64) float64 {
	return from + float64((to-from)*part)
}

func torchCosineAnnealingLR(r *reader) schedule.Schedule {
	lr, half, least := torchLR(r), r.whole("T_max", r.missing("T_max"), countable), r.number("eta_min", 0, notNegative)
	return schedule.Func(func(step int) float64 { return torchCosine(lr, least, float64(step)/float64(half)) })
}

func torchWarmRestarts(r *reader) schedule.Schedule {
	lr, first, growth := torchLR(r), r.whole("T_0", r.missing("T_0"), countable), r.whole("T_mult", 1, countable)
	least := r.number("eta_min", 0, notNegative)
	return schedule.Func(func(step int) float64 {
		at, length := float64(step), float64(first)
		if growth == 1 {
			at = math.Mod(at, length)
		}
		for at >= length {
			at -= length
			length *= float64(growth)
		}
		return torchCosine(lr, least, at/length)
	})
}

// torchCycle is CyclicLR: it goes up and down between two values.
type torchCycle struct {
	up, total float64 // steps
	scale     func(cycle, step float64) float64
}

func newTorchCycle(r *reader) torchCycle {
	up := r.whole("step_size_up", 2000, countable)
	down := up
	if r.given("step_size_down") {
		down = r.whole("step_size_down", up, countable)
	}
	r.meaningless("step_size_down", "scale_mode") // the latter belongs to scale_fn
	r.unsupported("scale_fn")
	r.flag("cycle_momentum", true)
	c := torchCycle{up: float64(up), total: float64(up + down)}
	gamma := r.number("gamma", 1, notNegative)
	switch r.text("mode", "triangular", "triangular", "triangular2", "exp_range") {
	case "triangular":
		c.scale = func(float64, float64) float64 { return 1 }
	case "triangular2":
		c.scale = func(cycle, _ float64) float64 { return math.Ldexp(1, 1-int(cycle)) }
	case "exp_range":
		c.scale = func(_, step float64) float64 { return math.Pow(gamma, step) }
	}
	return c
}

// height is how far up, of 1, a step is.
func (c torchCycle) height(step int) float64 {
	at := float64(step)
	cycle := math.Floor(1 + at/c.total)
	x, peak := 1+at/c.total-cycle, c.up/c.total
	if x <= peak {
		return x / peak * c.scale(cycle, at)
	}
	return (x - 1) / (peak - 1) * c.scale(cycle, at)
}

// torchCycleEnds reads the options of CyclicLR that are values to move between.
func torchCycleEnds(r *reader) (low, high, momentumLow, momentumHigh float64) {
	torchLR(r) // which CyclicLR replaces
	low = r.number("base_lr", float64(r.missing("base_lr")), notNegative)
	high = r.number("max_lr", float64(r.missing("max_lr")), notNegative)
	return low, high, r.number("base_momentum", 0.8, unit), r.number("max_momentum", 0.9, unit)
}

func torchCyclicLR(r *reader) schedule.Schedule {
	c := newTorchCycle(r)
	low, high, _, _ := torchCycleEnds(r)
	return schedule.Func(func(step int) float64 { return torchLine(low, high, c.height(step)) })
}

func torchCyclicMomentum(r *reader) schedule.Schedule {
	c := newTorchCycle(r)
	_, _, low, high := torchCycleEnds(r)
	return schedule.Func(func(step int) float64 { return torchLine(high, low, c.height(step)) })
}

// torchPhase is a part of OneCycleLR.
type torchPhase struct{ end, from, to float64 }

// torchOneCycle is OneCycleLR: it goes from the first learning rate to the top
// and to the last, while momentum goes down and up again.
type torchOneCycle struct {
	first, top, last float64
	momenta          [2]float64 // the highest and the lowest
	share, total     float64    // of the first phase, and the number of steps
	three            bool
	anneal           func(from, to, part float64) float64
}

func newTorchOneCycle(r *reader) torchOneCycle {
	torchLR(r) // which OneCycleLR replaces
	c := torchOneCycle{top: r.number("max_lr", float64(r.missing("max_lr")), notNegative), anneal: torchCosine}
	c.total = torchTotal(r)
	c.share = r.number("pct_start", 0.3, unit)
	if c.share*c.total == 1 {
		r.fail("option pct_start: it makes a first phase of one step, which torch divides by zero for")
	}
	if r.text("anneal_strategy", "cos", "cos", "linear") == "linear" {
		c.anneal = torchLine
	}
	r.flag("cycle_momentum", true)
	c.momenta = [2]float64{r.number("max_momentum", 0.95, unit), r.number("base_momentum", 0.85, unit)}
	c.first = c.top / r.number("div_factor", 25, positive)
	c.last = c.first / r.number("final_div_factor", 1e4, positive)
	c.three = r.flag("three_phase", false)
	return c
}

// torchTotal reads how many steps OneCycleLR has.
func torchTotal(r *reader) float64 {
	r.meaningless("total_steps", "epochs", "steps_per_epoch")
	switch {
	case r.given("total_steps"):
		return float64(r.whole("total_steps", 1, countable))
	case r.given("epochs") && r.given("steps_per_epoch"):
		return float64(r.whole("epochs", 1, countable) * r.whole("steps_per_epoch", 1, countable))
	}
	r.fail("option total_steps is missing, and so is one of epochs and steps_per_epoch: torch expects the one or both others")
	return 2
}

// phases lays out what goes from low to high, back, and to the end.
func (c torchOneCycle) phases(low, high, end float64) []torchPhase {
	up := torchPhase{float64(c.share*c.total) - 1, low, high}
	if c.three {
		return []torchPhase{up, {float64(2*c.share*c.total) - 2, high, low}, {c.total - 1, low, end}}
	}
	return []torchPhase{up, {c.total - 1, high, end}}
}

func (c torchOneCycle) schedule(phases []torchPhase) schedule.Schedule {
	return schedule.Func(func(step int) float64 {
		at, start := min(float64(step), c.total), 0.0 // torch goes one beyond the last, too
		for i, p := range phases {
			if last := i == len(phases)-1; last && p.end == start {
				return p.to
			} else if last || at <= p.end {
				return c.anneal(p.from, p.to, (at-start)/(p.end-start))
			}
			start = p.end
		}
		return 0
	})
}

func torchOneCycleLR(r *reader) schedule.Schedule {
	c := newTorchOneCycle(r)
	return c.schedule(c.phases(c.first, c.top, c.last))
}

func torchOneCycleMomentum(r *reader) schedule.Schedule {
	c := newTorchOneCycle(r)
	return c.schedule(c.phases(c.momenta[0], c.momenta[1], c.momenta[0]))
}
