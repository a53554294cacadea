package optim

// SAM is a link before a rule: it gives it the gradient where a step of length
// rho uphill leads, over all parameters together, so that it ends in flat
// minima. It asks for two gradients a step and so for Optimizer.StepFunc.
//
// Foret, Kleiner, Mobahi & Neyshabur, "Sharpness-Aware Minimization for
// Efficiently Improving Generalization", ICLR 2021, Algorithm 1.
var SAM = rule("sam", `
	# Link: the gradient at the worst weights near by, for flat minima; two gradients a step.
	# Paper: Foret, Kleiner, Mobahi & Neyshabur, "Sharpness-Aware Minimization for Efficiently Improving Generalization", ICLR 2021, Algorithm 1.
	# Elsewhere: Optax makes every other step the one uphill.
	hyper rho = 0.05 [0,inf)

	size = all.norm(g)
	g = grad(w + where(size > 0, rho/size, 0)*g)
`)
