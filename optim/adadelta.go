package optim

// AdaDelta has no learning rate: the root of averaged squared steps over that
// of averaged squared gradients gives every step its unit. The numerator is
// the average before this step.
//
// Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, Algorithm 1.
var AdaDelta = rule("adadelta", `
	# No learning rate: past steps over past gradients give each step its size.
	# Paper: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", arXiv 1212.5701, 2012, Algorithm 1.
	# Elsewhere: PyTorch, Keras and MXNet 2 multiply the step by a learning rate; PyTorch's eps is 1e-6. MXNet 1.9 applies wd beside
	# the step, as wd*w.
	hyper rho = 0.9 [0,1), eps = 1e-5 [0,inf), wd = 0 [0,inf)
	state v, u

	g = g + wd*w
	v = rho*v + (1-rho)*g^2
	d = sqrt(u + eps) / sqrt(v + eps) * g
	u = rho*u + (1-rho)*d^2
	w = w - d
`)
