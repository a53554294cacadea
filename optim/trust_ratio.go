package optim

// TrustRatio is a link behind a rule: it stretches the step of every parameter
// to lr times the norm of its weights. adam+decay+trust-ratio is LAMB. Where a
// norm is 0 the step stays as it is.
//
// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76
// minutes", ICLR 2020, Algorithms 1 and 2.
var TrustRatio = rule("trust-ratio", `
	# Link: stretches each parameter's step to lr times the norm of its weights; adam+decay+trust-ratio is lamb.
	# Paper: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020, Algorithms 1 and 2.
	hyper lr = 0.001 [0,inf)

	size = norm(w + step)
	step = step * where((size > 0)*(norm(step) > 0), lr*size/norm(step), 1)
`)
