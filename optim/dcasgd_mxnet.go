package optim

// DCASGDMXNet is DCASGD as MXNet 1.9 computes it: it compares with the weights
// before the previous step, not with those at which the gradient was taken.
var DCASGDMXNet = rule("dcasgd-mxnet", `
	# DCASGD as MXNet 1.9 computes it: compares with the weights before the previous step.
	# Paper: after Zheng et al., "Asynchronous Stochastic Gradient Descent with Delay Compensation", ICML 2017.
	# Elsewhere: MXNet 1.9; the paper's own is dcasgd.
	hyper lr = 0.01 [0,inf), wd = 0 [0,inf), lambda = 0.04 [0,inf)
	state previous = w

	d = g + wd*w + lambda*g^2*(w - previous)
	previous = w
	w = w - lr*d
`)
