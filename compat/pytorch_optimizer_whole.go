package compat

import "strings"

// pytorchOptimizerWhole has more of those that look at whole parameters, or at
// all of them.
var pytorchOptimizerWhole = map[string]*wording{
	"AdamP": {
		on: "weight_decouple", off: "fixed_decay nesterov use_gc adanorm cautious adam_debias", dims: dimsOfVectors,
		text: `
	# Heo et al., "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights", ICLR 2021.
	# Decay that is not decoupled comes too late to have an effect.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), delta = 0.1, wd_ratio = 0.1 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf), adanorm_r = 0.95
	state m, v
	{{template "start" .}}
	{{if not .use_gc}} {{template "many" .}} {{else}} {{template "centralize" .}} {{end}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	v = beta2*v + (1-beta2)*g^2
	u = m
	{{template "cautious" .}}
	{{if .nesterov}} u = u + (1-beta1)*(g - u) {{end}}
	u = u*sqrt(1-beta2^n)/(sqrt(v) + eps)
	{{template "project" .}}
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} lr* {{end}} wd*ratio) {{end}}
	{{template "rate" .}}
	w = w - rate*u`,
	},
	"SGDP": {
		on: "weight_decouple", off: "fixed_decay nesterov", dims: dimsOfVectors,
		text: `
	# Heo et al., "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights", ICLR 2021.
	# Decay that is not decoupled comes too late to have an effect.
	hyper lr = 0.001 [0,inf), momentum = 0 [0,1), dampening = 0, delta = 0.1, wd_ratio = 0.1 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m
	{{template "start" .}}
	{{template "many" .}}
	m = momentum*m + (1-dampening)*g
	u = {{if .nesterov}} momentum*m + g {{else}} m {{end}}
	{{template "project" .}}
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} lr* {{end}} wd*ratio/(1-momentum)) {{end}}
	w = w - lr*u`,
	},
	"NovoGrad": {
		off: "weight_decouple fixed_decay grad_averaging adam_debias",
		text: `
	# Ginsburg et al., "Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep Networks", 2019.
	hyper lr = 0.001 [0,inf), beta1 = 0.95 [0,1), beta2 = 0.98 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m
	scalar v
	{{template "start" .}}
	v = where(t == 1, sum(g^2), v + (1-beta2)*(sum(g^2) - v))
	g = g/(sqrt(v) + eps)
	{{template "decay" .}}
	m = where(t == 1, g, beta1*m + {{if .grad_averaging}} (1-beta1)* {{end}} g)
	w = w - lr {{if .adam_debias}} *sqrt(1-beta2^n) {{end}} *m`,
	},
	"Aida": {
		off: "weight_decouple fixed_decay rectify ams_bound adanorm adam_debias", on: "degenerated_to_sgd",
		text: `
	# Zhang et al., "On Suppressing Range of Adaptive Stepsizes of Adam to Improve Generalisation Performance", 2023.
	# After k projections upon each other gradient and mean are what they were times x and y.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), k = 2 [0,9], xi = 1e-20 [0,inf), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper n_sma_threshold = 5, adanorm_r = 0.95
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	x = 1
	y = 1
	i = 0` + strings.Repeat(`
	both = x*y*dot(g, m)
	x = where(i < k, x*both/(x^2*sum(g^2) + xi), x)
	y = where(i < k, y*both/(y^2*sum(m^2) + xi), y)
	i = i + 1`, 9) + `
	v = beta2*v + (1-beta2)*(y*m - x*g)^2 + eps
	{{template "bound" .}}
	{{template "rate" .}}
	u = m/(sqrt(b + 1e-15) + eps)
	{{if .rectify}}
		{{template "rectify" .}}
		w = w - max(rate, 0)*where(rectified, u, m)
	{{else}}
		w = w - rate*sqrt(1-beta2^n)*u
	{{end}}`,
	},
	"AvaGrad": {
		on: "weight_decouple", off: "fixed_decay adam_debias",
		text: `
	# Savarese et al., "Domain-independent Dominance of Adaptive Methods", CVPR 2021; the scale lags by a step.
	hyper lr = 0.1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 0.1 [0,inf), wd = 0 [0,inf)
	state m, v
	global scalar gamma
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	{{template "rate" .}}
	w = where(n > 1, w - gamma*rate*m/(sqrt(v)/sqrt(1-beta2^(n-1)) + eps), w)
	gamma = 1/sqrt(all.sum((sqrt(v)/sqrt(1-beta2^n) + eps)^(-2))/all.sum(1))
	v = beta2*v + (1-beta2)*g^2`,
	},
	"AdamS": {
		on: "weight_decouple", off: "fixed_decay ams_bound adanorm adam_debias",
		text: `
	# Xie et al., "On the Overlooked Pitfalls of Weight Decay and How to Mitigate Them", NeurIPS 2023.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0.0001 [0,inf), adanorm_r = 0.95
	state m, v
	{{template "start" .}}
	{{if not .weight_decouple}} g = g + wd*w {{end}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	size = sqrt(all.sum(b/(1-beta2^n))/all.sum(1)) + eps
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} lr* {{end}} wd/size) {{end}}
	{{template "rate" .}}
	w = w - rate*m/(sqrt(b/(1-beta2^n)) + eps)`,
	},
	"Adai": {
		off: "weight_decouple fixed_decay stable_weight_decay use_gc", dims: dimsCentralized,
		text: `
	# Xie et al., "Adaptive Inertia: Disentangling the Effects of Adaptive Learning Rate and Momentum", ICML 2022.
	hyper lr = 0.001 [0,inf), beta1 = 0.1 [0,1), beta2 = 0.99 [0,1), dampening = 1, eps = 0.001 [0,inf), wd = 0 [0,inf)
	state m, v, product = 1
	{{template "start" .}}
	{{if .use_gc}} {{template "centralize" .}} {{end}}
	{{if not .stable_weight_decay}} {{template "decay" .}} {{end}}
	v = beta2*v + (1-beta2)*g^2
	size = max(all.sum(v/(1-beta2^n))/all.sum(1), eps)
	{{if .stable_weight_decay}} {{template "decay" .}} {{end}}
	keep = clip(1 - beta1*(v/(1-beta2^n)/size)^(1/(3 - 2*dampening)), 0, 1-eps)
	product = product*keep
	m = keep*m + (1-keep)^dampening*g
	w = w - lr*m/(1-product)*beta1^(1-dampening)`,
	},
	"FAdam": {
		missing: "momentum_dtype fim_dtype",
		text: `
	# Hwang, "FAdam: Adam is a natural gradient optimizer using diagonal empirical Fisher information", 2024.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), clip = 1 (0,inf), p = 0.5 (0,inf), eps = 1e-8 [0,inf), eps_2 = 0.01 [0,inf), wd = 0.1 [0,inf)
	state m, f
	{{template "start" .}}
	keep = (beta2^n - beta2)/(beta2^n - 1)
	f = keep*f + (1-keep)*g^2
	size = sqrt(mean(g^2))
	base = f^p + where((size > 0)*(eps_2*size < eps), (eps_2*size)^(2*p), eps^(2*p))
	u = g/base
	u = u/max(sqrt(mean(u^2))/clip, 1)
	m = m + (1-beta1)*(u - m)
	x = w/base
	x = x/max(sqrt(mean(x^2))/clip, 1)
	w = w - lr*(wd*x + m)`,
	},
	"SGDSaI": {
		on: "weight_decouple", dims: dimsOfVectors,
		text: `
	# Xu et al., "No More Adam: Learning Rate Scaling at Initialization is All You Need", 2024.
	# Decay that is not decoupled has no effect beside momentum.
	hyper lr = 0.01 [0,inf), momentum = 0.9 [0,1), eps = 1e-8 [0,inf), wd = 0.01 [0,inf)
	state m
	scalar ratio
	{{template "start" .}}
	{{template "many" .}}
	sigma = where(many*(sum(1) > row.sum(1)), sqrt(sum((g - mean(g))^2)/(sum(1) - 1)), 0)
	ratio = where(t == 1, norm(g)/where(max(sigma) > 0, max(sigma) + eps, 1), ratio)
	m = m + (1-momentum)*(g - m)
	u = m {{if not .weight_decouple}} + where(momentum > 0, 0, wd*w) {{end}}
	{{if .weight_decouple}} {{template "shrink" .}} {{end}}
	w = w - lr*ratio*u`,
	},
	"VSGD": {
		on: "weight_decouple",
		text: `
	# Chen et al., "Variational Stochastic Gradient Descent for Deep Neural Networks", 2024.
	hyper lr = 0.1 [0,inf), ghattg = 30 [0,inf), ps = 1e-8 [0,inf), tau1 = 0.81, tau2 = 0.9, eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, b = 2*ps, c = 2*ghattg*ps
	{{template "start" .}}
	{{template "decay" .}}
	shape = 2*ps + 1 + 1e-4 - (n == 1)
	s = b/shape
	r = c/shape
	before = m
	m = (m*r + g*s)/(s + r)
	square = m^2 + s*r/(s + r)
	b = b + n^(-tau1)*(2*ps + square - 2*m*before + before^2 - b)
	c = c + n^(-tau2)*(2*ghattg*ps + square - 2*g*m + g^2 - c)
	w = w - lr/(sqrt(square) + eps)*m`,
	},
	"DAdaptSGD": {
		off: "weight_decouple fixed_decay",
		text: `
	# Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023.
	hyper lr = 1 [0,inf), momentum = 0.9 [0,1), d0 = 1e-6, growth_rate = inf (0,inf], wd = 0 [0,inf)
	state start = w, s
	global scalar first, rate, numerator, d = d0
	first = where(first == 0, all.norm(g), first)
	{{template "start" .}}
	rate = where(first > 0, d*lr/first, 0)
	{{if .weight_decouple}} w = w*(1 - {{if .fixed_decay}} where(first > 0, wd, 0) {{else}} rate*wd {{end}}) {{else}} g = g + wd*w {{end}}
	numerator = numerator + rate*all.dot(g, s)
	s = s + rate*g
	size = all.norm(s)
	d = where((lr > 0)*(size > 0), max(d, min(2*numerator/size, d*growth_rate)), d)
	w = where(first > 0, w + (1-momentum)*(start - s - w), w)`,
	},
	"DAdaptLion": {
		off: "weight_decouple fixed_decay",
		text: `
	# Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023, for Lion. lr and betas are those of the first group.
	hyper lr = 1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), d0 = 1e-6, wd = 0 [0,inf)
	state m, s
	global scalar rate, numerator, keep1, keep2, d = d0
	{{template "start" .}}
	keep1 = beta1
	keep2 = beta2
	root = sqrt(keep2)
	rate = d*lr
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} rate* {{end}} wd) {{else}} g = g + wd*w {{end}}
	u = sign(m + (1-keep1)*(g - m))
	w = w - rate*u
	m = keep2*m + (1-keep2)*rate*g
	numerator = root*numerator + (1-root)*rate*all.dot(u, s)
	s = root*s + (1-root)*rate*u
	total = all.sum(abs(s))
	d = where((lr > 0)*(total > 0), max(d, numerator/((1-root)*total)), d)`,
	},
}
