package optim

// Yogi is Adam whose average of squares follows them by their sign and at
// most by (1-beta2)*g^2 a step, so that it forgets slowly.
//
// Zaheer, Reddi, Sachan, Kale & Kumar, "Adaptive Methods for Nonconvex
// Optimization", NeurIPS 2018, Algorithm 2, with the lr and eps it recommends.
var Yogi = rule("yogi", `
	# Adam whose average of squares moves by a part of the newest square, whatever the distance: it forgets slowly.
	# Paper: Zaheer, Reddi, Sachan, Kale & Kumar, "Adaptive Methods for Nonconvex Optimization", NeurIPS 2018, Algorithm 2.
	# Elsewhere: Optax starts both averages at 1e-6 and corrects them for having started at zero.
	hyper lr = 0.01 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 0.001 [0,inf), wd = 0 [0,inf)
	state m, v

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = v - (1-beta2)*sign(v - g^2)*g^2
	w = w - lr*m/(sqrt(v) + eps)
`)
