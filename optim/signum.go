package optim

// Signum steps by the sign of the averaged gradient: every weight moves by lr.
//
// Bernstein, Wang, Azizzadenesheli & Anandkumar, "signSGD: Compressed
// Optimisation for Non-Convex Problems", ICML 2018, Algorithm 2.
var Signum = rule("signum", `
	# Steps by the sign of the averaged gradient: every weight moves by lr.
	# Paper: Bernstein, Wang, Azizzadenesheli & Anandkumar, "signSGD: Compressed Optimisation for Non-Convex Problems", ICML 2018, Algorithm 2.
	# Elsewhere: MXNet 1.9 without momentum ignores rescaling and clipping and decouples wd, a defect. wd_lh is Loshchilov & Hutter's decay.
	hyper lr = 0.01 [0,inf), momentum = 0.9 [0,1), wd = 0 [0,inf), wd_lh = 0 [0,inf)
	state m

	m = momentum*m + (1-momentum)*(g + wd*w)
	w = (1 - lr*wd_lh)*w - lr*sign(m)
`)
