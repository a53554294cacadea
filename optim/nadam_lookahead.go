package optim

// NAdamLookahead is NAdam as an unfinished tutorial of MXNet draws it: Adam whose
// gradient is taken at w + beta1*v. Since v averages gradients, not steps,
// that point lies uphill, and where the curvature is larger than 1/beta1 v grows
// without end. It is kept for study; use NAdam.
var NAdamLookahead = rule("nadam-lookahead", `
	# Adam whose gradient is taken at w + beta1*v, literally; v averages gradients, so it looks uphill. For study: use nadam.
	# Paper: after Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, as an unfinished tutorial of MXNet draws it.
	# Elsewhere: nobody else computes this; where the curvature is above 1/beta1 it diverges. A lookahead that leads downhill would be w - lr*beta1*v/sqrt(s).
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state v, s

	ahead = w + beta1*v
	d = grad(ahead) + wd*ahead
	v = beta1*v + (1-beta1)*d
	s = beta2*s + (1-beta2)*d^2
	w = w - lr * (v/(1-beta1^t)) / (sqrt(s/(1-beta2^t)) + eps)
`)
