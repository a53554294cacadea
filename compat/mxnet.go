package compat

import (
	"maps"
	"slices"
	"strings"
)

// mxnetClass is an optimizer class of MXNet, or one of its operators.
type mxnetClass struct {
	name  string // as MXNet writes it
	lr    float64
	make  func(*mxnetOptions)
	loops bool // dense gradients go through Python's loops, not an operator
	keeps bool // a scheduler keeps its base_lr unless learning_rate is given
	two   bool // of MXNet 2
	op    bool // an operator, which has options of its own
	both  bool // takes use_fused_step and ignores it for dense gradients
}

// mxnetClasses are MXNet 1.9.1's.
var mxnetClasses = mxnetTable([]mxnetClass{
	{name: "AdaDelta", make: mxnetMakeAdaDelta, loops: true, keeps: true},
	{name: "AdaGrad", lr: 0.01, make: mxnetMakeAdaGrad, loops: true, keeps: true},
	{name: "Adam", lr: 0.001, make: mxnetMakeAdam},
	{name: "Adamax", lr: 0.002, make: mxnetMakeAdamax, loops: true},
	{name: "DCASGD", lr: 0.01, make: mxnetMakeDCASGD, loops: true, keeps: true},
	{name: "FTML", lr: 0.01, make: mxnetMakeFTML, keeps: true},
	{name: "Ftrl", lr: 0.1, make: mxnetMakeFtrl, keeps: true},
	{name: "GroupAdaGrad", lr: 0.01, make: mxnetMakeGroupAdaGrad, loops: true, keeps: true},
	{name: "LAMB", lr: 0.001, make: mxnetMakeLAMB},
	{name: "LARS", lr: 0.01, make: mxnetMakeLARS, keeps: true},
	{name: "LBSGD", lr: 0.01, make: mxnetMakeLBSGD, keeps: true},
	{name: "NAG", lr: 0.01, make: mxnetMakeNAG, keeps: true},
	{name: "Nadam", lr: 0.001, make: mxnetMakeNadam, loops: true},
	{name: "RMSProp", lr: 0.001, make: mxnetMakeRMSProp},
	{name: "SGD", lr: 0.01, make: mxnetMakeSGD, keeps: true},
	{name: "SGLD", lr: 0.01, make: mxnetMakeSGLD, loops: true, keeps: true},
	{name: "Signum", lr: 0.01, make: mxnetMakeSignum},
	{name: "Test", make: mxnetMakeTest, loops: true, keeps: true},
	{name: "ccSGD", lr: 0.01, make: mxnetMakeSGD, keeps: true},
	{name: "contrib.adamw_update", make: mxnetMakeAdamWOp, op: true},
	{name: "contrib.mp_adamw_update", make: mxnetMakeAdamWOp, op: true},
	{name: "contrib.multi_adamw_update", make: mxnetMakeAdamWMultiOp, op: true},
	{name: "contrib.multi_mp_adamw_update", make: mxnetMakeAdamWMultiOp, op: true},
})

// mxnet2Classes are MXNet 2.0.0b1's.
var mxnet2Classes = mxnetTable([]mxnetClass{
	{name: "AdaBelief", lr: 0.001, make: mxnetMakeAdaBelief, two: true},
	{name: "AdaDelta", lr: 1, make: mxnetMakeAdaDelta, loops: true, two: true},
	{name: "AdaGrad", lr: 0.01, make: mxnetMakeAdaGrad, loops: true, two: true, both: true},
	{name: "Adam", lr: 0.001, make: mxnetMakeAdam, two: true},
	{name: "AdamW", lr: 0.001, make: mxnetMakeAdamW, two: true},
	{name: "Adamax", lr: 0.002, make: mxnetMakeAdamax, loops: true, two: true},
	{name: "DCASGD", lr: 0.1, make: mxnetMakeDCASGD, loops: true, two: true},
	{name: "FTML", lr: 0.0025, make: mxnetMakeFTML, two: true},
	{name: "Ftrl", lr: 0.1, make: mxnetMakeFtrl, two: true},
	{name: "GroupAdaGrad", lr: 0.01, make: mxnetMakeGroupAdaGrad, loops: true, two: true, both: true},
	{name: "LAMB", lr: 0.001, make: mxnetMakeLAMB, two: true},
	{name: "LANS", lr: 0.001, make: mxnetMakeLANS, two: true},
	{name: "LARS", lr: 0.1, make: mxnetMakeLARS, loops: true, two: true, both: true},
	{name: "NAG", lr: 0.1, make: mxnetMakeNAG, two: true},
	{name: "Nadam", lr: 0.001, make: mxnetMakeNadam, loops: true, two: true},
	{name: "RMSProp", lr: 0.001, make: mxnetMakeRMSProp, two: true},
	{name: "SGD", lr: 0.1, make: mxnetMakeSGD, two: true},
	{name: "SGLD", lr: 0.1, make: mxnetMakeSGLD, loops: true, two: true},
	{name: "Signum", lr: 0.01, make: mxnetMakeSignum, two: true},
	{name: "Test", lr: 0.01, make: mxnetMakeTest, loops: true, keeps: true, two: true},
	{name: "contrib.adamw_update", make: mxnetMakeAdamWOp, op: true},
	{name: "contrib.mp_adamw_update", make: mxnetMakeAdamWOp, op: true},
	{name: "contrib.multi_adamw_update", make: mxnetMakeAdamWMultiOp, op: true},
	{name: "contrib.multi_mp_adamw_update", make: mxnetMakeAdamWMultiOp, op: true},
})

// mxnetTable makes a table by name in small letters, as MXNet's registry has it.
func mxnetTable(classes []mxnetClass) map[string]*mxnetClass {
	table := map[string]*mxnetClass{}
	for i := range classes {
		table[strings.ToLower(classes[i].name)] = &classes[i]
	}
	return table
}

// mxnetPeer is a version of MXNet.
func mxnetPeer(classes map[string]*mxnetClass) peer {
	return peer{
		optimizers: func() []string {
			var names []string
			for c := range maps.Values(classes) {
				names = append(names, c.name)
			}
			slices.Sort(names)
			return names
		},
		find: func(name string) (maker, bool) {
			c, ok := classes[strings.ToLower(name)]
			return maker{make: c.build, own: c.own}, ok
		},
		masters: true,
	}
}

func (c *mxnetClass) build(options map[string]any) (made, error) {
	o := newMXNetOptions(c, options)
	if _, err := mxnetNames(options); err != nil {
		return made{}, err
	}
	c.make(o)
	return o.made, o.done()
}

// own gives the options that parameters have by their name or their place.
// Names are those of all parameters in order; without them those of
// param_idx2name are.
func (c *mxnetClass) own(options map[string]any, names []string) map[string]map[string]any {
	index, err := mxnetNames(options)
	if err != nil {
		return nil // build says so
	}
	if names == nil {
		names = slices.SortedFunc(maps.Keys(index), func(a, b string) int { return index[a] - index[b] })
	}
	out := map[string]map[string]any{}
	for place, name := range names {
		own := map[string]any{}
		if _, named := index[name]; named {
			c.byName(name, own)
		}
		c.byPlace(place, options, own)
		if len(own) > 0 {
			out[name] = own
		}
	}
	return out
}

// byName has MXNet's rules for names that end in weight, gamma, beta or bias.
func (c *mxnetClass) byName(name string, own map[string]any) {
	ends := func(with ...string) bool {
		return slices.ContainsFunc(with, func(end string) bool { return strings.HasSuffix(name, end) })
	}
	isLARS := c.name == "LARS"
	if !c.two && !ends("_weight") && (isLARS || !ends("_gamma")) {
		own["wd_mult"] = 0.0
	}
	if isLARS && ends("gamma", "beta", "bias") {
		own["lars_skip"] = true
	}
}

// byPlace has two defects of MXNet 1.9: LBSGD reads the learning rate of its
// first parameter before it counts the step, and LARS corrects the momentum in
// the first call of a step only, which takes up to four parameters.
func (c *mxnetClass) byPlace(place int, options, own map[string]any) {
	call := 4
	if options["updater_call"] == "single" {
		call = 1
	}
	switch {
	case c.two:
	case c.name == "LARS" && place >= call:
		own["momentum_correction"] = false
	case c.name == "LBSGD" && place == 0 && options["lr_scheduler"] != nil:
		own["lag"] = true
	}
}
