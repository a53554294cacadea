package optim

// Decay is a link behind a rule: decoupled weight decay, which shrinks the
// weights by lr*wd beside the rule's step and is not averaged with gradients.
// adam+decay is AdamW.
//
// Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019; the
// decay is scaled by lr, as is usual, where the paper scales it by the schedule
// alone.
var Decay = rule("decay", `
	# Link: decoupled weight decay, which shrinks the weights beside the step; adam+decay is adamw.
	# Paper: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
	# Elsewhere: the paper scales the decay by the schedule alone; here, in PyTorch and Optax it is scaled by lr.
	hyper lr = 0.001 [0,inf), wd = 0.01 [0,inf)

	step = step + lr*wd*(w + step)
`)
