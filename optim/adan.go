package optim

// Adan adds to Adam the average of how gradients change, which is Nesterov's
// look ahead without a gradient of its own.
//
// Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing
// Deep Models", 2022, Algorithm 1 without its restarts, started as it says:
// m = g, n = g^2, and the first change is v. Its betas are 1 less those here,
// which are what the published code and other rules call so.
var Adan = rule("adan", `
	# Adam with the average of how gradients change added: Nesterov's look ahead without another gradient.
	# Paper: Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models", arXiv 2208.06677, 2022, Algorithm 1.
	# Elsewhere: the paper's betas are 1 less these. Optax starts all averages at zero and corrects them for it; it multiplies the change
	# by 1-beta2 where the paper has what is beta2 here, and adds eps inside the root too.
	hyper lr = 0.001 [0,inf), beta1 = 0.98 [0,1), beta2 = 0.92 [0,1), beta3 = 0.99 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v, n, before

	change = where(t == 1, 0, g - before)
	before = g
	m = where(t == 1, g, beta1*m + (1-beta1)*g)
	v = where(t <= 2, change, beta2*v + (1-beta2)*change)
	n = where(t == 1, g^2, beta3*n + (1-beta3)*(g + beta2*change)^2)
	w = (w - lr*(m + beta2*v)/(sqrt(n) + eps)) / (1 + lr*wd)
`)
