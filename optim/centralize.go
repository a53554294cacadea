package optim

// Centralize is a link that takes from the gradient of every row its mean.
// Parameters whose rows have one weight, such as biases, it leaves alone.
//
// Yong, Huang, Hua & Zhang, "Gradient Centralization", ECCV 2020, (1).
var Centralize = rule("centralize", `
	# Link: takes from the gradient of every row its mean; leaves biases alone.
	# Paper: Yong, Huang, Hua & Zhang, "Gradient Centralization: A New Optimization Technique for Deep Neural Networks", ECCV 2020, (1).

	g = where(row.sum(1) > 1, g - row.mean(g), g)
`)
