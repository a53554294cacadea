package optim

// AdamW is Adam with decoupled weight decay: the decay shrinks the weights
// beside the step and is not averaged with the gradients.
//
// Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, Algorithm 2.
var AdamW = rule("adamw", `
	# Adam with decoupled weight decay, which shrinks the weights beside the step.
	# Paper: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, Algorithm 2.
	# Elsewhere: the paper scales the decay by the schedule alone; here, in PyTorch and Optax it is scaled by lr. Optax's wd is 1e-4.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0.01 [0,inf)
	state m, v

	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	w = w - lr * ((m/(1-beta1^t)) / (sqrt(v/(1-beta2^t)) + eps) + wd*w)
`)
