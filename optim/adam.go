package optim

// Adam keeps exponential moving averages of the gradient and of its square and
// corrects both for having started at zero.
//
// Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1.
var Adam = rule("adam", `
	# Moving averages of the gradient and of its square, both corrected for having started at zero.
	# Paper: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1.
	# Elsewhere: PyTorch, Optax and the paper's Algorithm 1 are as here. MXNet and Keras correct the bias too, but add eps to the
	# uncorrected root (the paper's epsilon-hat form), so that their eps counts 1/sqrt(1-beta2^t) times as much.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v

	g = g + wd*w
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	w = w - lr * (m/(1-beta1^t)) / (sqrt(v/(1-beta2^t)) + eps)
`)
