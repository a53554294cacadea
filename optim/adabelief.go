package optim

// AdaBelief is Adam with the square of what the gradient differs from its
// average by: it strides where gradients are as expected.
//
// Zhuang et al., "AdaBelief Optimizer: Adapting Stepsizes by the Belief in
// Observed Gradients", NeurIPS 2020, Algorithm 2. eps is added twice, to the
// average and to the root.
var AdaBelief = rule("adabelief", `
	# Adam with the squared surprise, gradient less its average, in place of the square: strides where gradients are as expected.
	# Paper: Zhuang et al., "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", NeurIPS 2020, Algorithm 2.
	# Elsewhere: Optax has two eps, both 1e-16. MXNet 2 adds eps to the uncorrected root.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, s

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	s = beta2*s + (1-beta2)*(g - m)^2 + eps
	w = w - lr * (m/(1-beta1^t)) / (sqrt(s/(1-beta2^t)) + eps)
`)
