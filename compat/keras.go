package compat

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/formula"
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
	},
	whole:   "gradient_accumulation_steps ema_overwrite_frequency warmup_steps ns_steps",
	options: kerasAccumulate,
	check:   kerasCheck,

	// All parameters share the number n of updates, those too that had no
	// gradient in some.
	blocks: `
{{define "start"}}
	global scalar n
	n = n + 1
	{{template "clip" .}}
	{{if and .use_ema .gradient_accumulation_steps}} before = w {{end}}
	w = w - w*wd*lr
{{end}}
{{define "clip"}}
	{{if .loss_scale_factor}}
		hyper loss_scale_factor = 1
		g = g/loss_scale_factor
	{{end}}
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
{{end}}
{{define "after"}}
	{{if .use_ema}}
		global scalar n
		n = n + 1
		{{if .gradient_accumulation_steps}} before = w + step {{end}}
		{{template "end" .}}
	{{end}}
{{end}}
{{define "end"}}
	# While gradients are accumulated the average goes on, towards the weights before the update.
	{{if .use_ema}}
		hyper ema_momentum = 0.99 [0,1]
		state average
		{{if .gradient_accumulation_steps}}
			hyper gradient_accumulation_steps = 2
			kept = ema_momentum^(gradient_accumulation_steps - 1)
			average = kept*average + (1-kept)*before
		{{end}}
		average = where(n == 1, w, ema_momentum*average + (1-ema_momentum)*w)
		{{if .ema_overwrite_frequency}}
			hyper ema_overwrite_frequency = 1 [1,inf)
			w = where(mod(n, ema_overwrite_frequency) == 0, average, w)
		{{end}}
		eval mean = average
	{{end}}
{{end}}
`,
}

// kerasAccumulate reads over how many steps gradients are averaged.
func kerasAccumulate(r *reader) []descent.Option {
	const option = "gradient_accumulation_steps"
	if !r.given(option) {
		return nil
	}
	n := r.whole(option, 2, formula.Range{Lo: 2, Hi: math.Inf(1), OpenHi: true})
	return []descent.Option{descent.Accumulate(n)}
}

// kerasCheck reports options that do not go together.
func kerasCheck(r *reader) {
	clips := 0
	for _, option := range []string{"clipnorm", "clipvalue", "global_clipnorm"} {
		if r.given(option) {
			clips++
		}
	}
	switch {
	case clips > 1:
		r.fail("options clipnorm, clipvalue, global_clipnorm: give one of them")
	case r.options["use_ema"] == true && r.given("ema_overwrite_frequency") && r.given("gradient_accumulation_steps"):
		r.fail("options ema_overwrite_frequency and gradient_accumulation_steps together: Keras has it, descent has not: its weights then move between updates too")
	}
}

func kerasOptimizers() []string { return slices.Sorted(maps.Keys(kerasTable)) }

// kerasFind takes capitals as they come, as Keras does.
func kerasFind(name string) (maker, bool) {
	for known, w := range kerasTable {
		if strings.EqualFold(name, known) {
			return keras.maker(known, w), true
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
	v = v + (g^2 - v)*(1-beta2)
	mean = next*m/(1 - product*next) + (1-mu)*g/(1 - product)
	w = w - lr*mean/(sqrt(v/(1-beta2^n)) + eps)
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
	u = m/(1-beta1^n)/(sqrt(v/(1-beta2^n)) + eps)
	ratio = where((norm(w) > 0)*(norm(u) > 0), norm(w)/norm(u), 1)
	w = w - ratio*lr*u
	{{template "end" .}}`,
	},
	"Adafactor": {
		null: "weight_decay", unused: "relative_step", stepper: newKerasAdafactor,
		before: `{{template "clip" .}}`, after: `{{template "after" .}}`,
	},
	"Muon": {
		on: "nesterov exclude_embeddings", nullable: "weight_decay adam_weight_decay rms_rate", patterns: "exclude_layers", stepper: newKerasMuon,
		before: `{{template "clip" .}}`, after: `{{template "after" .}}`,
	},
	"ScheduleFreeAdamW": {
		null: "weight_decay",
		text: `
	# Defazio et al., "The Road Less Scheduled", NeurIPS 2024. w are the points where gradients are taken.
	hyper lr = 0.0025 [0,inf), beta1 = 0.9 (0,1], beta2 = 0.999, eps = 1e-8, warmup_steps = 0, wd = 0
	state z = w, v
	{{template "start" .}}
	rate = lr*where(warmup_steps > 0, min(n/warmup_steps, 1), 1)
	v = v + (g^2 - v)*(1-beta2)
	x = (w - (1-beta1)*z)/beta1
	z = z - rate*g/(sqrt(v/(1-beta2^n)) + eps)
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
	{{if .amsgrad}}
		state top
		top = max(top, v)
		w = w - lr*sqrt(1-beta2^n)/(1-beta1^n)*m/(sqrt(top) + eps)
	{{else}}
		w = w - lr*sqrt(1-beta2^n)/(1-beta1^n)*m/(sqrt(v) + eps)
	{{end}}
	{{template "end" .}}`
