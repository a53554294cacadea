package compat

var mxnetAdaGrad = newMXNetVariant("adagrad-mxnet", `
	# MXNet 1.9's AdaGrad: eps inside the root, decay beside the step.
	state h
	hyper lr = 0.01 [0,inf), eps = 1e-7 [0,inf), wd = 0 [0,inf)
	h = h + g^2
	w = w - lr*(g/sqrt(h + eps) + wd*w)
`)

var mxnetAdaGrad2 = newMXNetVariant("adagrad-mxnet2", `
	# MXNet 2's AdaGrad: eps outside the root.
	state h
	hyper lr = 0.01 [0,inf), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	g = g + wd*w
	h = h + g^2
	w = w - lr*g/(sqrt(h) + eps)
`)

var mxnetGroupAdaGrad = newMXNetVariant("groupadagrad-mxnet", `
	# MXNet 1.9's GroupAdaGrad: one accumulator a row, eps inside the root.
	state row h
	hyper lr = 0.01 [0,inf), eps = 1e-5 [0,inf)
	h = h + row.mean(g^2)
	w = w - lr*g/sqrt(h + eps)
`)

var mxnetGroupAdaGrad2 = newMXNetVariant("groupadagrad-mxnet2", `
	# MXNet 2's GroupAdaGrad: one accumulator a row, eps outside the root.
	state row h
	hyper lr = 0.01 [0,inf), eps = 1e-6 [0,inf)
	h = h + row.mean(g^2)
	w = w - lr*g/(sqrt(h) + eps)
`)

var mxnetAdaDelta = newMXNetVariant("adadelta-mxnet", `
	# MXNet 1.9's AdaDelta: no learning rate, decay beside the step.
	state v, u
	hyper rho = 0.9 [0,1), eps = 1e-5 [0,inf), wd = 0 [0,inf)
	v = rho*v + (1-rho)*g^2
	d = sqrt(u + eps)/sqrt(v + eps)*g
	u = rho*u + (1-rho)*d^2
	w = w - (d + wd*w)
`)

var mxnetAdaDelta2 = newMXNetVariant("adadelta-mxnet2", `
	# MXNet 2's AdaDelta: with a learning rate.
	state v, u
	hyper lr = 1 [0,inf), rho = 0.9 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	g = g + wd*w
	v = rho*v + (1-rho)*g^2
	d = sqrt(u + eps)/sqrt(v + eps)*g
	u = rho*u + (1-rho)*d^2
	w = w - lr*d
`)

const mxnetRMSPropHypers = `
	hyper lr = 0.001 [0,inf), rho = 0.9 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper limit = inf [0,inf], most = inf (0,inf]
	g = clip(g + wd*w, -limit, limit)
	n = rho*n + (1-rho)*g^2
`

var mxnetRMSProp = newMXNetVariant("rmsprop-mxnet", `
	# MXNet 1.9's RMSProp: eps inside the root, the clip is of the sum with the decay; weights are clipped too.
	state n
`+mxnetRMSPropHypers+`
	w = clip(w - lr*g/sqrt(n + eps), -most, most)
`)

var mxnetRMSProp2 = newMXNetVariant("rmsprop-mxnet2", `
	# MXNet 2's RMSProp: eps outside the root; weights are clipped too.
	state n
`+mxnetRMSPropHypers+`
	w = clip(w - lr*g/(sqrt(n) + eps), -most, most)
`)

var mxnetRMSPropCentered = newMXNetVariant("rmsprop-mxnet-centered", `
	# MXNet's centered RMSProp: eps inside the root, whose argument rounding can make negative.
	state n, b, d
	hyper momentum = 0.9 [0,1)
`+mxnetRMSPropHypers+`
	b = rho*b + (1-rho)*g
	d = momentum*d - lr*g/sqrt(n - b^2 + eps)
	w = clip(w + d, -most, most)
`)

var mxnetFtrl = newMXNetVariant("ftrl-mxnet", `
	# MXNet's Ftrl: wd is l2.
	state z, n
	hyper lr = 0.1 (0,inf), l1 = 0.01 [0,inf), wd = 0 [0,inf), beta = 1 [0,inf)
	z = z + g - (sqrt(n + g^2) - sqrt(n))/lr*w
	n = n + g^2
	w = where(abs(z) <= l1, 0, (sign(z)*l1 - z)/((beta + sqrt(n))/lr + wd))
`)
