package optim

// SGD is stochastic gradient descent, with momentum where it is asked for: the
// velocity v remembers earlier steps, and without momentum it is not kept.
//
// Robbins & Monro, "A Stochastic Approximation Method", 1951; Polyak, "Some
// methods of speeding up the convergence of iteration methods", 1964.
var SGD = rule("sgd", `
	# Stochastic gradient descent, with momentum where it is asked for.
	# Paper: Robbins & Monro, "A Stochastic Approximation Method", Annals of Mathematical Statistics 1951;
	# Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
	# Elsewhere: here, in MXNet and Keras lr is part of the velocity, so a new lr acts on new gradients only;
	# PyTorch and Optax keep it outside and scale the whole velocity by the present lr. The same while lr stays.
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf)
	state v

	v = momentum*v - lr*(g + wd*w)
	w = w + v
`)
