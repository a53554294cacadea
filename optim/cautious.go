package optim

// Cautious is a link behind a rule: it steps only where step and gradient agree
// in sign, and makes the rest of each parameter's step as much larger. The
// gradient is the one that the rule has used, its own weight decay included.
//
// Liang, Chen, Liu & Liu, "Cautious Optimizers: Improving Training with One
// Line of Code", 2024; the factor is the paper's alpha = dim/(nnz + xi), where
// nnz weights of dim step.
var Cautious = rule("cautious", `
	# Link: steps only where step and gradient agree in sign, there the more.
	# Paper: Liang, Chen, Liu & Liu, "Cautious Optimizers: Improving Training with One Line of Code", arXiv 2411.16085, 2024.
	hyper xi = 1 (0,inf)

	agree = step*g > 0
	step = step * agree * sum(1)/(sum(agree) + xi)
`)
