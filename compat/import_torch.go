package compat

import "slices"

// torchCounts has the number of a parameter's updates.
var torchCounts = []origin{{ours: "t", theirs: "step"}}

// torchStates has the states of torch's optimizers by the names of descent's.
var torchStates = map[string][]origin{
	"ASGD":       {{ours: "eta", theirs: "eta"}, {ours: "mean", theirs: "ax"}, {theirs: "mu"}},
	"Adadelta":   {{ours: "v", theirs: "square_avg"}, {ours: "u", theirs: "acc_delta"}},
	"Adafactor":  {{ours: "rows", theirs: "row_var"}, {ours: "columns", theirs: "col_var"}, {ours: "v", theirs: "variance"}},
	"Adagrad":    {{ours: "h", theirs: "sum"}},
	"Adam":       torchMoments,
	"AdamW":      torchMoments,
	"Adamax":     {{ours: "m", theirs: "exp_avg"}, {ours: "u", theirs: "exp_inf"}},
	"Muon":       {{ours: "m", theirs: "momentum_buffer"}},
	"NAdam":      slices.Concat(torchMoments[:2], []origin{{ours: "product", theirs: "mu_product"}}),
	"RAdam":      torchMoments[:2],
	"RMSprop":    {{ours: "v", theirs: "square_avg"}, {ours: "mean", theirs: "grad_avg"}, {ours: "step_mean", theirs: "momentum_buffer", unless: "momentum"}},
	"Rprop":      {{ours: "before", theirs: "prev"}, {ours: "size", theirs: "step_size"}},
	"SGD":        {{ours: "v", theirs: "momentum_buffer", unless: "momentum"}, {ours: "began", theirs: "momentum_buffer", unless: "momentum", value: isThere}},
	"SparseAdam": torchMoments[:2],
}

var torchMoments = []origin{{ours: "m", theirs: "exp_avg"}, {ours: "v", theirs: "exp_avg_sq"}, {ours: "top", theirs: "max_exp_avg_sq"}}

// isThere stands for a state that is there.
func isThere(array) array { return oneNumber(1) }

func torchOrigins(optimizer, _ string) []origin { return torchStates[optimizer] }
