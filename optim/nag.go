package optim

// NAG is Nesterov's accelerated gradient as it is drawn: the velocity is
// followed first, and the gradient is taken where it leads. It asks for
// gradients at points of its own, so it runs under StepFunc; NAGShifted is the
// form for given gradients.
//
// Nesterov, "A method of solving a convex programming problem with convergence
// rate O(1/k^2)", 1983, as momentum by Sutskever et al., ICML 2013.
var NAG = rule("nag", `
	# Nesterov's accelerated gradient, literally: the gradient is taken where the velocity leads.
	# Paper: Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k^2)", 1983;
	# Sutskever, Martens, Dahl & Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013, (3)-(4).
	# Elsewhere: frameworks have the shifted form, whose weights are this rule's lookahead points: nag-shifted.
	hyper lr = 0.01 [0,inf), momentum = 0.9 [0,1), wd = 0 [0,inf)
	state v

	ahead = w + momentum*v
	v = momentum*v - lr*(grad(ahead) + wd*ahead)
	w = w + v
`)
