package compat

// pytorchOptimizerKin has more kin of Adam and Adagrad with one step for all
// weights.
var pytorchOptimizerKin = map[string]*wording{
	"AdaDelta": {
		off: "weight_decouple fixed_decay",
		text: `
	# Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
	hyper lr = 1 [0,inf), rho = 0.9 [0,1], eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state v, u
	{{template "start" .}}
	{{template "decay" .}}
	v = rho*v + (1-rho)*g^2
	d = sqrt(u + eps)/sqrt(v + eps)*g
	u = rho*u + (1-rho)*d^2
	w = w - lr*d`,
	},
	"AdaMax": {
		off: "weight_decouple fixed_decay adanorm adam_debias",
		text: `
	# Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 2; eps is added to the new gradient.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf), adanorm_r = 0.95
	state m, u
	{{template "start" .}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	u = max(beta2*u, abs(g) + eps)
	{{template "rate" .}}
	w = w - rate*m/u`,
	},
	"AdamC": {
		on: "weight_decouple", off: "fixed_decay ams_bound", missing: "normalized",
		text: `
	# Defazio, "Why Gradients Rapidly Increase Near the End of Training", 2025.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	w = w - lr/(1-beta1^n)*m*sqrt(1-beta2^n)/(sqrt(b + 1e-15) + eps)`,
	},
	"AdaPNM": {
		on: "weight_decouple ams_bound", off: "fixed_decay adanorm adam_debias",
		text: `
	# Xie et al., "Positive-Negative Momentum: Manipulating Stochastic Gradient Noise to Improve Generalization", ICML 2021.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), beta3 = 1 [0,1], eps = 1e-8 [0,inf), wd = 0 [0,inf), adanorm_r = 0.95
	state odd, even, v
	{{template "start" .}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	{{template "turns" .}}
	m = m + (1-beta1^2)*(h - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	{{template "rate" .}}
	w = w - rate*((1+beta3)*m - beta3*other)/sqrt((1+beta3)^2 + beta3^2)*sqrt(1-beta2^n)/(sqrt(b + 1e-15) + eps)
	{{template "taken turns" .}}`,
	},
	"PNM": {
		on: "weight_decouple", off: "fixed_decay", unused: "eps",
		text: `
	# Xie et al., "Positive-Negative Momentum: Manipulating Stochastic Gradient Noise to Improve Generalization", ICML 2021.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1], beta2 = 1 [0,1], wd = 0 [0,inf)
	state odd, even
	{{template "start" .}}
	{{template "decay" .}}
	{{template "turns" .}}
	m = m + (1-beta1^2)*(g - m)
	w = w - lr*((1+beta2)*m - beta2*other)/sqrt((1+beta2)^2 + beta2^2)
	{{template "taken turns" .}}`,
	},
	"AdaSmooth": {
		off: "weight_decouple fixed_decay",
		text: `
	# Lu, "AdaSmooth: An Adaptive Learning Rate Method based on Effective Ratio", 2022.
	hyper lr = 0.001 [0,inf), beta1 = 0.5 [0,1), beta2 = 0.99 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state before = w, straight, long, v
	{{template "start" .}}
	{{template "decay" .}}
	straight = straight + (w - before)
	long = long + abs(w - before)
	c = abs(straight)/(long + eps)*(beta2 - beta1) + (1-beta2)
	v = v + c^2*(g^2 - v)
	before = w
	w = w - lr/sqrt(v + eps)*g`,
	},
	"DiffGrad": {
		on: "weight_decouple degenerated_to_sgd", off: "fixed_decay rectify ams_bound adanorm adam_debias",
		text: `
	# Dubey et al., "diffGrad: An Optimization Method for Convolutional Neural Networks", 2019.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper n_sma_threshold = 5, adanorm_r = 0.95
	state m, v, before
	{{template "start" .}}
	{{template "decay" .}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "bound" .}}
	{{template "rate" .}}
	u = m/(1 + exp(-abs(before - g)))/(sqrt(b + 1e-15) + eps)
	before = g
	{{if .rectify}}
		{{template "rectify" .}}
		w = w - max(rate, 0)*where(rectified, u, m)
	{{else}}
		w = w - rate*sqrt(1-beta2^n)*u
	{{end}}`,
	},
	"EXAdam": {
		on: "weight_decouple", off: "fixed_decay",
		text: `
	# Adly, "EXAdam: The Power of Adaptive Cross-Moments", 2024.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	d1 = 1 + v/(v + eps)*beta2^n
	d2 = 1 + m^2/(m^2 + eps)*beta1^n
	w = w - lr*(m/(1-beta1^n)*d1 + d1*(g/(1-beta1^n)))/(sqrt(d2*(v/(1-beta2^n))) + eps)`,
	},
	"PAdam": {
		off: "weight_decouple fixed_decay",
		text: `
	# Chen et al., "Closing the Generalization Gap of Adaptive Gradient Methods in Training Deep Neural Networks", IJCAI 2020.
	hyper lr = 0.1 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), partial = 0.25 (0,1], eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	w = w - lr*sqrt(1-beta2^n)/(1-beta1^n)*m/(sqrt(v) + eps)^(2*partial)`,
	},
	"RAdam": {
		on: "weight_decouple", off: "fixed_decay degenerated_to_sgd adanorm adam_debias",
		text: `
	# Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020. Decay that is not decoupled has no effect.
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper n_sma_threshold = 5, adanorm_r = 0.95
	state m, v
	{{template "start" .}}
	{{template "adanorm" .}}
	m = m + (1-beta1)*(h - m)
	v = beta2*v + (1-beta2)*g^2
	{{template "rate" .}}
	{{template "rectify" .}}
	before = w
	{{if .weight_decouple}} {{template "shrink" .}} {{end}}
	w = where(max(rectified, rate > 0), w, before)
	w = w - where(rectified, rate*m/(sqrt(v) + eps), max(rate, 0)*m)`,
	},
	"GrokFastAdamW": {
		on: "grokfast weight_decouple normalize_lr", off: "fixed_decay",
		text: `
	# Lee et al., "Grokfast: Accelerated Grokking by Amplifying Slow Gradients", 2024.
	hyper lr = 0.0001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.99 [0,1), grokfast_alpha = 0.98 [0,1), grokfast_lamb = 2 [0,inf)
	hyper grokfast_after_step = 0, eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v, slow
	slow = where(t == 1, g {{if .maximize}} *(-1) {{end}}, slow)
	{{template "start" .}}
	rate = lr {{if .grokfast}} {{if .normalize_lr}} /(1 + grokfast_lamb) {{end}} {{end}}
	{{if .weight_decouple}} w = w*(1 - {{if not .fixed_decay}} rate* {{end}} wd) {{else}} g = g + wd*w {{end}}
	{{if .grokfast}}
		late = n > grokfast_after_step
		slow = where(late, slow + (1-grokfast_alpha)*(g - slow), slow)
		g = where(late, g + grokfast_lamb*slow, g)
	{{end}}
	m = m + (1-beta1)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	w = w - rate/(1-beta1^n)*m/max(sqrt(v)/sqrt(1-beta2^n), eps)`,
	},
	"SimplifiedAdEMAMix": {
		on: "weight_decouple", off: "fixed_decay", optional: "beta1_warmup",
		text: `
	# Morwani et al., "Connections between Schedule-Free Optimizers, AdEMAMix, and Accelerated SGD Variants", 2025.
	hyper lr = 0.0001 [0,inf), beta1 = 0.99 [0,1), beta2 = 0.95 [0,1), alpha = 0 [0,inf), min_beta1 = 0.9 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	scalar sum
	{{template "start" .}}
	{{template "decay" .}}
	keep = beta1
	{{if .beta1_warmup}}
		hyper beta1_warmup = 1 (0,inf)
		share = n/beta1_warmup
		half = (1-share)*(log(0.5)/log(min_beta1 + 1e-8) - 1) + share*(log(0.5)/log(beta1 + 1e-8) - 1)
		keep = where(n < beta1_warmup, 0.5^(1/(half + 1)), beta1)
	{{end}}
	m = m + (1-keep)*(g - m)
	v = beta2*v + (1-beta2)*g^2
	sum = beta2*sum + (1-beta2)
	w = w - lr*(m + alpha*g)/(sqrt(v) + sqrt(sum)*eps)/sqrt(sum)`,
	},
	"Ano": {
		on: "weight_decouple", off: "fixed_decay logarithmic_schedule",
		text: `
	# Kegreisz, "Ano: Faster is Better in Noisy Landscapes", 2025.
	hyper lr = 0.0001 [0,inf), beta1 = 0.92 [0,1), beta2 = 0.99 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, v
	{{template "start" .}}
	{{template "decay" .}}
	keep = {{if .logarithmic_schedule}} 1 - 1/log(max(2, n)) {{else}} beta1 {{end}}
	m = m + (1-keep)*(g - m)
	v = beta2*v + (1-beta2)*sign(g^2 - v)*g^2
	w = w - lr*abs(g)*sign(m)/(sqrt(v/(1-beta2^n)) + eps)`,
	},
	"Kate": {
		on: "weight_decouple", off: "fixed_decay",
		text: `
	# Choudhury et al., "Remove that Square Root: A New Efficient Scale-Invariant Version of AdaGrad", NeurIPS 2024.
	hyper lr = 0.001 [0,inf), delta = 0 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, b
	{{template "start" .}}
	{{template "decay" .}}
	b = b^2 + g^2 + eps
	m = sqrt(m^2 + delta*g^2 + g^2/b)
	w = w - lr*m*g/b
	b = sqrt(b)`,
	},
	"MADGRAD": {
		off: "weight_decouple",
		text: `
	# Defazio & Jelassi, "Adaptivity without Compromise: A Momentumized, Adaptive, Dual Averaged Gradient Method", 2021.
	hyper lr = 0.001 [0,inf), momentum = 0.9 [0,1), eps = 1e-6 [0,inf), wd = 0 [0,inf)
	state v, s, start = w
	{{template "start" .}}
	rate = where(lr == 0, 0, lr + eps)
	before = w
	{{if not .weight_decouple}} g = g + wd*w {{end}}
	root = v^(1/3) + eps
	x = where(momentum > 0, start, w + where(root > 0, s/root, 0))
	v = v + rate*sqrt(n)*g^2
	s = s + rate*sqrt(n)*g
	root = v^(1/3) + eps
	z = x - where(root > 0, s/root, 0)
	w = w + (1-momentum)*(z - w)
	{{if .weight_decouple}} w = w - rate*wd*before {{end}}`,
	},
}
