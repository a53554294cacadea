package optim

// AdaGrad divides by the root of the sum of all squared gradients, so that
// rare features keep a large rate.
//
// Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and
// Stochastic Optimization", JMLR 2011.
var AdaGrad = rule("adagrad", `
	# Divides by the root of the sum of all squared gradients: rare features keep a large rate.
	# Paper: Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011.
	# Elsewhere: eps is inside the root here, in MXNet 1.9, Keras and Optax; PyTorch and MXNet 2 add it outside. Keras and Optax start
	# the sum at 0.1. MXNet 1.9 applies wd beside the step, as lr*wd*w.
	hyper lr = 0.01 [0,inf), eps = 1e-7 [0,inf), wd = 0 [0,inf)
	state h

	g = g + wd*w
	h = h + g^2
	w = w - lr*g / sqrt(h + eps)
`)
