package compat

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// keras is how Keras 3 names things, and what its base class does before and
// after each optimizer's own part of a step.
var keras = &dialect{
	peer: "keras",
	common: wording{
		off:      "use_ema",
		optional: "loss_scale_factor clipnorm clipvalue global_clipnorm gradient_accumulation_steps ema_overwrite_frequency",
		unused:   "name ema_momentum",
	},
	option: map[string]string{
		"lr": "learning_rate", "wd": "weight_decay", "beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon",
		"start": "initial_accumulator_value", "power": "learning_rate_power", "l1": "l1_regularization_strength",
		"l2": "l2_regularization_strength", "shrinkage": "l2_shrinkage_regularization_strength",
		"calls_per_update": "gradient_accumulation_steps",
	},
	whole: "gradient_accumulation_steps calls_per_update ema_overwrite_frequency warmup_steps ns_steps",
	check: kerasCheck,

	// All parameters share the number n of updates, those too that had no
	// gradient in some. While gradients are accumulated, what stands between
	// "before" and "window" leaves no trace: see kerasHold.
	blocks: `
{{define "start"}}
	{{if .loss_scale_factor}}
		hyper loss_scale_factor = 1
		g = g/loss_scale_factor
	{{end}}
	{{if or .use_ema .gradient_accumulation_steps}}
		global scalar calls
		calls = calls + 1
	{{end}}
	{{if .gradient_accumulation_steps}}
		hyper gradient_accumulation_steps = 2 [2,inf)
		state sum
		due = mod(calls, gradient_accumulation_steps) == 0
		sum = sum + g
		g = sum/gradient_accumulation_steps
		sum = where(due, 0, sum)
	{{end}}
	{{if or .use_ema .gradient_accumulation_steps}} before = w {{end}}
	global scalar n
	n = n + 1
	{{if .clipnorm}}
		hyper clipnorm = 1
		g = g*where(clipnorm > 0, clipnorm/max(norm(g), clipnorm), 1)
	{{else if .global_clipnorm}}
		hyper global_clipnorm = 1
		g = g*where(global_clipnorm > 0, global_clipnorm/max(all.norm(g), global_clipnorm), 1)
	{{else if .clipvalue}}
		hyper clipvalue = 1
		g = where(clipvalue > 0, clip(g, -clipvalue, clipvalue), g)
	{{end}}
	w = w - w*wd*lr
{{end}}
{{define "power2"}}
	# Keras has beta2 and its power in the weights' type: for float32 beta2 is rounded first (Veltkamp's way).
	single = (w - w) + 1.000000001 == 1
	split = 536870913*beta2
	rounded = split - (split - beta2)
	typed2 = where(single, rounded, beta2)
	power2 = where(single, rounded^n, beta2^n)
{{end}}
{{define "end"}}
	{{if .gradient_accumulation_steps}} window = floor((calls - 1)/gradient_accumulation_steps) {{else if .use_ema}} window = calls - 1 {{end}}
	{{if .use_ema}} {{template "average" .}} {{end}}
{{end}}
{{define "after"}}
	{{if .use_ema}}
		global scalar calls
		calls = calls + 1
		before = w + step
		{{if .gradient_accumulation_steps}}
			hyper calls_per_update = 2 [2,inf)
			window = floor((calls - 1)/calls_per_update)
		{{else}}
			window = calls - 1
		{{end}}
		{{template "average" .}}
	{{end}}
{{end}}
{{define "average"}}
	# The average moves at every call: while gradients are accumulated, and while the parameter has none.
	hyper ema_momentum = 0.99 [0,1]
	state average = w
	scalar last
	idle = ema_momentum^(calls - 1 - last)
	last = calls
	keep = where(window == 0, 0, ema_momentum)
	average = keep*(idle*average + (1-idle)*before) + (1-keep)*w
	{{if .ema_overwrite_frequency}}
		hyper ema_overwrite_frequency = 1 [1,inf)
		w = where(mod(window + 1, ema_overwrite_frequency) == 0, average, w)
	{{end}}
	eval mean = ema_momentum^(calls - last)*average + (1 - ema_momentum^(calls - last))*w
{{end}}
`,
}

// kerasCheck reports options that do not go together.
func kerasCheck(r *reader) {
	clips := 0
	for _, option := range []string{"clipnorm", "clipvalue", "global_clipnorm"} {
		if r.given(option) {
			clips++
		}
	}
	if clips > 1 {
		r.fail("options clipnorm, clipvalue, global_clipnorm: give one of them")
	}
}

func kerasOptimizers() []string { return slices.Sorted(maps.Keys(kerasTable)) }

// kerasFind takes capitals as they come, as Keras does.
func kerasFind(name string) (maker, bool) {
	for known, w := range kerasTable {
		if strings.EqualFold(name, known) {
			return kerasLoop(keras.maker(known, w)), true
		}
	}
	return maker{make: func(map[string]any) (made, error) {
		return made{}, errors.New("keras has it, descent has not: it wraps other optimizers; here there is descent.LossScale")
	}}, strings.EqualFold(name, "LossScaleOptimizer")
}

var kerasTable = map[string]*wording{
	"SGD": {
		off: "nesterov", null: "weight_decay",
		text: `
	# Keras's SGD: lr is inside the velocity.
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1], wd = 0
	state v
	{{template "start" .}}
	v = momentum*v - lr*g
	{{if .nesterov}} w = w + momentum*v - lr*g {{else}} w = w + v {{end}}
	{{template "end" .}}`,
	},
	"RMSprop": {
		off: "centered", null: "weight_decay",
		text: `
	# Keras's RMSprop: eps is inside the root, lr inside the velocity.
	hyper lr = 0.001 [0,inf), rho = 0.9, momentum = 0 [0,inf), eps = 1e-7, wd = 0
	state v, velocity
	{{template "start" .}}
	v = rho*v + (1-rho)*g^2
	{{if .centered}}
		state mean
		mean = rho*mean + (1-rho)*g
		velocity = momentum*velocity + lr*g/sqrt(v - mean^2 + eps)
	{{else}}
		velocity = momentum*velocity + lr*g/sqrt(v + eps)
	{{end}}
	w = w - velocity
	{{template "end" .}}`,
	},
	"Adam":  {off: "amsgrad", null: "weight_decay", text: "hyper wd = 0\n" + kerasAdam},
	"AdamW": {off: "amsgrad", text: "hyper wd = 0.004\n" + kerasAdam},
	"Adadelta": {
		null: "weight_decay",
		text: `
	# Keras's Adadelta, with a learning rate.
	hyper lr = 0.001 [0,inf), rho = 0.95, eps = 1e-7, wd = 0
	state v, u
	{{template "start" .}}
	v = rho*v + (1-rho)*g^2
	d = sqrt(u + eps)*g/sqrt(v + eps)
	u = rho*u + (1-rho)*d^2
	w = w - lr*d
	{{template "end" .}}`,
	},
	"Adagrad": {
		null: "weight_decay",
		text: `
	# Keras's Adagrad: the sum starts above 0, eps is inside the root.
	hyper lr = 0.001 [0,inf), start = 0.1 [0,inf), eps = 1e-7, wd = 0
	state h = start
	{{template "start" .}}
	h = h + g^2
	w = w - lr*g/sqrt(h + eps)
	{{template "end" .}}`,
	},
	"Adamax": {
		null: "weight_decay",
		text: `
	# Keras's Adamax: eps is beside the maximum.
	hyper lr = 0.001 [0,inf), beta1 = 0.9, beta2 = 0.999, eps = 1e-7, wd = 0
	state m, u
	{{template "start" .}}
	m = m + (g - m)*(1-beta1)
	u = max(beta2*u, abs(g))
	w = w - lr*m/((1-beta1^n)*(u + eps))
	{{template "end" .}}`,
	},
	"Nadam": {
		null: "weight_decay",
		text: `
	# Keras's Nadam: the warm-up's decay is not 0.96^(t*0.004) but 0.96^t.
	hyper lr = 0.001 [0,inf), beta1 = 0.9, beta2 = 0.999, eps = 1e-7, wd = 0
	state m, v
	global scalar product = 1
	{{template "start" .}}
	mu = beta1*(1 - 0.5*0.96^n)
	next = beta1*(1 - 0.5*0.96^(n+1))
	product = product*beta1*(1 - 0.5*0.96^n)
	m = m + (g - m)*(1-beta1)
	{{template "power2" .}}
	v = v + (g^2 - v)*(1-typed2)
	mean = next*m/(1 - product*next) + (1-mu)*g/(1 - product)
	w = w - lr*mean/(sqrt(v/(1-power2)) + eps)
	{{template "end" .}}`,
	},
	"Ftrl": {
		null: "weight_decay",
		text: `
	# Keras's FTRL: l2 counts twice, the sum starts above 0, shrinkage is not part of it.
	hyper lr = 0.001 (0,inf), power = -0.5 (-inf,0], start = 0.1 [0,inf), l1 = 0 [0,inf), l2 = 0 [0,inf), shrinkage = 0 [0,inf), beta = 0, wd = 0
	state h = start, z
	{{template "start" .}}
	next = h + g^2
	z = z + g + 2*shrinkage*w - (next^(-power) - h^(-power))/lr*w
	h = next
	w = (clip(z, -l1, l1) - z)/(next^(-power)/lr + 2*(l2 + beta/(2*lr)))
	{{template "end" .}}`,
	},
	"Lion": {
		null: "weight_decay",
		text: `
	hyper lr = 0.001 [0,inf), beta1 = 0.9 (0,1], beta2 = 0.99, wd = 0
	state m
	{{template "start" .}}
	w = w - lr*sign(beta1*m + (1-beta1)*g)
	m = beta2*m + (1-beta2)*g
	{{template "end" .}}`,
	},
	"Lamb": {
		null: "weight_decay",
		text: `
	# Keras's LAMB: the decay is beside the trust ratio.
	hyper lr = 0.001 [0,inf), beta1 = 0.9, beta2 = 0.999, eps = 1e-7, wd = 0
	state m, v
	{{template "start" .}}
	m = m + (g - m)*(1-beta1)
	v = v + (g^2 - v)*(1-beta2)
	{{template "power2" .}}
	u = m/(1-beta1^n)/(sqrt(v/(1-power2)) + eps)
	ratio = where((norm(w) > 0)*(norm(u) > 0), norm(w)/norm(u), 1)
	w = w - ratio*lr*u
	{{template "end" .}}`,
	},
	"Adafactor": {
		null: "weight_decay", unused: "relative_step", stepper: newKerasAdafactor, after: `{{template "after" .}}`,
	},
	"Muon": {
		on: "nesterov exclude_embeddings", nullable: "weight_decay adam_weight_decay rms_rate", patterns: "exclude_layers", stepper: newKerasMuon,
		after: `{{template "after" .}}`,
	},
	"ScheduleFreeAdamW": {
		null: "weight_decay",
		text: `
	# Defazio et al., "The Road Less Scheduled", NeurIPS 2024. w are the points where gradients are taken.
	hyper lr = 0.0025 [0,inf), beta1 = 0.9 (0,1], beta2 = 0.999, eps = 1e-8, warmup_steps = 0, wd = 0
	state z = w, v
	{{template "start" .}}
	rate = lr*where(warmup_steps > 0, min(n/warmup_steps, 1), 1)
	{{template "power2" .}}
	v = v + (g^2 - v)*(1-typed2)
	x = (w - (1-beta1)*z)/beta1
	z = z - rate*g/(sqrt(v/(1-power2)) + eps)
	w = (1-beta1)*z + beta1*((1 - 1/n)*x + z/n)
	{{template "end" .}}`,
	},
}

const kerasAdam = `
	# Keras's Adam: eps is added to the uncorrected root.
	hyper lr = 0.001 [0,inf), beta1 = 0.9, beta2 = 0.999, eps = 1e-7
	state m, v
	{{template "start" .}}
	m = m + (g - m)*(1-beta1)
	v = v + (g^2 - v)*(1-beta2)
	{{template "power2" .}}
	{{if .amsgrad}}
		state top
		top = max(top, v)
		w = w - lr*sqrt(1-power2)/(1-beta1^n)*m/(sqrt(top) + eps)
	{{else}}
		w = w - lr*sqrt(1-power2)/(1-beta1^n)*m/(sqrt(v) + eps)
	{{end}}
	{{template "end" .}}`
