package optim

// ASGD is SGD whose learning rate falls as t^-alpha and which evaluates with
// the mean of the weights that it took gradients at. Evaluate with
// Optimizer.Eval.
//
// Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging",
// SIAM Journal on Control and Optimization 30, 1992, which has alpha between
// 1/2 and 1.
var ASGD = rule("asgd", `
	# SGD whose learning rate falls as t^-alpha and which evaluates with the mean of its weights.
	# Paper: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and Optimization 30, 1992.
	# Elsewhere: PyTorch's rate falls as (1+lambda*lr*t)^-alpha, its weights decay by lambda, and it averages only after a million steps.
	hyper lr = 0.1 [0,inf), alpha = 0.75 [0,1], wd = 0 [0,inf)
	state mean = w

	mean = mean + (w - mean)/t
	w = w - lr*t^(-alpha)*(g + wd*w)
	eval x = mean
`)
