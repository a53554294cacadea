package optim

// Grams is a link behind a rule: it steps as far as the rule, for every weight
// against the sign of the gradient.
//
// Cao, Li & Song, "Grams: Gradient Descent with Adaptive Momentum Scaling", 2024,
// Algorithm 1, where the rule is Adam and its weight decay stands behind Grams.
var Grams = rule("grams", `
	# Link: steps as far as the rule, against the sign of the gradient.
	# Paper: Cao, Li & Song, "Grams: Gradient Descent with Adaptive Momentum Scaling", arXiv 2412.17107, 2024, Algorithm 1.

	step = abs(step)*sign(g)
`)
