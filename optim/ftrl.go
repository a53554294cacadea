package optim

// FTRL follows the regularised leader, per coordinate: weights whose gradients
// do not overcome l1 are exactly 0. Weights are a function of its states, so
// what they started as is forgotten.
//
// McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013, Algorithm 1.
var FTRL = rule("ftrl", `
	# Follow the regularised leader: sparse online learning, weights that l1 holds are exactly 0.
	# Paper: McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013, Algorithm 1.
	# Elsewhere: MXNet calls l1 lamda1 and l2 wd; Keras doubles l2; both have beta. Divides by lr, which must not be 0.
	hyper lr = 0.1 (0,inf), l1 = 0.01 [0,inf), l2 = 0 [0,inf), beta = 1 [0,inf)
	state z, n

	z = z + g - (sqrt(n + g^2) - sqrt(n))/lr * w
	n = n + g^2
	w = where(abs(z) <= l1, 0, (sign(z)*l1 - z) / ((beta + sqrt(n))/lr + l2))
`)
