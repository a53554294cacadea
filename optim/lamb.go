package optim

// LAMB gives every parameter its own rate: Adam's step is stretched to the norm
// of the weights. Made for large batches.
//
// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76
// minutes", ICLR 2020, Algorithm 2, with phi the identity. Where a norm is 0
// the paper's ratio is 0 or 0/0 and weights that start at 0 could never move;
// the ratio is 1 there, as in every implementation.
var LAMB = rule("lamb", `
	# Adam's step stretched to the norm of each parameter's weights: for large batches.
	# Paper: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020, Algorithm 2.
	# Elsewhere: Optax is as here; the ratio is 1 where a norm is 0, on which the paper is silent. MXNet can keep the weights' norm
	# within bounds (the paper's phi). pytorch_optimizer shrinks the weights beside the step and cuts their norm at 10.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state m, v

	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	u = (m/(1-beta1^t)) / (sqrt(v/(1-beta2^t)) + eps) + wd*w
	ratio = where((norm(w) > 0)*(norm(u) > 0), norm(w)/norm(u), 1)
	w = w - lr*ratio*u
`)
