package optim

// RMSProp divides by the root of a moving average of squared gradients.
//
// Tieleman & Hinton, Lecture 6.5 of "Neural Networks for Machine Learning",
// Coursera 2012.
var RMSProp = rule("rmsprop", `
	# Divides by the root of a moving average of squared gradients.
	# Paper: Tieleman & Hinton, Lecture 6.5, "Neural Networks for Machine Learning", Coursera 2012.
	# Elsewhere: eps is inside the root here and in MXNet 1.9; PyTorch adds it outside and averages with 0.99.
	hyper lr = 0.001 [0,inf), beta = 0.9 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state v

	g = g + wd*w
	v = beta*v + (1-beta)*g^2
	w = w - lr*g / sqrt(v + eps)
`)
