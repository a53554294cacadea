package optim

// LARS is SGD with momentum in which every parameter has its own rate, by the
// ratio of the norms of weights and gradient. Made for large batches.
//
// You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks",
// 2017, Algorithm 1; trust is its coefficient eta, beta its wd. Where a norm is
// 0 the ratio is 1, so that weights that start at 0 can move.
var LARS = rule("lars", `
	# SGD with momentum and a rate for each parameter, by the ratio of the norms of weights and gradient: for large batches.
	# Paper: You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks", arXiv 1708.03888, 2017, Algorithm 1.
	# Elsewhere: Optax divides by the norm of the sum g + wd*w, the paper by the sum of the norms; MXNet adds an eps to it.
	# The ratio is 1 where a norm is 0, on which the paper is silent. pytorch_optimizer leaves vectors alone.
	hyper lr = 1 [0,inf), momentum = 0.9 [0,1), wd = 0 [0,inf), trust = 0.001 [0,inf)
	state v

	ratio = where((norm(w) > 0)*(norm(g) > 0), trust*norm(w)/(norm(g) + wd*norm(w)), 1)
	v = momentum*v + lr*ratio*(g + wd*w)
	w = w - v
`)
