package optim

// DAdaptAdam is Adam with a learning rate that it estimates: d grows towards
// the distance to the solution, lr is a factor for a schedule.
//
// Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML
// 2023, the Adam version, with decoupled weight decay.
var DAdaptAdam = rule("dadapt-adam", `
	# Adam with a learning rate that it estimates.
	# Paper: Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023, the Adam version.
	# Elsewhere: Optax corrects the learning rate as Adam does and takes the mean of squares before this gradient for the estimate.
	hyper lr = 1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 (0,inf), d0 = 1e-6 (0,inf), wd = 0 [0,inf)
	state m, v, s
	global scalar r, d = d0

	keep = sqrt(beta2)
	rate = lr*d
	m = beta1*m + (1-beta1)*rate*g
	v = beta2*v + (1-beta2)*g^2
	agree = all.dot(g, s/(sqrt(v) + eps))
	s = keep*s + (1-keep)*rate*g
	r = keep*r + (1-keep)*rate*agree
	total = all.sum(abs(s))
	w = w - (m/(sqrt(v) + eps) + rate*wd*w)
	d = where(total > 0, max(d, r/((1-keep)*total)), d)
`)
