package compat

func torchSGD(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.001, notNegative)
	momentum := o.set("momentum", "momentum", 0, notNegative)
	o.set("wd", "weight_decay", 0, notNegative)
	o.meaningless("foreach", "differentiable", "fused")
	if !o.flag("nesterov", false) {
		o.set("dampening", "dampening", 0)
		return o.form(torchSGDForm)
	}
	if momentum == 0 || o.number("dampening", 0) != 0 {
		o.fail("option nesterov: torch expects a momentum above 0 and no dampening with it")
	}
	return o.form(torchNesterovForm)
}

var torchSGDForm = newTorchForm("sgd-torch", `
	# SGD as torch has it: lr multiplies the velocity, which takes the first gradient whole and of later ones what dampening leaves.
	# Elsewhere: in sgd lr multiplies what enters the velocity, which is the same while lr stays.
	hyper lr = 0.001 [0,inf), momentum = 0 [0,inf), dampening = 0, wd = 0 [0,inf)
	state v
	scalar began

	g = g + wd*w
	on = momentum != 0
	v = where(on, momentum*v + (1 - dampening*began)*g, v)
	began = max(began, on)
	w = w - lr*where(on, v, g)
`)

var torchNesterovForm = newTorchForm("nesterov-torch", `
	# SGD with Nesterov's momentum as torch has it.
	# Paper: Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
	# Elsewhere: in nag-shifted lr multiplies what enters the velocity, which is the same while lr stays.
	hyper lr = 0.001 [0,inf), momentum = 0.9 [0,inf), wd = 0 [0,inf)
	state v

	g = g + wd*w
	v = momentum*v + g
	w = w - lr*(g + momentum*v)
`)

func torchASGD(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.01, notNegative)
	o.set("lambda", "lambd", 1e-4, notNegative)
	o.set("alpha", "alpha", 0.75, notNegative)
	o.set("t0", "t0", 1e6)
	o.set("wd", "weight_decay", 0, notNegative)
	o.meaningless("differentiable", "capturable")
	if o.on("foreach") {
		return o.form(torchASGDForeachForm)
	}
	return o.form(torchASGDForm)
}

var torchASGDForm = newTorchForm("asgd-torch", `
	# ASGD as torch has it: the rate is that of the step before, in float32 whatever the weights' type. The average begins after t0 steps.
	# Paper: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and Optimization 30, 1992.
	hyper lr = 0.01 [0,inf), lambda = 1e-4 [0,inf), alpha = 0.75 [0,inf), t0 = 1e6, wd = 0 [0,inf)
	state mean
	scalar eta

	g = g + wd*w
	eta = where(t == 1, lr, eta)
	x = eta*536870913         # to 24 of its 53 bits
	eta = x - (x - eta)
	w = w*(1 - lambda*eta) - eta*g
	n = max(1, t - 1 - t0)
	mean = where(n == 1, w, mean + (w - mean)/n)
	eta = lr/(1 + lambda*lr*t)^alpha
	eval average = mean
`)

func torchRprop(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.01, notNegative)
	down, up := o.pair("etas", 0.5, 1.2)
	if !(0 < down && down < 1 && 1 < up) {
		o.fail("option etas: expected one number between 0 and 1 and one above 1, found %v and %v", down, up)
	}
	least, most := o.pair("step_sizes", 1e-6, 50, notNegative)
	o.settings = append(o.settings, setting{"down", down}, setting{"up", up}, setting{"least", least}, setting{"most", most})
	o.meaningless("capturable", "foreach", "differentiable")
	return o.form(torchRpropForm)
}

var torchRpropForm = newTorchForm("rprop-torch", `
	# Rprop as torch has it: a weight whose gradient has turned stands still for a step.
	# Paper: Riedmiller & Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", ICNN 1993.
	hyper lr = 0.01 [0,inf), down = 0.5 (0,1), up = 1.2 (1,inf), least = 1e-6 [0,inf), most = 50 [0,inf)
	state before, size

	agree = g*before
	size = clip(where(t == 1, lr, size)*where(agree > 0, up, where(agree < 0, down, 1)), least, most)
	g = where(agree < 0, 0, g)
	before = g
	w = w - sign(g)*size
`)
