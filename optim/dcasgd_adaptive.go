package optim

// DCASGDAdaptive is [DCASGD] with a lambda for each weight, which falls where
// gradients are large.
//
// Zheng et al., "Asynchronous Stochastic Gradient Descent with Delay
// Compensation", ICML 2017, section 5.
var DCASGDAdaptive = rule("dcasgd-adaptive", `
	# DCASGD whose correction is divided by the root of averaged squared gradients: one lambda suits all weights.
	# Paper: Zheng et al., "Asynchronous Stochastic Gradient Descent with Delay Compensation", ICML 2017, DC-ASGD-a.
	# Elsewhere: the paper has neither momentum nor weight decay. Microsoft's Multiverso keeps one average for each worker, with 1e-10 in place of eps.
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf), lambda = 2 [0,inf), m = 0.95 [0,1), eps = 1e-7 [0,inf)
	state meansquare, v

	meansquare = m*meansquare + (1-m)*g^2
	v = momentum*v - lr*(g + wd*w + lambda/sqrt(meansquare + eps)*g^2*(w - seen))
	w = w + v
`)
