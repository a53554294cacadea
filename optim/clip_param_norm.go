package optim

// ClipParamNorm is a link that limits the norm of every parameter's gradient,
// where ClipNorm limits that over all parameters together.
var ClipParamNorm = rule("clip-param-norm", `
	# Link: limits the norm of each parameter's gradient.
	hyper limit = 1 (0,inf)

	size = norm(g)
	g = g * where(size > limit, limit/size, 1)
`)
