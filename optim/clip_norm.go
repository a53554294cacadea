package optim

// ClipNorm is a link that limits the norm of the gradient over all parameters
// together.
//
// Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural
// networks", ICML 2013, Algorithm 1.
var ClipNorm = rule("clip-norm", `
	# Link: limits the norm of the gradient over all parameters together.
	# Paper: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, Algorithm 1.
	# Elsewhere: PyTorch divides by the norm plus 1e-6.
	hyper limit = 1 [0,inf]

	size = all.norm(g)
	g = g * where(size > limit, limit/size, 1)
`)
