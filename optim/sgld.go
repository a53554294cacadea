package optim

// SGLD is stochastic gradient Langevin dynamics: gradient steps with noise of
// variance lr, whose weights are samples of the posterior where g is the
// gradient of the negative log posterior over all data.
//
// Welling & Teh, "Bayesian Learning via Stochastic Gradient Langevin
// Dynamics", ICML 2011, (4).
var SGLD = rule("sgld", `
	# Langevin dynamics: half a gradient step and noise of variance lr, so that the weights sample the posterior.
	# Paper: Welling & Teh, "Bayesian Learning via Stochastic Gradient Langevin Dynamics", ICML 2011, (4).
	# Elsewhere: as in MXNet. g must be the gradient of the sum over the data, not of the mean: see Rescale.
	hyper lr = 0.01 [0,inf), wd = 0 [0,inf)

	w = w - lr/2*(g + wd*w) + sqrt(lr)*normal()
`)
