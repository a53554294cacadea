package optim

// Rprop steps by the gradient's sign: each weight's step grows while the sign
// stays and shrinks when it turns; the step over the minimum is then taken
// back. It is made for gradients of the whole data, not of batches. lr is the
// first step's size.
//
// Riedmiller & Braun, "A Direct Adaptive Method for Faster Backpropagation
// Learning: The RPROP Algorithm", ICNN 1993, section II.
var Rprop = rule("rprop", `
	# Steps by the gradient's sign, more while it stays and less when it turns: for gradients of the whole data, not of batches.
	# Paper: Riedmiller & Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", ICNN 1993.
	# Elsewhere: PyTorch stands still where the sign turns; the paper takes the last step back.
	hyper lr = 0.1 (0,inf), up = 1.2 [1,inf), down = 0.5 (0,1), least = 1e-6 [0,inf), most = 50 (0,inf)
	state size = lr, before, last

	agree = g*before
	size = clip(size*where(agree > 0, up, where(agree < 0, down, 1)), least, most)
	last = where(agree < 0, -last, sign(g)*size)
	before = where(agree < 0, 0, g)
	w = w - last
`)
