package optim

// ADOPT is Adam that divides a gradient by the squares before it, not by its
// own, and then averages: so it converges whatever beta2 is. What a gradient
// counts is limited by the fourth root of the number of steps before, which is
// 0 in the first step: that one only looks at its gradient.
//
// Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any beta2 with the
// Optimal Rate", NeurIPS 2024, Algorithm 2; its first gradient is step 0.
var ADOPT = rule("adopt", `
	# Adam that divides a gradient by the squares before it, then averages. The first step only looks.
	# Paper: Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any beta2 with the Optimal Rate", NeurIPS 2024, Algorithm 2.
	# Elsewhere: pytorch_optimizer's limit counts the step that only looks.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.9999 [0,1), eps = 1e-6 (0,inf), wd = 0 [0,inf)
	state m, v

	g = g + wd*w
	limit = (t-1)^0.25
	m = beta1*m + (1-beta1)*clip(g/max(sqrt(v), eps), -limit, limit)
	v = where(t == 1, g^2, beta2*v + (1-beta2)*g^2)
	w = w - lr*m
`)
