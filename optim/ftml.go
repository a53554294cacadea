package optim

// FTML follows the moving leader: a proximal view of Adam and RMSProp whose
// recent samples weigh more.
//
// Zheng & Kwok, "Follow the Moving Leader in Deep Learning", ICML 2017, Algorithm 1.
var FTML = rule("ftml", `
	# Follow the moving leader: the minimiser of a recent-weighted sum of linearised losses.
	# Paper: Zheng & Kwok, "Follow the Moving Leader in Deep Learning", ICML 2017, Algorithm 1.
	# Elsewhere: as in MXNet 1.9, whose lr is 0.01 by default. Divides by lr, which must not be 0.
	hyper lr = 0.0025 (0,inf), beta1 = 0.6 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state v, d, z

	g = g + wd*w
	v = beta2*v + (1-beta2)*g^2
	next = (1-beta1^t)/lr * (sqrt(v/(1-beta2^t)) + eps)
	z = beta1*z + (1-beta1)*g - (next - beta1*d)*w
	d = next
	w = -z/d
`)
