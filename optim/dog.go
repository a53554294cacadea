package optim

// DoG steps by the largest distance from the start so far over the root of
// the summed squares of gradients, over all parameters: it needs no learning
// rate. Average its weights, as with EMA.
//
// Ivgi, Hinder & Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic
// Step Size Schedule", ICML 2023, (1) and section 4.1.
var DoG = rule("dog", `
	# Steps by the distance from the start over the root of summed squared gradients: no learning rate.
	# Paper: Ivgi, Hinder & Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", ICML 2023, section 4.1.
	hyper lr = 1 [0,inf), d0 = 1e-6 (0,inf), eps = 1e-8 (0,inf), wd = 0 [0,inf)
	state start = w
	global scalar far, squares

	g = g + wd*w
	far = max(max(far, d0*(1 + all.norm(start))), all.norm(w - start))
	squares = squares + all.dot(g, g)
	w = w - lr*far/sqrt(squares + eps)*g
`)
