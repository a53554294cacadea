package optim

// MADGRAD sums gradients and their squares from the start, weighed by the root
// of the step, and moves towards the start less one over the cube root of the
// other.
//
// Defazio & Jelassi, "Adaptivity without Compromise: A Momentumized, Adaptive,
// Dual Averaged Gradient Method for Stochastic Optimization", JMLR 2022,
// Algorithm 1, where momentum is 1-c.
var MADGRAD = rule("madgrad", `
	# Dual averaging with the cube root of summed squares, and momentum.
	# Paper: Defazio & Jelassi, "Adaptivity without Compromise: A Momentumized, Adaptive, Dual Averaged Gradient Method for Stochastic Optimization", JMLR 2022, Algorithm 1.
	# Elsewhere: Optax and the paper's own code add eps to the learning rate too.
	hyper lr = 0.01 [0,inf), momentum = 0.9 [0,1), eps = 1e-6 (0,inf), wd = 0 [0,inf)
	state start = w, s, v

	g = g + wd*w
	rate = lr*sqrt(t)
	s = s + rate*g
	v = v + rate*g^2
	z = start - s/(v^(1/3) + eps)
	w = w - (1-momentum)*(w - z)
`)
