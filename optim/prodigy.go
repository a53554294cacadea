package optim

// Prodigy finds its learning rate: it is Adam with the rate d, an estimate of
// how far the weights have to go, which grows as gradients and the way behind
// agree. lr multiplies it and stays 1, or is scheduled.
//
// Mishchenko & Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free
// Learner", ICML 2024, Algorithm 4. A step uses the d of the steps before.
var Prodigy = rule("prodigy", `
	# Adam that finds its learning rate: it estimates how far the weights have to go. lr stays 1.
	# Paper: Mishchenko & Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", ICML 2024, Algorithm 4.
	# Elsewhere: Optax and pytorch_optimizer leave out the factor (1-sqrt(beta2)), which cancels. Optax corrects lr for
	# averages having started at zero and steps by the d just found.
	hyper lr = 1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), d0 = 1e-6 (0,inf), wd = 0 [0,inf)
	state m, v, s, start = w
	global scalar r, d = d0

	beta3 = sqrt(beta2)
	m = beta1*m + (1-beta1)*d*g
	v = beta2*v + (1-beta2)*d^2*g^2
	r = beta3*r + (1-beta3)*lr*d^2*all.dot(g, start - w)
	s = beta3*s + (1-beta3)*lr*d^2*g
	w = w - lr*d*(m/(sqrt(v) + d*eps) + wd*w)
	size = all.sum(abs(s))
	d = where(size > 0, max(d, r/size), d)
`)
