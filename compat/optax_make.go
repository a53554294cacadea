package compat

func optaxSGD(r *reader) made {
	c := &optaxChain{reader: r}
	c.trace(c.maybe("momentum"), c.dtype("accumulator_dtype"))
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

// maybe reads a number that may be null and is then 0.
func (c *optaxChain) maybe(option string) float64 {
	v, _ := c.optional(option)
	return v
}

// trace adds momentum kept in a type, Nesterov's if that option is set.
func (c *optaxChain) trace(momentum float64, dtype string) {
	link := optaxTrace
	if c.flag("nesterov", false) {
		link = optaxTraceNesterov
	}
	c.then(optaxKept(link, "v", dtype), setting{"momentum", momentum})
}

func optaxRMSProp(r *reader) made {
	c := &optaxChain{reader: r}
	choice := rmsChoice{
		centered:  c.flag("centered", false),
		outside:   !c.flag("eps_in_sqrt", true),
		corrected: c.flag("bias_correction", false),
	}
	c.then(scaleByRMS[choice], c.set("decay", "decay", 0.9), c.set("eps", "eps", 1e-8), c.set("start", "initial_scale", 0))
	c.then(scaleByLearningRate, c.lr())
	c.trace(c.maybe("momentum"), "")
	return c.made()
}

func optaxAdagrad(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByRSS, c.set("start", "initial_accumulator_value", 0.1), c.set("eps", "eps", 1e-7))
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

// optaxAdadelta without a learning rate goes uphill, as optax's does: there
// the learning rate is what turns the sign.
func optaxAdadelta(r *reader) made {
	c := &optaxChain{reader: r}
	c.decay("weight_decay", 0, "weight_decay_mask")
	c.then(scaleByAdadelta, c.set("rho", "rho", 0.9), c.set("eps", "eps", 1e-6))
	lr, ok := c.optional("learning_rate")
	if !ok {
		lr = -1
	}
	c.then(scaleByLearningRate, setting{"lr", lr})
	return c.made()
}

func optaxLars(r *reader) made {
	c := &optaxChain{reader: r}
	c.decay("weight_decay", 0, "weight_decay_mask")
	trust, eps := c.set("trust", "trust_coefficient", 0.001), c.set("eps", "eps", 0)
	if c.mask("trust_ratio_mask", "scale-by-trust-ratio.on") {
		c.then(scaleByTrustRatio, trust, eps)
	}
	c.then(scaleByLearningRate, c.lr())
	c.trace(c.number("momentum", 0.9), "")
	return c.made()
}

func optaxFromage(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByTrustRatio, c.set("min_norm", "min_norm", 1e-6))
	c.then(fromageShrink, c.lr())
	return c.made()
}

func optaxLion(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(optaxKept(scaleByLion, "m", c.dtype("mu_dtype")), c.set("beta1", "b1", 0.9), c.set("beta2", "b2", 0.99))
	c.decay("weight_decay", 1e-3, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxSignSGD(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleBySign)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxSignum(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(optaxKept(optaxEMA, "m", c.dtype("accumulator_dtype")), c.set("beta", "beta", 0.9))
	c.then(scaleBySign)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxRprop(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByRprop, c.lr(), c.set("eta_minus", "eta_minus", 0.5), c.set("eta_plus", "eta_plus", 1.2),
		c.set("min_size", "min_step_size", 1e-6), c.set("max_size", "max_step_size", 50))
	return c.made()
}

func optaxNovograd(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByNovograd, c.set("beta1", "b1", 0.9), c.set("beta2", "b2", 0.25), c.set("eps", "eps", 1e-6),
		c.set("eps_root", "eps_root", 0), c.set("wd", "weight_decay", 0))
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxOptimisticGradientDescent(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByOptimisticGradient, c.set("alpha", "alpha", 1), c.set("beta", "beta", 1))
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}
