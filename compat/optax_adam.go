package compat

func optaxAdam(r *reader) made  { return adamOf(r, false) }
func optaxNadam(r *reader) made { return adamOf(r, true) }

func adamOf(r *reader, nesterov bool) made {
	c := &optaxChain{reader: r}
	c.adam(1e-8, nesterov)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdamw(r *reader) made  { return adamwOf(r, false) }
func optaxNadamw(r *reader) made { return adamwOf(r, true) }

func adamwOf(r *reader, nesterov bool) made {
	c := &optaxChain{reader: r}
	c.adam(1e-8, nesterov)
	c.decay("weight_decay", 1e-4, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

// adam adds Adam with the options that most of its relatives have.
func (c *optaxChain) adam(eps float64, nesterov bool) {
	c.then(optaxKept(scaleByAdam[c.flag("nesterov", nesterov)], "m", c.dtype("mu_dtype")), c.moments(eps)...)
}

// moments reads the options of means of gradients and of squares.
func (c *optaxChain) moments(eps float64) []setting {
	return append(c.betas(), c.set("eps", "eps", eps), c.set("eps_root", "eps_root", 0))
}

func (c *optaxChain) betas() []setting {
	return []setting{c.set("beta1", "b1", 0.9), c.set("beta2", "b2", 0.999)}
}

func optaxLamb(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByAdam[false], c.moments(1e-6)...)
	c.decay("weight_decay", 0, "mask")
	c.then(scaleByTrustRatio)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdabelief(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByBelief[c.flag("nesterov", false)], append(c.betas(), c.set("eps", "eps", 1e-16), c.set("eps_root", "eps_root", 1e-16))...)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxRAdam(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByRAdam[c.flag("nesterov", false)], append(c.moments(1e-8), c.set("threshold", "threshold", 5))...)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAMSGrad(r *reader) made {
	c := &optaxChain{reader: r}
	choice := amsgradChoice{c.flag("bias_correction_mu", true), c.flag("bias_correction_nu", true)}
	c.then(optaxKept(scaleByAMSGrad[choice], "m", c.dtype("mu_dtype")), c.moments(1e-8)...)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdamax(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByAdamax, append(c.betas(), c.set("eps", "eps", 1e-8))...)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdamaxw(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByAdamax, append(c.betas(), c.set("eps", "eps", 1e-8))...)
	c.decay("weight_decay", 1e-4, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxYogi(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByYogi, append(c.betas(), c.set("eps", "eps", 1e-3))...)
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdan(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByAdan, c.set("beta1", "b1", 0.98), c.set("beta2", "b2", 0.92), c.set("beta3", "b3", 0.99),
		c.set("eps", "eps", 1e-8), c.set("eps_root", "eps_root", 1e-8))
	c.decay("weight_decay", 0, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdemamix(r *reader) made {
	c := &optaxChain{reader: r}
	c.dtype("mu_dtype") // only of the zeros that the states start as
	c.then(scaleByAdemamix, append(c.moments(1e-8), c.set("beta3", "b3", 0.9999), c.set("alpha", "alpha", 5))...)
	c.decay("weight_decay", 0, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxSimplifiedAdemamix(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleBySimplifiedAdemamix, c.set("beta1", "b1", 0.99), c.set("beta2", "b2", 0.95), c.set("alpha", "alpha", 0),
		c.set("eps", "eps", 1e-8), c.set("eps_root", "eps_root", 0))
	c.decay("weight_decay", 0, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxACProp(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(scaleByACProp, append(c.betas(), c.set("eps", "eps", 1e-16), c.set("eps_root", "eps_root", 1e-16))...)
	c.decay("weight_decay", 0, "mask")
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

func optaxAdopt(r *reader) made {
	c := &optaxChain{reader: r}
	c.unsupported("clip_value_fn")
	choice := adoptChoice{nesterov: c.flag("nesterov", false), clipped: c.flag("use_clipping", true)}
	c.then(optaxKept(scaleByAdopt[choice], "m", c.dtype("mu_dtype")), c.set("beta1", "b1", 0.9), c.set("beta2", "b2", 0.9999), c.set("eps", "eps", 1e-6))
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}

// optaxOptimisticAdam has the learning rate where its successor has alpha.
func optaxOptimisticAdam(r *reader) made {
	c := &optaxChain{reader: r}
	c.adam(1e-8, true)
	lr := c.lr().value
	beta, ok := c.optional("optimism")
	if !ok {
		beta = lr.(float64)
	}
	c.then(scaleByOptimisticGradient, setting{"alpha", lr}, setting{"beta", beta})
	c.then(scaleByLearningRate, setting{"lr", 1.0})
	return c.made()
}

func optaxOptimisticAdamV2(r *reader) made {
	c := &optaxChain{reader: r}
	c.adam(1e-8, true)
	c.then(scaleByOptimisticGradient, c.set("alpha", "alpha", 1), c.set("beta", "beta", 1))
	c.then(scaleByLearningRate, c.lr())
	return c.made()
}
