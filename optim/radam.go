package optim

// RAdam is Adam without the need of a warm-up: while too few squares have been
// averaged to say how large gradients are, it steps by the mean gradient alone;
// then Adam's step is scaled by how much the average can be trusted.
//
// Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR
// 2020, Algorithm 2. eps keeps a weight whose gradient has always been 0 finite.
var RAdam = rule("radam", `
	# Adam that warms up by itself: early steps are scaled by how much the average of the squares can be trusted.
	# Paper: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020, Algorithm 2.
	# Elsewhere: the paper has no eps, so a weight whose gradient has always been 0 becomes NaN. PyTorch adds eps to the uncorrected
	# root and adapts where rho > 5, the paper where rho > 4.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	most = 2/(1-beta2) - 1
	rho = most - 2*t*beta2^t/(1-beta2^t)
	r = sqrt((rho-4)*(rho-2)*most / ((most-4)*(most-2)*rho))
	u = m/(1-beta1^t)
	w = w - lr * where(rho > 4, r*u/(sqrt(v/(1-beta2^t)) + eps), u)
`)
