package compat

// pytorchOptimizerAdam has the kin of Adam with one step for all weights.
var pytorchOptimizerAdam = map[string]*wording{
	"AdaBelief": {
		on:  "weight_decouple degenerated_to_sgd",
		off: "fixed_decay rectify ams_bound adanorm adam_debias",
		text: `
	# Zhuang et al., "AdaBelief Optimizer", NeurIPS 2020; eps adds up.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-16 [0,inf), wd = 0 [0,inf)
	hyper n_sma_threshold = 5, adanorm_r = 0.95
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	v = beta2*v + (1-beta2)*(g - m)^2 + eps
	{{template "bound" .}}
	{{template "rate" .}}
	{{if .rectify}}
		{{template "rectify" .}}
		u = where(rectified, m/(sqrt(b) + eps), {{if .degenerated_to_sgd}} m {{else}} 0 {{end}})
		w = w - rate*u
	{{else}}
		w = w - rate*m/(sqrt(b)/sqrt(1-beta2^n) + eps)
	{{end}}`,
	},
	"AdaMod": {
		on: "weight_decouple", off: "fixed_decay adam_debias",
		text: `
	# Ding et al., "An Adaptive and Momental Bound Method for Stochastic Learning", 2019.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.99 [0,1), beta3 = 0.9999 [0,1], eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v, mean
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "rate" .}}
	rates = rate*sqrt(1-beta2^n)/(sqrt(v) + eps)
	mean = beta3*mean + (1-beta3)*rates
	w = w - min(rates, mean)*m`,
	},
	"AdaNorm": {
		on: "weight_decouple", off: "fixed_decay ams_bound adam_debias",
		text: `
	# Dubey, Singh & Chaudhuri, "AdaNorm: Adaptive Gradient Norm Correction based Optimizer for CNNs", WACV 2023.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.99 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf), r = 0.95
	state m, v
	scalar size
	{{template "start" .}}
	{{template "decay" .}}
	size = r*size + (1-r)*norm(g)
	h = g*where((norm(g) > 0)*(size > norm(g)), size/norm(g), 1)
	m = beta1*m + (1-beta1)*h
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	{{template "rate" .}}
	w = w - rate*m*sqrt(1-beta2^n)/(sqrt(b + 1e-15) + eps)`,
	},
	"AdaBound": {
		on: "weight_decouple", off: "fixed_decay ams_bound",
		text: `
	# Luo et al., "Adaptive Gradient Methods with Dynamic Bound of Learning Rate", ICLR 2019.
	hyper lr = 0.001 [0,inf), final_lr = 0.1, beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), gamma = 0.001 (0,inf), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	scalar first = lr
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	first = where(first == 0, lr, first)
	final = where(first > 0, final_lr*lr/first, 0)
	rates = lr*sqrt(1-beta2^n)/(1-beta1^n)/(sqrt(b + 1e-15) + eps)
	w = w - clip(rates, final*(1 - 1/(gamma*n + 1)), final*(1 + 1/(gamma*n)))*m`,
	},
	"Adan": {
		off: "weight_decouple adanorm use_gc", dims: dimsCentralized,
		text: `
	# Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models", 2022, as its authors' code has it.
	# The first difference is 0, were it not that the gradient kept for it is neither negated nor centralised.
	hyper lr = 0.001 [0,inf), beta1 = 0.98 [0,1), beta2 = 0.92 [0,1), beta3 = 0.99 [0,1], eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper max_grad_norm = 0 [0,inf), adanorm_r = 0.95
	state m, d, v, before
	before = where(t == 1, g, before)
	{{template "start" .}}
	fit = where(max_grad_norm > 0, min(max_grad_norm/(all.norm(g) + eps), 1), 1)
	before = where(t == 1, fit*before, before)
	g = fit*g
	{{if .use_gc}} {{template "centralize" .}} {{end}}
	change = g - before
	before = g
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	d = beta2*d + (1-beta2)*change
	v = beta3*v + (1-beta3)*(g + beta2*change)^2
	scale = sqrt(v)/sqrt(1-beta3^n) + eps
	{{if .weight_decouple}} w = w*(1 - lr*wd) {{end}}
	w = w - lr/(1-beta1^n)*m/scale - lr*beta2/(1-beta2^n)*d/scale
	{{if not .weight_decouple}} w = w/(1 + lr*wd) {{end}}`,
	},
	"AdEMAMix": {
		off: "weight_decouple fixed_decay cautious stable_adamw", optional: "t_alpha_beta3",
		text: `
	# Pagliardini, Ablin & Grangier, "The AdEMAMix Optimizer: Better, Faster, Older", 2024.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), beta3 = 0.9999 [0,1], eps = 1e-8 [0,inf), wd = 0 [0,inf), alpha = 5 [0,inf)
	state m, slow, v
	{{template "start" .}}
	{{template "decay" .}}
	{{if .t_alpha_beta3}}
		hyper t_alpha_beta3 = 1 (0,inf)
		share = n/t_alpha_beta3
		weight = min(share*alpha, alpha)
		keep = min(exp(log(beta1)*log(beta3)/((1-share)*log(beta3) + share*log(beta1))), beta3)
	{{else}}
		weight = alpha
		keep = beta3
	{{end}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	slow = keep*slow + (1-keep)*g
	u = m
	{{template "cautious" .}}
	u = (u/(1-beta1^n) + weight*slow)/(sqrt(v)/sqrt(1-beta2^n) + eps)
	{{template "stable" .}}
	w = w - lr*u`,
	},
	"ADOPT": {
		off: "weight_decouple fixed_decay cautious stable_adamw", nullable: "clip_lambda", missing: "clip_lambda",
		text: `
	# Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any beta2 with the Optimal Rate", NeurIPS 2024.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.9999 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	kept = g
	g = g/max(sqrt(v), eps)
	{{if not .no_clip_lambda}} g = clip(g, -n^0.25, n^0.25) {{end}}
	m = where(n == 1, m, beta1*m + (1-beta1)*g)
	u = m
	{{template "cautious" .}}
	g = kept
	{{template "stable" .}}
	w = where(n == 1, w, w - lr*u)
	v = where(n == 1, v + g^2, beta2*v + (1-beta2)*g^2)`,
	},
	"Grams": {
		on: "weight_decouple",
		text: `
	# Cao et al., "Grams: Gradient Descent with Adaptive Momentum Scaling", 2024.
	# Decay that is not decoupled comes too late to have an effect.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state m, v
	{{template "start" .}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	u = abs(m/(1-beta1^n)/(sqrt(v)/sqrt(1-beta2^n) + eps))*sign(g)
	{{if .weight_decouple}} {{template "shrink" .}} {{end}}
	w = w - lr*u`,
	},
	"LaProp": {
		on: "weight_decouple", off: "fixed_decay ams_bound centered cautious",
		text: `
	# Ziyin et al., "LaProp: Separating Momentum and Adaptivity in Adam", 2020.
	# Decay that is not decoupled comes too late to have an effect.
	hyper lr = 0.0004 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-15 [0,inf), wd = 0 [0,inf)
	hyper steps_before_using_centered = 10
	state m, s
	scalar rate
	{{template "start" .}}
	s = beta2*s + (1-beta2)*g^2
	rate = beta1*rate + (1-beta1)*lr
	v = s
	{{if .centered}}
		state mean
		mean = beta2*mean + (1-beta2)*g
		v = where(n > steps_before_using_centered, s - mean^2, s)
	{{end}}
	{{template "bound" .}}
	m = beta1*m + (1-beta1)*lr*g*sqrt(1-beta2^n)/(sqrt(b + 1e-15) + eps)
	u = m
	{{template "cautious" .}}
	w = w - u/where(lr == 0, 1, rate/lr)
	{{if .weight_decouple}} {{template "shrink" .}} {{end}}`,
	},
	"Yogi": {
		on: "weight_decouple", off: "fixed_decay adam_debias",
		text: `
	# Zaheer et al., "Adaptive Methods for Nonconvex Optimization", NeurIPS 2018; both means start above 0.
	hyper lr = 0.01 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), initial_accumulator = 1e-6, eps = 0.001 [0,inf), wd = 0 [0,inf)
	state m = initial_accumulator, v = initial_accumulator
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	v = v - (1-beta2)*sign(v - g^2)*g^2
	{{template "rate" .}}
	w = w - rate*m/(sqrt(v)/sqrt(1-beta2^n) + eps)`,
	},
	"StableAdamW": {
		on: "weight_decouple", unused: "kahan_sum",
		text: `
	# Wortsman et al., "Stable and low-precision training for large-scale vision-language models", NeurIPS 2023.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.99 [0,1), eps = 1e-8 [0,inf), wd = 0.01 [0,inf)
	state m, v
	{{template "start" .}}
	{{if not .weight_decouple}} g = g + wd*w {{end}}
	keep1 = (beta1^n - beta1)/(beta1^n - 1)
	keep2 = (beta2^n - beta2)/(beta2^n - 1)
	m = m + (1-keep1)*(g - m)
	v = keep2*v + (1-keep2)*g^2
	rate = lr/max(sqrt(mean(g^2/max(v, eps^2))), 1)
	{{if .weight_decouple}} w = w*(1 - rate*wd) {{end}}
	w = w - rate*m/(sqrt(v) + eps)`,
	},
	"QHAdam": {
		off: "weight_decouple fixed_decay",
		text: `
	# Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), nu1 = 1 [0,1], nu2 = 1 [0,1], eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	scalar sum1, sum2
	{{template "start" .}}
	{{template "decay" .}}
	sum1 = beta1*sum1 + 1
	sum2 = beta2*sum2 + 1
	m = m + (g - m)/sum1
	v = v + (g^2 - v)/sum2
	w = w - lr*(nu1*m + (1-nu1)*g)/(sqrt(nu2*v + (1-nu2)*g^2) + eps)`,
	},
}
