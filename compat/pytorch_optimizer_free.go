package compat

// pytorchOptimizerFree has those that find their learning rate or need no
// schedule.
var pytorchOptimizerFree = map[string]*wording{
	"A2Grad": {
		unused: "lr", choice: []string{"variant", "uni", "inc", "exp"},
		text: `
	# Deng, Cheng & Lan, "Optimal Adaptive and Accelerated Stochastic Gradient Descent", 2018.
	hyper beta = 10, lips = 10 (0,inf), rho = 0.5 [0,inf)
	state mean, x = w
	scalar v, alpha = 1
	mean = where(t == 1, g, mean)
	{{template "start" .}}
	mean = mean + (g - mean)/n
	off = sum((g - mean)^2)
	{{if eq .variant "uni"}}
		v = v + off
		root = sqrt(v)
	{{else if eq .variant "inc"}}
		v = v*(n/(n+1))^2 + off
		root = sqrt(v)*sqrt(n+1)
	{{else}}
		scalar u
		u = rho*u + (1-rho)*off
		v = max(u, v)
		root = sqrt(v)*sqrt(n+1)
	{{end}}
	c = -1/(2*lips/(n+1) + beta*root)
	next = 2/(n+3)
	x = x + c*g
	w = w + (x - w)*next + (1-next)*alpha*c*g
	alpha = next`,
	},
	"DAdaptAdam": {
		off: "weight_decouple fixed_decay bias_correction",
		text: `
	# Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023.
	hyper lr = 1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), d0 = 1e-6, growth_rate = inf (0,inf], eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v, s
	global scalar rate, numerator, d = d0
	{{template "start" .}}
	root = sqrt(beta2)
	rate = d*lr {{if .bias_correction}} *sqrt(1-beta2^n)/(1-beta1^n) {{end}}
	{{if not .weight_decouple}} g = g + wd*w {{end}}
	gain = rate*all.sum(g*s/(sqrt(v) + eps))
	m = beta1*m + rate*(1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	s = root*s + rate*(1-root)*g
	total = all.sum(abs(s))
	numerator = where(total > 0, root*numerator + (1-root)*gain, numerator)
	d = where((total > 0)*(lr > 0), max(d, min(numerator/((1-root)*total), d*growth_rate)), d)
	{{if .weight_decouple}} w = where(total > 0, w*(1 - {{if not .fixed_decay}} rate* {{end}} wd), w) {{end}}
	w = w - where(total > 0, m/(sqrt(v) + eps), 0)`,
	},
	"Prodigy": {
		on: "weight_decouple", off: "fixed_decay bias_correction safeguard_warmup", optional: "beta3",
		text: `
	# Mishchenko & Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", ICML 2024.
	# Decay that is not decoupled comes too late to have an effect.
	hyper lr = 1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), d0 = 1e-6, d_coef = 1, growth_rate = inf (0,inf], eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v, s, start = w
	global scalar rate, numerator, d = d0, most = d0, keep1, keep2, keep
	{{template "start" .}}
	# lr and betas are those of the first group.
	keep1 = beta1
	keep2 = beta2
	{{if .beta3}}
		hyper beta3_s = 0.999 [0,1]
		keep = beta3_s
	{{else}} keep = sqrt(beta2)
	{{end}}
	rate = d*lr {{if .bias_correction}} *sqrt(1-beta2^n)/(1-beta1^n) {{end}}
	numerator = keep*numerator + d/d0*rate*all.dot(g, start - w)
	m = keep1*m + d*(1-keep1)*g
	v = keep2*v + d^2*(1-keep2)*g^2
	s = keep*s + d/d0* {{if .safeguard_warmup}} d {{else}} rate {{end}} *g
	total = all.sum(abs(s))
	guess = where(total > 0, d_coef*numerator/total, 0)
	raised = where(d == d0, max(d, guess), d)
	most = where(total > 0, max(most, guess), most)
	d = where(total > 0, min(most, raised*growth_rate), d)
	{{if .weight_decouple}} w = where(total > 0, w*(1 - {{if not .fixed_decay}} rate* {{end}} wd), w) {{end}}
	w = w - where(total > 0, rate*m/(sqrt(v) + d*eps), 0)`,
	},
	"ScheduleFreeSGD": {
		unused: "eps",
		text: `
	# Defazio et al., "The Road Less Scheduled", NeurIPS 2024. w are the points where gradients are taken.
	hyper lr = 1 [0,inf), momentum = 0.9 (0,1), r = 0, weight_lr_power = 2, warmup_steps = 0 [0,inf), wd = 0 [0,inf)
	state z = w
	{{template "start" .}}
	{{template "free" .}}
	g = g + wd*w
	w = w + (z - w)*share + rate*(momentum*(1-share) - 1)*g
	z = z - rate*g
	eval average = (w - (1-momentum)*z)/momentum`,
	},
	"ScheduleFreeAdamW": {
		off: "ams_bound", unused: "use_palm",
		text: `
	# Defazio et al., "The Road Less Scheduled", NeurIPS 2024. w are the points where gradients are taken.
	hyper lr = 0.0025 [0,inf), beta1 = 0.9 (0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper r = 0, weight_lr_power = 2, warmup_steps = 0 [0,inf), decoupling_c = 0 [0,inf)
	state z = w, s
	{{template "start" .}}
	{{template "free" .}}
	c = where(decoupling_c > 0, min(1, share*(1-beta1)*decoupling_c), share)
	s = beta2*s + (1-beta2)*g^2
	v = s/(1-beta2^n)
	{{template "bound" .}}
	g = g/(sqrt(b + 1e-15) + eps) + wd*w
	w = w + (z - w)*c + rate*(beta1*(1-c) - 1)*g
	z = z - rate*g
	eval average = (w - (1-beta1)*z)/beta1`,
	},
}
