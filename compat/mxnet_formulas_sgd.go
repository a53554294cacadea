package compat

var mxnetNAG = newMXNetVariant("nag-mxnet", `
	# MXNet 1.9's NAG with its defect: the velocity's decay reads the new weights, where the operator shares their memory.
	state v
	hyper lr = 0.01 [0,inf), momentum = 0.9 [0,1), wd = 0 [0,inf), shares = 1 [0,1]
	d = g + wd*w
	old = w
	w = w + momentum*(momentum*v - lr*d) - lr*d
	v = momentum*v - lr*(g + wd*where(shares > 0, w, old))
`)

var mxnetSignSGD = newMXNetVariant("signsgd-mxnet", `
	# MXNet's Signum without momentum, a defect: wd is decoupled, rescaling and clipping have no effect.
	hyper lr = 0.01 [0,inf), wd = 0 [0,inf), wd_lh = 0 [0,inf)
	w = (1 - lr*(wd + wd_lh))*w - lr*sign(g)
`)

var mxnetDCASGD2 = newMXNetVariant("dcasgd-mxnet2", `
	# MXNet 2's DCASGD: its momentum works, decay is part of the squared gradient.
	state previous = w, v
	hyper lr = 0.1 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf), lambda = 0.04 [0,inf)
	g = g + wd*w
	v = momentum*v - lr*(g + lambda*g^2*(w - previous))
	previous = w
	w = w + v
`)

// mxnetLARS has the forms for float16 weights, of which MXNet 1.9 squares
// weights and gradients in float16, and for others.
var mxnetLARS = map[bool]mxnetVariant{
	true:  newMXNetLARS("lars-mxnet-float16", mxnetFloat16Norm, "sqrt(sum(float16(float16(g)^2)))"),
	false: newMXNetLARS("lars-mxnet", "norm(w)", "norm(g)"),
}

func newMXNetLARS(name, weight, gradient string) mxnetVariant {
	return newMXNetVariant(name, `
	# MXNet's LARS. In 1.9 momentum follows the learning rate: correction.
	state v
	global scalar last, ratio
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf), eta = 0.001 [0,inf), eps = 0 [0,inf)
	hyper rescale_grad = 1, limit = inf [0,inf], skip = 0 [0,1], correction = 0 [0,1]
	ratio = where(last > 0, lr/last, 1)
	last = lr
	mu = momentum*where(correction > 0, ratio, 1)
	weight = `+weight+`
	gradient = rescale_grad*`+gradient+`
	g = rescale_grad*g
	trust = eta*weight/(gradient + wd*weight + eps)
	rate = lr*where(skip > 0, 1, where((weight > 0)*(gradient > 0), trust, 1))
	v = mu*v - rate*(clip(g, -limit, limit) + wd*w)
	w = w + v
`)
}

var mxnetLBSGD = newMXNetVariant("lbsgd-mxnet", `
	# MXNet's LBSGD. With a scheduler the first parameter lags: it has the learning rate of the step before.
	state v, sum
	scalar last = first
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf), rescale_grad = 1, limit = inf [0,inf]
	hyper batch_scale = 1 [1,inf), warmup = linear {linear, power2, sqrt, lars, none}
	hyper warmup_epochs = 5 [0,inf), updates_per_epoch = 32 [0,inf), begin_epoch = 0 [0,inf)
	hyper lag = 0 [0,1], first = 0 [0,inf)

	k = begin_epoch*updates_per_epoch + t
	sum = sum + g
	due = mod(k, batch_scale) == 0
	g = sum/batch_scale

	n = warmup_epochs*updates_per_epoch
	part = where(warmup == power2, (k/n)^2, where(warmup == sqrt, (k/n)^0.5, k/n))
	warm = where(k >= n, batch_scale, where((n <= 1) + (warmup == none) > 0, 1, 1 + (batch_scale-1)*part))
	weight = dot(w, w)
	trust = clip(sqrt(weight/(dot(g, g) + wd*weight + 1e-18)), 0.01, 100)
	rate = where(lag > 0, last, lr)*where(warmup == lars, trust, warm)
	last = lr
	far = 536870913*rate   # rounds the rate to float32
	rate = far - (far - rate)

	v = where(due, momentum*v - rate*(clip(rescale_grad*g, -limit, limit) + wd*w), v)
	w = where(due, w + v, w)
	sum = where(due, 0, sum)
`)

var mxnetTest = newMXNetVariant("test-mxnet", `
	# MXNet 1.9's optimizer for its own tests: adds the gradient.
	w = w + g
`)
