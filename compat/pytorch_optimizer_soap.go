package compat

import "github.com/descent-go/descent/optim"

// pytorchOptimizerSOAP is SOAP as its authors have it.
func pytorchOptimizerSOAP(options map[string]any) (made, error) {
	r := newReader(options)
	o := optim.SOAPOptions{
		MaxDim:       r.whole("max_precondition_dim", 10000, oneOrMore),
		Vectors:      r.flag("precondition_1d", false),
		Uncorrected:  !r.flag("correct_bias", true),
		Normalize:    r.flag("normalize_gradient", false),
		Merge:        r.flag("merge_dims", false),
		ChannelsLast: r.text("data_format", "channels_first", "channels_first", "channels_last") == "channels_last",
	}
	beta1, beta2 := r.pair("betas", 0.95, 0.95, fraction)
	shampoo, given := r.optional("shampoo_beta", unit)
	if !given {
		shampoo = -1
	}
	m := made{rule: optim.NewSOAP(o), settings: []setting{
		{"lr", r.number("lr", 3e-3, notNegative)}, {"beta1", beta1}, {"beta2", beta2}, {"shampoo_beta", shampoo},
		{"eps", r.number("eps", 1e-8, notNegative)}, {"wd", r.number("weight_decay", 0.01, notNegative)},
		{"frequency", float64(r.whole("precondition_frequency", 10, oneOrMore))},
	}}
	if r.flag("maximize", false) {
		uphill, err := optim.Parse("maximize-pytorch_optimizer", "g = -g")
		if err != nil {
			return made{}, err
		}
		m.rule = optim.Chain(uphill, m.rule)
	}
	return m, r.done()
}
