package optim

// NAdam is Adam with Nesterov's momentum, from given gradients, with the
// momentum's warm-up that its author recommends.
//
// Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016.
var NAdam = rule("nadam", `
	# Adam with Nesterov's momentum, from given gradients, and a warm-up of the momentum.
	# Paper: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, Algorithm 2.
	# Elsewhere: MXNet multiplies one product of momenta for all parameters together, a defect; PyTorch's lr is 0.002.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper schedule_decay = 0.004 [0,inf)
	state m, v
	scalar product = 1

	g = g + wd*w
	mu = beta1*(1 - 0.5*0.96^(t*schedule_decay))
	next = beta1*(1 - 0.5*0.96^((t+1)*schedule_decay))
	product = product*mu
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	mean = next*m/(1 - product*next) + (1-mu)*g/(1 - product)
	w = w - lr*mean / (sqrt(v/(1-beta2^t)) + eps)
`)
