package optim

// NovoGrad divides the gradient by its norm, averaged, one number for each
// parameter, and then keeps momentum: half of Adam's memory.
//
// Ginsburg et al., "Stochastic Gradient Methods with Layer-wise Adaptive
// Moments for Training of Deep Networks", 2019, Algorithm 1.
var NovoGrad = rule("novograd", `
	# Divides the gradient by its averaged norm, one number for each parameter, then keeps momentum: half of Adam's memory.
	# Paper: Ginsburg et al., "Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep Networks",
	# arXiv 1905.11286, 2019, Algorithm 1.
	# Elsewhere: Optax's beta1 is 0.9, its beta2 0.25, its eps 1e-6.
	hyper lr = 0.01 [0,inf), beta1 = 0.95 [0,1), beta2 = 0.98 [0,1), eps = 1e-8 (0,inf), wd = 0 [0,inf)
	state m
	scalar v

	size = dot(g, g)
	v = where(t == 1, size, beta2*v + (1-beta2)*size)
	m = beta1*m + g/(sqrt(v) + eps) + wd*w
	w = w - lr*m
`)
