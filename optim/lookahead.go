package optim

// Lookahead is a link: every k steps, slow weights move part of the way to
// those of the rule, which go on from there.
//
// Zhang, Lucas, Hinton & Ba, "Lookahead Optimizer: k steps forward, 1 step
// back", NeurIPS 2019, Algorithm 1.
var Lookahead = rule("lookahead", `
	# Link: every k steps slow weights move part of the way to the rule's, which go on from there.
	# Paper: Zhang, Lucas, Hinton & Ba, "Lookahead Optimizer: k steps forward, 1 step back", NeurIPS 2019, Algorithm 1.
	hyper k = 5 [1,inf), alpha = 0.5 [0,1]
	state slow = w

	due = mod(t, k) == 0
	slow = where(due, slow + alpha*(w - slow), slow)
	w = where(due, slow, w)
`)
