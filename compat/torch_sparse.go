package compat

// torchSparseAdam is Adam for row-sparse gradients: rows that a gradient does
// not name rest.
func torchSparseAdam(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.001, positive)
	beta1, beta2 := o.pair("betas", 0.9, 0.999, fraction)
	o.settings = append(o.settings, setting{"beta1", beta1}, setting{"beta2", beta2})
	o.set("eps", "eps", 1e-8, positive)
	m := o.form(torchSparseAdamForm)
	m.settings = append(m.settings, setting{"lazy", laziness(true)})
	return m
}

var torchSparseAdamForm = newTorchForm("sparse-adam-torch", `
	# Adam as torch.optim.SparseAdam has it: eps is added to the root of what is not corrected.
	# Paper: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, end of section 2.
	hyper lr = 0.001 (0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 (0,inf)
	state m, v

	m = m + (1-beta1)*(g - m)
	v = v + (1-beta2)*(g^2 - v)
	w = w - lr*sqrt(1-beta2^t)/(1-beta1^t)*m/(sqrt(v) + eps)
`)
