package optim

// Rescale is a link that multiplies the gradient.
var Rescale = rule("rescale", `
	# Link: multiplies the gradient, by one over the batch size say.
	hyper factor = 1

	g = factor*g
`)
