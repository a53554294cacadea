package compat

func torchAdagrad(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.01, notNegative)
	o.set("lr_decay", "lr_decay", 0, notNegative)
	o.set("wd", "weight_decay", 0, notNegative)
	o.set("start", "initial_accumulator_value", 0, notNegative)
	o.set("eps", "eps", 1e-10, notNegative)
	o.meaningless("foreach", "differentiable", "fused")
	return o.form(torchAdagradForm)
}

var torchAdagradForm = newTorchForm("adagrad-torch", `
	# AdaGrad as torch has it: eps beside the root, and a learning rate that can fall.
	# Paper: Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011.
	hyper lr = 0.01 [0,inf), lr_decay = 0 [0,inf), wd = 0 [0,inf), start = 0 [0,inf), eps = 1e-10 [0,inf)
	state h = start

	g = g + wd*w
	h = h + g^2
	w = w - lr/(1 + (t-1)*lr_decay)*g / (sqrt(h) + eps)
`)

func torchAdadelta(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 1, notNegative)
	o.set("rho", "rho", 0.9, unit)
	o.set("eps", "eps", 1e-6, notNegative)
	o.set("wd", "weight_decay", 0, notNegative)
	o.meaningless("foreach", "capturable", "differentiable")
	return o.form(torchAdadeltaForm)
}

var torchAdadeltaForm = newTorchForm("adadelta-torch", `
	# AdaDelta as torch has it: with a learning rate.
	# Paper: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", arXiv 1212.5701, 2012.
	hyper lr = 1 [0,inf), rho = 0.9 [0,1], eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state v, u

	g = g + wd*w
	v = rho*v + (1-rho)*g^2
	d = sqrt(u + eps) / sqrt(v + eps) * g
	u = rho*u + (1-rho)*d^2
	w = w - lr*d
`)

func torchRMSprop(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.01, notNegative)
	o.set("alpha", "alpha", 0.99, notNegative)
	o.set("eps", "eps", 1e-8, notNegative)
	o.set("wd", "weight_decay", 0, notNegative)
	o.set("momentum", "momentum", 0, notNegative)
	o.meaningless("capturable", "foreach", "differentiable")
	form := torchRMSpropForm
	if o.flag("centered", false) {
		form = torchRMSpropCenteredForm
	}
	return o.form(form)
}

var torchRMSpropForm = newTorchForm("rmsprop-torch", `
	# RMSProp as torch has it: eps beside the root, and momentum.
	# Paper: Tieleman & Hinton, Lecture 6.5, "Neural Networks for Machine Learning", Coursera 2012.
	hyper lr = 0.01 [0,inf), alpha = 0.99 [0,inf), eps = 1e-8 [0,inf), wd = 0 [0,inf), momentum = 0 [0,inf)
	state v, step_mean

	g = g + wd*w
	v = alpha*v + (1-alpha)*g^2
	d = g/(sqrt(v) + eps)
	on = momentum != 0
	step_mean = where(on, momentum*step_mean + d, step_mean)
	w = w - lr*where(on, step_mean, d)
`)

var torchRMSpropCenteredForm = newTorchForm("rmsprop-centered-torch", `
	# Centered RMSProp as torch has it: eps beside the root, and momentum.
	# Paper: Graves, "Generating Sequences With Recurrent Neural Networks", arXiv 1308.0850, 2013, (38) to (45).
	# Elsewhere: where rounding makes the difference negative, torch's weight becomes NaN; here the root is 0 then.
	hyper lr = 0.01 [0,inf), alpha = 0.99 [0,inf), eps = 1e-8 [0,inf), wd = 0 [0,inf), momentum = 0 [0,inf)
	state v, mean, step_mean

	g = g + wd*w
	v = alpha*v + (1-alpha)*g^2
	mean = alpha*mean + (1-alpha)*g
	d = g/(sqrt(max(v - mean^2, 0)) + eps)
	on = momentum != 0
	step_mean = where(on, momentum*step_mean + d, step_mean)
	w = w - lr*where(on, step_mean, d)
`)
