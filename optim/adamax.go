package optim

// AdaMax is Adam with the infinity norm: the largest recent gradient in place
// of the root of averaged squares.
//
// Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 2.
var AdaMax = rule("adamax", `
	# Adam with the infinity norm: the largest recent gradient in place of the root of averaged squares.
	# Paper: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 2.
	# Elsewhere: the paper and MXNet 1.9 have no eps, so a weight whose gradient has always been 0 becomes NaN;
	# PyTorch adds eps inside the maximum.
	hyper lr = 0.002 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, u

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	u = max(beta2*u, abs(g))
	w = w - lr/(1-beta1^t) * m / (u + eps)
`)
