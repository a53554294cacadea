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
	whole: "k n_sma_threshold warmup_steps memory_length steps_before_using_centered preconditioning_compute_steps",

	// All parameters share the number k of steps, those too that had no gradient
	// in some.
	blocks: `
{{define "start"}}
	global scalar n
	n = n + 1
	{{if .maximize}} g = -g {{end}}
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
{{define "centralize"}}
	g = where(row.sum(1) > 1, g - row.mean(g), g)
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
{{define "stable"}}
	{{if .stable_adamw}} u = u/max(sqrt(mean(g^2/max(v, 1e-16))), 1) {{end}}
{{end}}
`,
}

var pytorchOptimizerTables = []map[string]*wording{
	pytorchOptimizerAdam, pytorchOptimizerMore, pytorchOptimizerSGD, pytorchOptimizerFree, pytorchOptimizerMatrix,
}

// pytorchOptimizerMatrix has those that look at rows and columns.
var pytorchOptimizerMatrix = map[string]*wording{
	"CAME":    {on: "weight_decouple", off: "fixed_decay ams_bound", stepper: newCAME},
	"Shampoo": {off: "weight_decouple fixed_decay", stepper: newShampoo},
}

// pytorchOptimizerMissing has the optimizers that descent has not yet.
const pytorchOptimizerMissing = `
	APOLLO ASGD AdaDelta AdaFactor AdaGC AdaGO AdaHessian AdaLOMO AdaMax AdaMuon AdaPNM AdaShift AdaSmooth AdaTAM Adai
	Adalite Adam AdamC AdamG AdamMini AdamP AdamS AdamW AdamWSN Aida AliG Alice Amos Ano ApolloDQN AvaGrad BCOS BSAM Conda
	DASH DAdaptAdaGrad DAdaptAdan DAdaptLion DAdaptSGD DeMo DiffGrad DistributedMuon DualAdam EXAdam EmoFact EmoLynx EmoNavi
	FAdam FOCUS FTRL Fira FlashAdamW FriendlySAM GSAM GaLore Gravity GrokFastAdamW Kate Kron LBFGS LOMO LoRARite LookSAM
	Lookahead MADGRAD Magma Muon MuonClip NAdam Nero NorMuon NovoGrad OrthoGrad PAdam PCGrad PNM RACS RAdam RMSprop ROSE
	Ranger21 SAM SCION SCIONLight SGD SGDP SGDSaI SM3 SOAP SPAM SPlus SaRA ScalableShampoo ScheduleFreeRAdam
	ScheduleFreeWrapper SimplifiedAdEMAMix SophiaH SpectralSphere StableSPAM TAM TRAC VSGD WSAM`

func pytorchOptimizerOptimizers() []string {
	var names []string
	for _, table := range pytorchOptimizerTables {
		names = slices.AppendSeq(names, maps.Keys(table))
	}
	slices.Sort(names)
	return names
}

func pytorchOptimizerFind(name string) (maker, bool) {
	for _, table := range pytorchOptimizerTables {
		if w, ok := table[name]; ok {
			return pytorchOptimizer.maker(name, w), true
		}
	}
	return maker{make: func(map[string]any) (made, error) {
		return made{}, errors.New("pytorch_optimizer has it, descent has not yet")
	}}, slices.Contains(strings.Fields(pytorchOptimizerMissing), name)
}
