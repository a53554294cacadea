package optim

// AdEMAMix is Adam with a second, much slower average of gradients added to
// the first. Over the first warmup steps its weight alpha grows from 0 and its
// beta from beta1 to beta3, evenly in the half-life; 0 steps is no warm-up.
//
// Pagliardini, Ablin & Grangier, "The AdEMAMix Optimizer: Better, Faster,
// Older", ICLR 2025, Algorithm 1, with the schedules of its section 3, of which
// beta_start is beta1.
var AdEMAMix = rule("ademamix", `
	# Adam with a second, much slower average of gradients added to the first.
	# Paper: Pagliardini, Ablin & Grangier, "The AdEMAMix Optimizer: Better, Faster, Older", ICLR 2025, Algorithm 1.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), beta3 = 0.9999 [0,1), alpha = 5 [0,inf), warmup = 0 [0,inf)
	hyper eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, slow, v

	part = where(t < warmup, t/warmup, 1)
	decay = where(t < warmup, min(exp(1/((1-part)/log(beta1) + part/log(beta3))), beta3), beta3)
	m = beta1*m + (1-beta1)*g
	slow = decay*slow + (1-decay)*g
	v = beta2*v + (1-beta2)*g^2
	w = w - lr * ((m/(1-beta1^t) + part*alpha*slow) / (sqrt(v/(1-beta2^t)) + eps) + wd*w)
`)
