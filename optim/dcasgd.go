package optim

// DCASGD is SGD for asynchronous workers: it corrects a gradient for the
// weights having moved since it was taken, by lambda*g^2 in place of the
// Hessian. Without delay it is SGD.
//
// Zheng et al., "Asynchronous Stochastic Gradient Descent with Delay
// Compensation", ICML 2017, Algorithm 2.
var DCASGD = rule("dcasgd", `
	# SGD for asynchronous workers: corrects a late gradient for how far the weights have moved since. Without delay it is sgd.
	# Paper: Zheng et al., "Asynchronous Stochastic Gradient Descent with Delay Compensation", ICML 2017, Algorithm 2.
	# Elsewhere: MXNet compares with the weights of the step before, whoever made it: dcasgd-mxnet. Its momentum fails; here it works.
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf), lambda = 0.04 [0,inf)
	state v

	v = momentum*v - lr*(g + wd*w + lambda*g^2*(w - seen))
	w = w + v
`)
