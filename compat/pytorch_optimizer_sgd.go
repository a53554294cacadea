package compat

// pytorchOptimizerSGD has the kin of SGD and of its signs.
var pytorchOptimizerSGD = map[string]*wording{
	"AccSGD": {
		text: `
	# Kidambi et al., "On the insufficiency of existing momentum schemes for Stochastic Optimization", ICLR 2018.
	hyper lr = 0.001 [0,inf), kappa = 1000 [0,inf), xi = 10 [0,inf), constant = 0.7 (-inf,1], wd = 0 [0,inf)
	state v = w
	{{template "start" .}}
	g = g + wd*w
	beta = xi*constant^2/kappa
	zeta = constant/(constant + beta)
	v = ((1/beta - 1)*v - lr*kappa/constant*g + w)*beta
	w = w - lr*g
	w = w + (v - w)*(1-zeta)`,
	},
	"SGDW": {
		on: "weight_decouple", off: "nesterov",
		text: `
	# Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
	hyper lr = 0.0001 [0,inf), momentum = 0 [0,1), dampening = 0, wd = 0 [0,inf)
	state v
	{{template "start" .}}
	{{template "decay" .}}
	v = where(t == 1, g, momentum*v + (1-dampening)*g)
	{{if .nesterov}} u = g + momentum*v {{else}} u = v {{end}}
	w = w - lr*where(momentum > 0, u, g)`,
	},
	"SignSGD": {
		on: "weight_decouple",
		text: `
	# Bernstein et al., "signSGD: Compressed Optimisation for Non-Convex Problems", ICML 2018.
	hyper lr = 0.001 [0,inf), momentum = 0.9 [0,1), wd = 0 [0,inf)
	state m
	{{template "start" .}}
	{{template "decay" .}}
	m = momentum*m + (1-momentum)*g
	w = w - lr*sign(m)`,
	},
	"AggMo": {
		off: "weight_decouple fixed_decay", several: "betas",
		text: `
	# Lucas et al., "Aggregated Momentum: Stability Through Passive Damping", ICLR 2019.
	hyper lr = 0.001 [0,inf), beta1 = 0 [0,1), beta2 = 0.9 [0,1), wd = 0 [0,inf)
	{{range .betas}} {{if gt . 2}}
	hyper beta{{.}} = 0.99 [0,1]
	{{end}} {{end}}
	{{template "start" .}}
	{{template "decay" .}}
	{{range .betas}}
		state v{{.}}
		v{{.}} = beta{{.}}*v{{.}} + g
		w = w - lr/{{len $.betas}}*v{{.}}
	{{end}}`,
	},
	"QHM": {
		off: "weight_decouple fixed_decay",
		text: `
	# Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019.
	hyper lr = 0.001 [0,inf), momentum = 0 [0,1), nu = 1 [0,1], wd = 0 [0,inf)
	state m
	{{template "start" .}}
	{{template "decay" .}}
	m = momentum*m + (1-momentum)*g
	w = w - lr*nu*m - lr*(1-nu)*g`,
	},
	"PID": {
		off: "weight_decouple fixed_decay",
		text: `
	# An et al., "A PID Controller Approach for Stochastic Optimization of Deep Networks", CVPR 2018.
	hyper lr = 0.001 [0,inf), momentum = 0 [0,1), dampening = 0, derivative = 10 [0,inf), integral = 5 [0,inf), wd = 0 [0,inf)
	state i, d, before
	{{template "start" .}}
	{{template "decay" .}}
	i = momentum*i + (1-dampening)*g
	d = momentum*d + where(n > 1, (1-momentum)*(g - before), 0)
	before = g
	w = w - lr*where(momentum > 0, g + integral*i + derivative*d, g)`,
	},
	"LARS": {
		off: "nesterov", dims: dimsOfVectors,
		text: `
	# You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks", 2017. A vector is neither scaled nor decayed.
	hyper lr = 0.001 [0,inf), momentum = 0.9 [0,1), dampening = 0 [0,1), trust_coefficient = 0.001 [0,inf), wd = 0 [0,inf)
	state v
	{{template "start" .}}
	{{template "many" .}}
	size = norm(g) + wd*norm(w)
	ratio = where((norm(w) > 0)*(size > 0), trust_coefficient*norm(w)/size, 1)
	g = where(many, ratio*(g + wd*w), g)
	v = momentum*v + (1-dampening)*g
	{{if .nesterov}} u = g + momentum*v {{else}} u = v {{end}}
	w = w - lr*where(momentum > 0, u, g)`,
	},
	"Fromage": {
		optional: "p_bound",
		text: `
	# Bernstein et al., "On the distance between two neural networks and the stability of learning", NeurIPS 2020.
	hyper lr = 0.01 [0,inf)
	{{template "start" .}}
	{{if .p_bound}}
		hyper p_bound = 1
		scalar most
		most = where(t == 1, p_bound*norm(w), most)
	{{end}}
	ratio = where((norm(w) > 0)*(norm(g) > 0), norm(w)/norm(g), 1)
	w = (w - lr*ratio*g)/sqrt(1 + lr^2)
	{{if .p_bound}} w = where(norm(w) > most, w*most/norm(w), w) {{end}}`,
	},
	"SRMM": {
		nullable: "memory_length",
		text: `
	# Lyu, "Stochastic regularized majorization-minimization with weakly convex and multi-convex surrogates", 2022.
	hyper lr = 0.01 [0,inf), beta = 0.5 [0,1], memory_length = 100 [1,inf)
	state m, x
	{{template "start" .}}
	share = {{if .no_memory_length}} 1 {{else}} (mod(n, memory_length) + 1)^(-beta) {{end}}
	m = m + share*(g - m)
	x = x + share*(w - x) - lr*m
	w = x`,
	},
	"Lion": {
		on: "weight_decouple", off: "fixed_decay use_gc adanorm cautious", dims: dimsCentralized,
		text: `
	# Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023.
	hyper lr = 0.0001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.99 [0,1), wd = 0 [0,inf), adanorm_r = 0.95
	state m
	{{template "start" .}}
	{{if .use_gc}} {{template "centralize" .}} {{end}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	u = sign(beta1*m + (1-beta1)*g)
	m = beta2*m + (1-beta2)*h
	{{template "cautious" .}}
	w = w - lr*u`,
	},
	"Tiger": {
		on: "weight_decouple", off: "fixed_decay",
		text: `
	# Su, "Tiger: A Tight-fisted Optimizer", 2023.
	hyper lr = 0.001 [0,inf), beta = 0.965 [0,1), wd = 0.01 [0,inf)
	state m
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta)*(g - m)
	w = w - lr*sign(m)`,
	},
}
