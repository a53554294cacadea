package compat

// pytorchOptimizerMore has the kin of Adam that look at whole parameters.
var pytorchOptimizerMore = map[string]*wording{
	"Lamb": {
		on:  "weight_decouple grad_averaging",
		off: "fixed_decay rectify degenerated_to_sgd adam pre_norm adanorm adam_debias",
		text: `
	# You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020. The norm of the weights counts as
	# 10 at most. Rectified, it divides by the norm of the new weights in place of the update's, and has no decay but the decoupled.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	hyper max_grad_norm = 1 [0,inf), n_sma_threshold = 5, adanorm_r = 0.95
	state m, v
	{{template "start" .}}
	{{if .pre_norm}} g = g*where(max_grad_norm > 0, min(max_grad_norm/(all.norm(g) + eps), 1), 1) {{end}}
	{{template "adanorm" .}}
	m = beta1*m + {{if .grad_averaging}} (1-beta1)* {{end}} h
	v = beta2*v + (1-beta2)*g^2
	{{if .weight_decouple}} {{template "shrink" .}} {{end}}
	{{template "rate" .}}
	{{if .rectify}}
		{{template "rectify" .}}
		u = where(rectified, m/(sqrt(v) + eps), m)
		moved = norm(w - rate*u)
		rate = max(rate, 0)
	{{else}}
		u = m/(sqrt(v) + eps) {{if not .weight_decouple}} + wd*w {{end}}
		moved = norm(u)
	{{end}}
	{{if not .adam}}
		size = min(norm(w), 10)
		rate = rate*where((size == 0) + (moved == 0) > 0, 1, size/(moved + eps))
	{{end}}
	w = w - rate*u`,
	},
	"Ranger": {
		on: "weight_decouple use_gc", off: "gc_conv_only fixed_decay degenerated_to_sgd adanorm adam_debias", dims: dimsCentralized,
		text: `
	# Wright, Ranger, 2019: RAdam, gradients centralised, and lookahead. Before the rectification begins it climbs, if it does not
	# degenerate to SGD.
	hyper lr = 0.001 [0,inf), beta1 = 0.95 [0,1), beta2 = 0.999 [0,1), eps = 1e-5 [0,inf), wd = 0 [0,inf)
	hyper alpha = 0.5 [0,1], k = 6 [1,inf), n_sma_threshold = 5, adanorm_r = 0.95
	state m, v, slow = w
	{{template "start" .}}
	{{if .use_gc}} {{template "centralize" .}} {{end}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	m = beta1*m + (1-beta1)*h
	v = beta2*v + (1-beta2)*g^2
	{{template "rate" .}}
	{{template "rectify" .}}
	w = w - rate*where(rectified, m/(sqrt(v) + eps), m)
	due = mod(n, k) == 0
	slow = where(due, slow + alpha*(w - slow), slow)
	w = where(due, slow, w)`,
	},
	"MARS": {
		on: "weight_decouple", off: "fixed_decay ams_bound optimize_1d cautious", choice: []string{"mars_type", "adamw", "lion"}, dims: dimsOfVectors,
		text: `
	# Yuan et al., "MARS: Unleashing the Power of Variance Reduction for Training Large Models", 2024. Vectors have AdamW with options of
	# their own. Decay that is not decoupled is part of the gradient that the next step compares with, and of nothing else.
	hyper lr = 0.003 [0,inf), beta1 = 0.95 [0,1), beta2 = 0.99 [0,1), gamma = 0.025 [0,inf), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper lr_1d = 0.003 [0,inf), beta1_1d = 0.9 [0,1), beta2_1d = 0.95 [0,1), wd_1d = 0.1 [0,inf)
	state m, v, before
	scalar factor = lr_1d/lr
	{{template "start" .}}
	{{template "many" .}}
	vector = {{if .optimize_1d}} 0 {{else}} many == 0 {{end}}
	keep1 = where(vector, beta1_1d, beta1)
	keep2 = where(vector, beta2_1d, beta2)
	rate = lr*where(vector, factor, 1)
	decay = where(vector, wd_1d, wd)
	c = (g - before)*(gamma*beta1/(1-beta1)) + g
	c = where(vector, g, c/max(norm(c), 1))
	m = keep1*m + (1-keep1)*c
	v = keep2*v + (1-keep2)*c^2
	{{template "bound" .}}
	u = m
	{{template "cautious" .}}
	scale = where(vector, (1-beta1_1d^n)/sqrt(1-beta2_1d^n), (1-beta1^n)/sqrt(1-beta2^n))
	u = {{if eq .mars_type "lion"}} where(vector, u/((sqrt(b + 1e-15) + eps)*scale), sign(u)) {{else}} u/((sqrt(b + 1e-15) + eps)*scale) {{end}}
	before = g {{if not .weight_decouple}} + decay*w {{end}}
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} rate* {{end}} decay) {{end}}
	w = w - rate*u`,
	},
	"MSVAG": {
		text: `
	# Balles & Hennig, "Dissecting Adam: The Sign, Magnitude and Variance of Stochastic Gradients", ICML 2018. Early on the variance is
	# what rounding leaves of it: debias is one number per weight so that it is divided by, and no reciprocal multiplied with.
	hyper lr = 0.01 [0,inf), beta = 0.9 [0,1]
	state m, v
	{{template "start" .}}
	m = m + (1-beta)*(g - m)
	v = beta*v + where(g == g, (1-beta)*g, g)*g
	debias = where(g == g, 1-beta^n, g)
	rho = min((1 - beta^(2*n))*(1-beta)^2/((1 - beta^2)*(1 - beta^n)^2), 0.9999)
	mean = m/debias
	variance = (v/debias - mean^2)/(1-rho)
	f = mean^2/(mean^2 + rho*variance)
	w = w - lr*mean*clip(where(f == f, f, 0), 0, 1)`,
	},
	"SWATS": {
		off: "weight_decouple fixed_decay ams_bound nesterov",
		text: `
	# Keskar & Socher, "Improving Generalization Performance by Switching from Adam to SGD", 2017. Where several parameters are ready in
	# the same step, the largest of their rates is taken for all; pytorch_optimizer takes the last one's.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state m, v, momentum
	scalar mean
	global scalar switched, found
	{{template "start" .}}
	adam = lr*sqrt(1-beta2^n)/(1-beta1^n)
	plain = where(switched, found, lr)
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} plain* {{end}} wd) {{else}} g = g + wd*w {{end}}
	momentum = where(switched, beta1*momentum + g, 0)
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	u = adam*m/(sqrt(b + 1e-15) + eps)
	w = w - where(switched, plain*((1-beta1)*momentum {{if .nesterov}} + beta1*momentum {{end}}), u)
	along = dot(u, g)
	rate = sum(u^2)/along
	mean = where(along == 0, mean, beta2*mean + (1-beta2)*rate)
	fair = mean/(1-beta2^n)
	ready = (n > 1)*(along != 0)*(fair > 0)*(abs(fair - rate) <= 1e-8 + eps*abs(rate))
	best = all.max(where(ready, fair, 0))
	found = where(switched, found, best)
	switched = max(switched, best > 0)`,
	},
}
