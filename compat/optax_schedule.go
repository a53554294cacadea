package compat

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/schedule"
)

// optaxCurve is a schedule of optax: the value after n updates.
type optaxCurve func(n float64) float64

// optaxSchedules are the functions of optax.schedules that are made of numbers.
var optaxSchedules = map[string]scheduler{
	"constant_schedule": optaxSchedule(func(r *reader) optaxCurve {
		value := r.needed("value")
		return func(float64) float64 { return value }
	}),
	"polynomial_schedule": optaxSchedule(func(r *reader) optaxCurve {
		return optaxPolynomial(r.needed("init_value"), r.needed("end_value"), r.needed("power"), r.needed("transition_steps"), r.number("transition_begin", 0))
	}),
	"linear_schedule": optaxSchedule(func(r *reader) optaxCurve {
		return optaxPolynomial(r.needed("init_value"), r.needed("end_value"), 1, r.needed("transition_steps"), r.number("transition_begin", 0))
	}),
	"warmup_constant_schedule": optaxSchedule(func(r *reader) optaxCurve {
		return optaxPolynomial(r.needed("init_value"), r.needed("peak_value"), 1, r.needed("warmup_steps"), 0)
	}),
	"exponential_decay": optaxSchedule(func(r *reader) optaxCurve {
		return optaxExponential(r, r.needed("init_value"))
	}),
	"cosine_decay_schedule": optaxSchedule(func(r *reader) optaxCurve {
		return optaxCosine(r.needed("init_value"), r.positive("decay_steps"), r.number("alpha", 0), r.number("exponent", 1))
	}),
	"warmup_cosine_decay_schedule": optaxSchedule(optaxWarmupCosine),
	"warmup_exponential_decay_schedule": optaxSchedule(func(r *reader) optaxCurve {
		return optaxWarmup(r, optaxExponential(r, r.needed("peak_value")))
	}),
	"piecewise_constant_schedule":    optaxSchedule(optaxPieces),
	"piecewise_interpolate_schedule": optaxSchedule(optaxInterpolation),
	"linear_onecycle_schedule":       optaxSchedule(optaxLinearOneCycle),
	"cosine_onecycle_schedule":       optaxSchedule(optaxCosineOneCycle),
	"sgdr_schedule":                  optaxSchedule(optaxSGDR),
}

func optaxSchedule(read func(*reader) optaxCurve) scheduler {
	return func(r *reader) schedule.Schedule {
		at := read(r)
		return schedule.Func(func(step int) float64 { return at(float64(step)) })
	}
}

// needed reads a number for which optax has no default.
func (r *reader) needed(option string) float64 {
	if _, ok := r.options[option]; !ok {
		r.fail("option %s is missing: optax has no default for it", option)
	}
	return r.number(option, 0)
}

// positive reads a number that optax needs to be more than 0.
func (r *reader) positive(option string) float64 {
	v := r.needed(option)
	r.within(option, v, []formula.Range{positive})
	return v
}

// optaxPolynomial is constant where it has no steps.
func optaxPolynomial(from, to, power, steps, begin float64) optaxCurve {
	return func(n float64) float64 {
		if steps <= 0 {
			return from
		}
		n = min(max(n-max(begin, 0), 0), steps)
		return float64((from-to)*math.Pow(1-n/steps, power)) + to
	}
}

func optaxExponential(r *reader, from float64) optaxCurve {
	steps, rate, begin := r.needed("transition_steps"), r.needed("decay_rate"), max(r.number("transition_begin", 0), 0)
	staircase := r.flag("staircase", false)
	end, limited := r.optional("end_value")
	if steps <= 0 || rate == 0 {
		return func(float64) float64 { return from }
	}
	return func(n float64) float64 {
		part := (n - begin) / steps
		if staircase {
			part = math.Floor(part)
		}
		value := from
		if n > begin {
			value *= math.Pow(rate, part)
		}
		switch {
		case limited && rate < 1:
			return max(value, end)
		case limited:
			return min(value, end)
		}
		return value
	}
}

func optaxCosine(from, steps, alpha, exponent float64) optaxCurve {
	return func(n float64) float64 {
		fall := (1 + math.Cos(math.Pi*min(n, steps)/steps)) / 2
		return from * (float64((1-alpha)*math.Pow(fall, exponent)) + alpha)
	}
}

// optaxWarmup puts a linear warm-up before a schedule.
func optaxWarmup(r *reader, then optaxCurve) optaxCurve {
	steps := r.needed("warmup_steps")
	up := optaxPolynomial(r.needed("init_value"), r.needed("peak_value"), 1, steps, 0)
	return func(n float64) float64 {
		if n < steps {
			return up(n)
		}
		return then(n - steps)
	}
}

func optaxWarmupCosine(r *reader) optaxCurve {
	peak, end := r.needed("peak_value"), r.number("end_value", 0)
	steps := r.needed("decay_steps") - r.needed("warmup_steps")
	if steps <= 0 {
		r.fail("option decay_steps: expected more than warmup_steps, which it counts too")
	}
	alpha := 0.0
	if peak != 0 {
		alpha = end / peak
	}
	return optaxWarmup(r, optaxCosine(peak, steps, alpha, r.number("exponent", 1)))
}

// optaxSGDR runs warmed-up cosines one after the other, each by its own options.
func optaxSGDR(r *reader) optaxCurve {
	const option = "cosine_kwargs"
	value, _ := r.take(option)
	list, _ := value.([]any)
	if len(list) == 0 {
		r.fail("option %s: expected a list of options of warmup_cosine_decay_schedule, found %s", option, show(value))
	}
	var curves []optaxCurve
	var lengths []float64
	for i, e := range list {
		options, _ := e.(map[string]any)
		own := newReader(options)
		curves = append(curves, optaxWarmupCosine(own))
		lengths = append(lengths, own.number("decay_steps", 0))
		if err := own.done(); err != nil {
			r.fail("option %s: number %d: %w", option, i, err)
		}
	}
	return func(n float64) float64 {
		i := 0
		for ; i < len(curves)-1 && n >= lengths[i]; i++ {
			n -= lengths[i]
		}
		return curves[i](n)
	}
}

// boundaries reads factors by step; there may be none.
func (r *reader) boundaries(option string) map[float64]float64 {
	value, _ := r.take(option)
	table := reflect.ValueOf(value)
	if value == nil {
		return nil
	}
	if table.Kind() != reflect.Map {
		r.fail("option %s: expected factors by step, found %s", option, show(value))
		return nil
	}
	out := map[float64]float64{}
	for _, key := range table.MapKeys() {
		step := fmt.Sprint(key.Interface())
		factor := table.MapIndex(key).Interface()
		at, err := strconv.Atoi(step)
		v, ok := number(factor)
		if err != nil || !ok || v < 0 {
			r.fail("option %s: expected whole numbers with factors that are not negative, found step %q with %s", option, step, show(factor))
		}
		out[float64(at)] = v
	}
	return out
}

func optaxPieces(r *reader) optaxCurve {
	from, factors := r.needed("init_value"), r.boundaries("boundaries_and_scales")
	steps := slices.Sorted(maps.Keys(factors))
	return func(n float64) float64 {
		value := from
		for _, at := range steps {
			if n >= at {
				value *= factors[at]
			}
		}
		return value
	}
}

func optaxInterpolation(r *reader) optaxCurve {
	kind := r.text("interpolate_type", "", "linear", "cosine")
	if kind == "" {
		r.fail("option interpolate_type is missing: expected linear or cosine")
	}
	return optaxBetween(kind == "cosine", r.needed("init_value"), r.boundaries("boundaries_and_scales"))
}

// optaxBetween goes from step to step in straight lines or cosines.
func optaxBetween(cosine bool, from float64, factors map[float64]float64) optaxCurve {
	steps := slices.Sorted(maps.Keys(factors))
	return func(n float64) float64 {
		begin, value, sum := 0.0, from, 0.0
		for _, end := range steps {
			to := value * factors[end]
			if begin <= n && n < end {
				part := (n - begin) / (end - begin)
				if cosine {
					part = (1 - math.Cos(math.Pi*part)) / 2
				}
				sum += value + float64((to-value)*part)
			}
			begin, value = end, to
		}
		if begin <= n {
			sum += value
		}
		return sum
	}
}

func optaxLinearOneCycle(r *reader) optaxCurve {
	steps, peak := r.positive("transition_steps"), r.needed("peak_value")
	start, final := r.number("pct_start", 0.3), r.number("pct_final", 0.85)
	div, finalDiv := r.number("div_factor", 25), r.number("final_div_factor", 1e4)
	return optaxBetween(false, peak/div, inOrder(math.Trunc(start*steps), div, math.Trunc(final*steps), 1/div, steps, 1/finalDiv))
}

func optaxCosineOneCycle(r *reader) optaxCurve {
	steps, peak, start := r.positive("transition_steps"), r.needed("peak_value"), r.number("pct_start", 0.3)
	div, finalDiv := r.number("div_factor", 25), r.number("final_div_factor", 1e4)
	return optaxBetween(true, peak/div, inOrder(math.Trunc(start*steps), div, math.Trunc(steps), 1/(div*finalDiv)))
}

// inOrder makes factors by step of pairs; of those of one step the last counts.
func inOrder(pairs ...float64) map[float64]float64 {
	out := map[float64]float64{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}
