package optim

// RMSPropCentered is RMSProp with the gradient's variance in place of its
// square, and momentum. A variance is never negative, but the difference it is
// computed from can be by rounding: it is cut at 0.
//
// Graves, "Generating Sequences With Recurrent Neural Networks", 2013, (38)-(41).
var RMSPropCentered = rule("rmsprop-centered", `
	# RMSProp with the gradient's variance in place of its square, and momentum.
	# Paper: Graves, "Generating Sequences With Recurrent Neural Networks", arXiv 1308.0850, 2013, (38)-(41).
	# Elsewhere: MXNet and Graves do not cut the variance at 0, so rounding can make the root NaN; PyTorch's momentum is 0 unless set.
	hyper lr = 0.001 [0,inf), beta = 0.9 [0,1), momentum = 0.9 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state n, m, v

	g = g + wd*w
	n = beta*n + (1-beta)*g^2
	m = beta*m + (1-beta)*g
	v = momentum*v - lr*g / sqrt(max(n - m^2, 0) + eps)
	w = w + v
`)
