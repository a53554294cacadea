package optim

// QHAdam is Adam that steps by a mixture of the newest gradient and its
// average: nu1 is the part of the average, nu2 that of the squares'.
//
// Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR
// 2019, section 4, with the nu1, nu2 and beta1 that it recommends.
var QHAdam = rule("qhadam", `
	# Adam that steps by a mixture of the newest gradient and its average.
	# Paper: Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, section 4.
	# Elsewhere: pytorch_optimizer's nu1 is 1 unless set, which is Adam.
	hyper lr = 0.001 [0,inf), beta1 = 0.995 [0,1), beta2 = 0.999 [0,1), nu1 = 0.7 [0,1], nu2 = 1 [0,1]
	hyper eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	mean = (1-nu1)*g + nu1*m/(1-beta1^t)
	square = (1-nu2)*g^2 + nu2*v/(1-beta2^t)
	w = w - lr*mean/(sqrt(square) + eps)
`)
