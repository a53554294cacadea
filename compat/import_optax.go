package compat

import (
	"strconv"
	"strings"
)

// optaxCounts has the number of updates, and what says nothing that the options
// do not say.
var optaxCounts = []origin{
	{ours: "t", theirs: "count"},
	{ours: "t", theirs: "t"},
	{ours: "t", theirs: "step_count", value: lessOne},
	{ours: "t", theirs: "is_initial_step", value: notYet, atLeast: true},
	{ours: "t", theirs: "is_init_step", value: notYet, atLeast: true},
	{theirs: "count_m2"}, {theirs: "b1"}, {theirs: "ns_coeffs"},
}

// lessOne is a count of a framework that begins at 1.
func lessOne(a array) array { return a.each(func(v float64) float64 { return v - 1 }) }

// notYet is a count where the framework says whether this is the beginning.
func notYet(a array) array { return a.each(func(v float64) float64 { return 1 - v }) }

// optaxStates has the states of optax's transformations, by descent's names
// for these.
var optaxStates = map[string][]origin{
	"adafactor":                    {{ours: "m", theirs: "ema", unless: "momentum"}, {ours: "v", theirs: "v"}, {ours: "rows", theirs: "v_row"}, {ours: "columns", theirs: "v_col"}},
	"dadapt-adamw":                 {{ours: "m", theirs: "exp_avg"}, {ours: "v", theirs: "exp_avg_sq"}, {ours: "s", theirs: "grad_sum"}, {ours: "r", theirs: "numerator_weighted"}, {ours: "d", theirs: "estim_lr"}},
	"ema":                          {{ours: "m", theirs: "ema"}},
	"muon":                         optaxMoments,
	"prodigy":                      {{ours: "m", theirs: "exp_avg"}, {ours: "v", theirs: "exp_avg_sq"}, {ours: "s", theirs: "grad_sum"}, {ours: "start", theirs: "params0"}, {ours: "r", theirs: "numerator_weighted"}, {ours: "d", theirs: "estim_lr"}},
	"scale-by-acprop":              optaxBelief,
	"scale-by-adadelta":            {{ours: "v", theirs: "e_g"}, {ours: "u", theirs: "e_x"}},
	"scale-by-adam":                optaxMoments,
	"scale-by-adamax":              {{ours: "m", theirs: "mu"}, {ours: "u", theirs: "nu"}},
	"scale-by-adan":                {{ours: "m", theirs: "m"}, {ours: "v", theirs: "v"}, {ours: "n", theirs: "n"}, {ours: "before", theirs: "g"}},
	"scale-by-ademamix":            {{ours: "fast", theirs: "m1"}, {ours: "slow", theirs: "m2"}, {ours: "v", theirs: "nu"}},
	"scale-by-adopt":               optaxMoments,
	"scale-by-amsgrad":             {{ours: "m", theirs: "mu"}, {ours: "v", theirs: "nu"}, {ours: "largest", theirs: "nu_max"}},
	"scale-by-belief":              optaxBelief,
	"scale-by-cocob":               {{ours: "start", theirs: "init_particles"}, {ours: "sum", theirs: "cumulative_gradients"}, {ours: "size", theirs: "scale"}, {ours: "total", theirs: "subgradients"}, {ours: "reward", theirs: "reward"}},
	"scale-by-dog":                 {{ours: "start", theirs: "init_params"}, {ours: "far", theirs: "max_dist"}, {ours: "squares", theirs: "sum_sq_norm_grads"}, {ours: "count", theirs: "is_init_step", value: notYet}},
	"scale-by-dowg":                {{ours: "start", theirs: "init_params"}, {ours: "far", theirs: "estim_sq_dist"}, {ours: "squares", theirs: "weighted_sq_norm_grads"}},
	"scale-by-lion":                {{ours: "m", theirs: "mu"}},
	"scale-by-madgrad":             {{ours: "start", theirs: "x0"}, {ours: "s", theirs: "s"}, {ours: "v", theirs: "grad_sum_sq"}},
	"scale-by-novograd":            optaxMoments,
	"scale-by-optimistic-gradient": {{ours: "before", theirs: "previous_gradient"}},
	"scale-by-radam":               optaxMoments,
	"scale-by-rms":                 {{ours: "v", theirs: "nu"}},
	"scale-by-rprop":               {{ours: "size", theirs: "step_sizes"}, {ours: "before", theirs: "prev_updates"}},
	"scale-by-rss":                 {{ours: "h", theirs: "sum_of_squares"}},
	"scale-by-simplified-ademamix": {{ours: "m", theirs: "m"}, {ours: "v", theirs: "n"}},
	"scale-by-stddev":              optaxMoments,
	"scale-by-yogi":                optaxMoments,
	"schedule-free-adamw":          optaxScheduleFree,
	"schedule-free-sgd":            optaxScheduleFree[:3],
	"sm3":                          sm3Origins(8),
	"trace":                        {{ours: "v", theirs: "trace", unless: "momentum"}},
}

var (
	optaxMoments      = []origin{{ours: "m", theirs: "mu"}, {ours: "v", theirs: "nu"}}
	optaxBelief       = []origin{{ours: "m", theirs: "mu"}, {ours: "s", theirs: "nu"}}
	optaxScheduleFree = []origin{{ours: "z", theirs: "z"}, {ours: "peak", theirs: "max_lr"}, {ours: "total", theirs: "weight_sum"}, {ours: "v", theirs: "nu"}}
)

// sm3Origins has a sum of squares for each of so many dimensions.
func sm3Origins(dimensions int) []origin {
	out := []origin{{ours: "m", theirs: "nu"}}
	for i := range dimensions {
		out = append(out, origin{ours: sm3Sum(i), theirs: "mu/" + strconv.Itoa(i)})
	}
	return out
}

// optaxStepTrace is momentum behind the learning rate, which turns the sign in
// optax and does not here.
var optaxStepTrace = []origin{{ours: "v", theirs: "trace", unless: "momentum", value: turnedRound}}

// optaxOrigins finds the states of a transformation in any of its variants.
func optaxOrigins(optimizer, link string) []origin {
	if strings.HasPrefix(link, "trace") && (optimizer == "lars" || optimizer == "rmsprop") {
		return optaxStepTrace
	}
	for name := link; ; {
		if from, ok := optaxStates[name]; ok {
			return from
		}
		i := strings.LastIndexByte(name, '-')
		if i < 0 {
			return nil
		}
		name = name[:i]
	}
}
