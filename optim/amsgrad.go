package optim

// AMSGrad is Adam that divides by the largest average of squares so far: its
// rates never grow, which Adam's proof of convergence needs.
//
// Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018,
// Algorithm 2. eps keeps a weight whose gradient has always been 0 finite.
var AMSGrad = rule("amsgrad", `
	# Adam that divides by the largest average of squares so far: its rates never grow.
	# Paper: Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, Algorithm 2.
	# Elsewhere: the paper has no eps, so a weight whose gradient has always been 0 becomes NaN. PyTorch corrects both averages for having
	# started at zero, which the paper does not.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v, top

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	top = max(top, v)
	w = w - lr*m/(sqrt(top) + eps)
`)
