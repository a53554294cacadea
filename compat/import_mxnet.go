package compat

import (
	"slices"
	"strings"
)

// mxnetAttribute begins the names of what MXNet keeps in the optimizer itself,
// which the file has where that was saved with the states.
const mxnetAttribute = "optimizer."

var mxnetCounts = []origin{{ours: "t", theirs: mxnetAttribute + "index_update_count"}}

// mxnetStates has the states of MXNet's optimizers in the order of their tuples,
// then what is kept in the optimizer itself.
var mxnetStates = map[string][]origin{
	"AdaBelief":    {{ours: "m", theirs: "mean"}, {ours: "s", theirs: "var"}},
	"AdaDelta":     {{ours: "v", theirs: "acc_g"}, {ours: "u", theirs: "acc_delta"}},
	"AdaGrad":      {{ours: "h", theirs: "history"}},
	"Adam":         mxnetMeans,
	"AdamW":        mxnetMeans,
	"Adamax":       {{ours: "m", theirs: "mean"}, {ours: "u", theirs: "var"}},
	"DCASGD":       {{ours: "v", theirs: "momentum", unless: "momentum"}, {ours: "previous", theirs: "previous_weight"}},
	"FTML":         {{ours: "d", theirs: "d"}, {ours: "v", theirs: "v"}, {ours: "z", theirs: "z"}},
	"Ftrl":         {{ours: "z", theirs: "z"}, {ours: "n", theirs: "n"}},
	"GroupAdaGrad": {{ours: "h", theirs: "history"}},
	"LAMB":         mxnetMeans,
	"LANS":         mxnetMeans,
	"LARS":         slices.Concat(mxnetVelocity, []origin{{ours: "last", theirs: mxnetAttribute + "cur_lr", optional: true}, {ours: "ratio", optional: true}}),
	"LBSGD":        slices.Concat(mxnetVelocity, []origin{{ours: "sum", theirs: mxnetAttribute + "cum_grad", optional: true}, {ours: "last", optional: true}}),
	"NAG":          mxnetVelocity,
	"Nadam":        slices.Concat(mxnetMeans, []origin{{ours: "product", theirs: mxnetAttribute + "m_schedule", optional: true}, {ours: "updates", theirs: mxnetAttribute + "updates", optional: true}}),
	"RMSProp":      {{ours: "n", theirs: "n"}, {ours: "b", theirs: "g"}, {ours: "d", theirs: "delta"}},
	"SGD":          mxnetVelocity,
	"SGLD":         nil,
	"Signum":       {{ours: "m", theirs: "momentum", unless: "momentum", value: turnedRound}},
	"Test":         {{theirs: "weight"}},
	"ccSGD":        mxnetVelocity,
}

var (
	mxnetMeans    = []origin{{ours: "m", theirs: "mean"}, {ours: "v", theirs: "var"}}
	mxnetVelocity = []origin{{ours: "v", theirs: "momentum", unless: "momentum"}}
)

// turnedRound is a state that MXNet adds where descent subtracts.
func turnedRound(a array) array { return a.each(func(v float64) float64 { return -v }) }

// mxnet2Centered is the order of RMSProp's tuples in MXNet 2 where it is centered.
var mxnet2Centered = []origin{{ours: "b", theirs: "mean"}, {ours: "n", theirs: "var"}, {ours: "d", theirs: "mom"}}

func mxnet2Origins(optimizer, link string) []origin {
	if link == "rmsprop-mxnet-centered" {
		return mxnet2Centered
	}
	return mxnetOrigins(optimizer, link)
}

// mxnetOrigins takes the name in any letter case.
func mxnetOrigins(optimizer, _ string) []origin {
	for name, origins := range mxnetStates {
		if strings.EqualFold(name, optimizer) {
			return origins
		}
	}
	return nil
}

// mxnetMasterLast reports whether the float32 copy of weights follows the state.
func mxnetMasterLast(optimizer string) bool {
	return slices.Contains([]string{"ccsgd", "lars", "nag", "sgd"}, strings.ToLower(optimizer))
}

func mxnet2MasterLast(string) bool { return false }
