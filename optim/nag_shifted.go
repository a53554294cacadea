package optim

// NAGShifted is Nesterov's accelerated gradient for given gradients: its
// weights are the lookahead points of NAG, where the gradient is taken anyway.
//
// Bengio, Boulanger-Lewandowski & Pascanu, "Advances in optimizing recurrent
// networks", ICASSP 2013, section 3.5.
var NAGShifted = rule("nag-shifted", `
	# Nesterov's accelerated gradient from given gradients, in the shifted variable that frameworks use.
	# Paper: Bengio, Boulanger-Lewandowski & Pascanu, "Advances in optimizing recurrent networks", ICASSP 2013, section 3.5.
	# Elsewhere: MXNet 1.9's buffer reads the new weights in its decay, a defect; PyTorch keeps lr outside the velocity.
	hyper lr = 0.01 [0,inf), momentum = 0.9 [0,1), wd = 0 [0,inf)
	state v

	g = g + wd*w
	v = momentum*v - lr*g
	w = w + momentum*v - lr*g
`)
