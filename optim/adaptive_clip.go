package optim

// AdaptiveClip is a link that limits the norm of the gradient of every unit, a
// row, to limit times the norm of its weights, which counts as eps where it is
// less. Where rows have one weight, as in biases, the parameter is one unit.
//
// Brock, De, Smith & Simonyan, "High-Performance Large-Scale Image Recognition
// Without Normalization", ICML 2021, (3).
var AdaptiveClip = rule("adaptive-clip", `
	# Link: limits the norm of each row's gradient to a share of the norm of its weights.
	# Paper: Brock, De, Smith & Simonyan, "High-Performance Large-Scale Image Recognition Without Normalization", ICML 2021, (3).
	# Elsewhere: Optax takes columns for units, as its matrices are input by output.
	hyper limit = 0.01 (0,inf), eps = 0.001 (0,inf)

	unit = row.sum(1) > 1
	most = limit*max(where(unit, row.norm(w), norm(w)), eps)
	size = where(unit, row.norm(g), norm(g))
	g = g * where(size > most, most/size, 1)
`)
