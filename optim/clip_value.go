package optim

// ClipValue is a link that limits every element of the gradient.
var ClipValue = rule("clip-value", `
	# Link: limits every element of the gradient to [-limit, limit].
	hyper limit = 1 [0,inf]

	g = clip(g, -limit, limit)
`)
