package compat

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// pytorchOptimizer is how pytorch_optimizer names things.
var pytorchOptimizer = &dialect{
	peer:   "pytorch_optimizer",
	common: wording{off: "maximize", unused: "foreach"},
	option: map[string]string{"wd": "weight_decay", "wd_1d": "weight_decay_1d", "beta3_s": "beta3"},
	tuples: map[string][]string{
		"betas":    {"beta1", "beta2", "beta3", "beta4", "beta5", "beta6", "beta7", "beta8", "beta9"},
		"betas_1d": {"beta1_1d", "beta2_1d"},
		"nus":      {"nu1", "nu2"},
	},
	whole: "k n_sma_threshold warmup_steps memory_length steps_before_using_centered preconditioning_compute_steps grokfast_after_step",

	// All parameters share the number k of steps, those too that had no gradient
	// in some.
	blocks: `
{{define "start"}}
	global scalar n
	n = n + 1
	{{if .maximize}} g = -g {{end}}
	{{if .use_gc}} {{template "many" .}} {{end}}
{{end}}
{{define "free"}}
	# The share of z is the same whatever factor a parameter's lr has.
	global scalar share, peak, total
	peak = max(peak, lr*where(n < warmup_steps, n/warmup_steps, 1))
	part = n^r*peak^weight_lr_power
	total = total + part
	share = where(total == 0, 0, part/total)
	rate = lr*where(n < warmup_steps, n/warmup_steps, 1)
{{end}}
{{define "shrink"}} w = w*(1 - {{if not .fixed_decay}} lr* {{end}} wd) {{end}}
{{define "decay"}}
	{{if .weight_decouple}} {{template "shrink" .}} {{else}} g = g + wd*w {{end}}
{{end}}
{{define "many"}}
	# The step before says whether parameters have many dimensions, and is taken back.
	many = max(step) > 0
	w = where(abs(w) <= step, 0, w)
{{end}}
{{define "centralize"}}
	g = where(many, g - row.mean(g), g)
{{end}}
{{define "adanorm"}}
	# h is the gradient, scaled up where its norm has fallen below the average norm.
	{{if .adanorm}}
		scalar usual
		usual = adanorm_r*usual + (1-adanorm_r)*norm(g)
		h = g*where((norm(g) > 0)*(usual > norm(g)), usual/norm(g), 1)
	{{else}} h = g
	{{end}}
{{end}}
{{define "bound"}}
	# b is the mean of squares, or the largest there has been.
	{{if .ams_bound}}
		state top
		top = max(top, v)
		b = top
	{{else}} b = v
	{{end}}
{{end}}
{{define "rate"}}
	rate = lr {{if not .adam_debias}} /(1-beta1^n) {{end}}
{{end}}
{{define "rectify"}}
	full = 2/(1-beta2) - 1
	rho = full - 2*n*beta2^n/(1-beta2^n)
	rectified = rho >= n_sma_threshold
	r = sqrt((1-beta2^n)*(rho-4)/(full-4)*(rho-2)/rho*full/(full-2))
	rate = rate*where(rectified, r, {{if .degenerated_to_sgd}} 1 {{else}} -1 {{end}})
{{end}}
{{define "cautious"}}
	{{if .cautious}}
		agree = u*g > 0
		u = u*agree*(sum(1)/(sum(agree) + 1))
	{{end}}
{{end}}
{{define "turns"}}
	# Two means take turns: m has this step's, other the last one's.
	m = where(mod(n, 2) == 1, odd, even)
	other = where(mod(n, 2) == 1, even, odd)
{{end}}
{{define "taken turns"}}
	odd = where(mod(n, 2) == 1, m, other)
	even = where(mod(n, 2) == 1, other, m)
{{end}}
{{define "project"}}
	# Where weights and gradient are nearly orthogonal, row by row or as a whole, u loses its part along the weights.
	near = max(abs(row.dot(g, w))/(max(row.norm(g), eps)*max(row.norm(w), eps)))
	rows = many*(near < delta/sqrt(max(row.sum(1))))
	all_near = abs(dot(g, w))/(max(norm(g), eps)*max(norm(w), eps))
	whole = many*(all_near < delta/sqrt(sum(1)))
	along = w/(where(rows, row.norm(w), norm(w)) + eps)
	u = u - where(max(rows, whole), along*where(rows, row.sum(along*u), sum(along*u)), 0)
	ratio = where(max(rows, whole), wd_ratio, 1)
{{end}}
{{define "stable"}}
	{{if .stable_adamw}} u = u/max(sqrt(mean(g^2/max(v, 1e-16))), 1) {{end}}
{{end}}
`,
}

// dimsCentralized are the dimensions above which gradients are centralised.
func dimsCentralized(chosen map[string]any) int {
	switch {
	case chosen["use_gc"] != true:
		return 0
	case chosen["gc_conv_only"] == true:
		return 3
	}
	return 1
}

// dimsOfVectors tells matrices from vectors.
func dimsOfVectors(map[string]any) int { return 1 }

var pytorchOptimizerTables = []map[string]*wording{
	pytorchOptimizerAdam, pytorchOptimizerKin, pytorchOptimizerMore, pytorchOptimizerWhole, pytorchOptimizerSGD, pytorchOptimizerFree, pytorchOptimizerMatrix,
}

// pytorchOptimizerMatrix has those that look at rows and columns.
var pytorchOptimizerMatrix = map[string]*wording{
	"CAME":    {on: "weight_decouple", off: "fixed_decay ams_bound", stepper: newCAME},
	"Shampoo": {off: "weight_decouple fixed_decay", stepper: newShampoo},
}

// pytorchOptimizerTorch has those that are torch's own.
var pytorchOptimizerTorch = []string{"Adam", "AdamW", "LBFGS", "NAdam", "RMSprop", "SGD"}

// pytorchOptimizerMissing has the optimizers that descent has not yet.
const pytorchOptimizerMissing = `
	APOLLO ASGD AdaFactor AdaGC AdaGO AdaHessian AdaLOMO AdaMuon AdaShift AdaTAM Adalite AdamG AdamMini AdamWSN AliG Alice Amos
	ApolloDQN BCOS BSAM Conda DASH DAdaptAdaGrad DAdaptAdan DeMo DistributedMuon DualAdam EmoFact EmoLynx EmoNavi FOCUS FTRL
	Fira FlashAdamW FriendlySAM GSAM GaLore Gravity Kron LOMO LoRARite LookSAM Lookahead Magma Muon MuonClip Nero NorMuon
	OrthoGrad PCGrad RACS ROSE Ranger21 SAM SCION SCIONLight SM3 SPAM SPlus SaRA ScalableShampoo ScheduleFreeRAdam
	ScheduleFreeWrapper SophiaH SpectralSphere StableSPAM TAM TRAC WSAM`

func pytorchOptimizerOptimizers() []string {
	var names []string
	for _, table := range pytorchOptimizerTables {
		names = slices.AppendSeq(names, maps.Keys(table))
	}
	names = append(names, pytorchOptimizerTorch...)
	names = append(names, "SOAP")
	slices.Sort(names)
	return names
}

func pytorchOptimizerFind(name string) (maker, bool) {
	for _, table := range pytorchOptimizerTables {
		if w, ok := table[name]; ok {
			return pytorchOptimizer.maker(name, w), true
		}
	}
	if slices.Contains(pytorchOptimizerTorch, name) {
		return torchFind(name)
	}
	if name == "SOAP" {
		return maker{make: pytorchOptimizerSOAP}, true
	}
	return maker{make: func(map[string]any) (made, error) {
		return made{}, errors.New("pytorch_optimizer has it, descent has not yet")
	}}, slices.Contains(strings.Fields(pytorchOptimizerMissing), name)
}
