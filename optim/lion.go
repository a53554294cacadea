package optim

// Lion steps by the sign of an interpolation of gradient and momentum: one
// state, and every weight moves by lr. Found by a program search.
//
// Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, Algorithm 2.
var Lion = rule("lion", `
	# Steps by the sign of gradient and momentum interpolated: one state, every weight moves by lr.
	# Paper: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, Algorithm 2.
	hyper lr = 1e-4 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.99 [0,1), wd = 0 [0,inf)
	state m

	w = w - lr*(sign(beta1*m + (1-beta1)*g) + wd*w)
	m = beta2*m + (1-beta2)*g
`)
