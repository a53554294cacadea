package compat

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// newKerasAdafactor makes Shazeer & Stern's Adafactor as Keras has it: a step
// is never larger than one over the root of the number of steps.
func newKerasAdafactor(chosen map[string]any) *stepper {
	return &stepper{
		summary: "Divides by the root of averaged squares, known by their rows and columns; steps are relative to the weights.",
		paper:   `Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018, as Keras has it.`,
		hypers: append(kerasGradientHypers(chosen), []formula.Hyper{
			{Name: "lr", Default: 1e-3, Range: notNegative},
			{Name: "beta_2_decay", Default: -0.8, Range: anyNumber},
			{Name: "epsilon_1", Default: 1e-30, Range: notNegative},
			{Name: "epsilon_2", Default: 1e-3, Range: notNegative},
			{Name: "clip_threshold", Default: 1, Range: positive},
			{Name: "wd", Range: anyNumber},
		}...),
		states: factoredStates,
		step:   kerasAdafactorStep,
	}
}

// factoredStates are those of factoredRoots; what is no matrix has squares of
// its own.
func factoredStates(shape []int) []optim.StateSize {
	k := len(shape)
	if k < 2 {
		return []optim.StateSize{{Name: "v", Len: weights(shape)}}
	}
	return []optim.StateSize{{Name: "rows", Len: weights(shape[:k-1])}, {Name: "columns", Len: weights(shape[:k-2]) * shape[k-1]}}
}

func kerasAdafactorStep(t *optim.Tensor) error {
	if len(t.Grad) == 0 {
		return nil
	}
	h, n := t.Hyper, kerasUpdate(t)
	for i, g := range t.Grad {
		t.Step[i] = float64(g*g) + h["epsilon_1"]
	}
	beta := 1 - math.Pow(n, h["beta_2_decay"])
	if v := t.State["v"]; v != nil {
		for i := range v {
			v[i] = float64(beta*v[i]) + float64((1-beta)*t.Step[i])
			t.Step[i] = 1 / math.Sqrt(v[i])
		}
	} else {
		factoredRoots(t, "", beta)
	}
	for i, g := range t.Grad {
		t.Step[i] *= g
	}
	decay := h["lr"] * h["wd"]
	size := math.Abs(1-decay) * rms(t.Weights)
	rate := max(h["epsilon_2"], size) * min(h["lr"], 1/math.Sqrt(n)) / max(1, rms(t.Step)/h["clip_threshold"])
	for i, w := range t.Weights {
		t.Step[i] = float64(rate*t.Step[i]) + float64(decay*w)
	}
	return nil
}

// kerasMuon is Muon with the options that are no numbers.
type kerasMuon struct {
	nesterov, embeddings bool
	noDecay, noAdamDecay bool
	noRate               bool
	exclude              []*regexp.Regexp
}

// newKerasMuon makes Jordan et al.'s Muon as Keras has it: what is no matrix,
// and what is excluded by its name, has Adam.
func newKerasMuon(chosen map[string]any) *stepper {
	m := &kerasMuon{nesterov: chosen["nesterov"] == true, embeddings: chosen["exclude_embeddings"] == true,
		noDecay: chosen["no_weight_decay"] == true, noAdamDecay: chosen["no_adam_weight_decay"] == true, noRate: chosen["no_rms_rate"] == true}
	m.exclude, _ = chosen["exclude_layers"].([]*regexp.Regexp)
	return &stepper{
		summary: "Momentum of matrices, made orthogonal by an iteration of Newton and Schulz; Adam for the rest.",
		paper:   `Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, as Keras has it.`,
		hypers: append(kerasGradientHypers(chosen), []formula.Hyper{
			{Name: "lr", Default: 1e-3, Range: notNegative},
			{Name: "adam_beta_1", Default: 0.9, Range: fraction},
			{Name: "adam_beta_2", Default: 0.999, Range: fraction},
			{Name: "eps", Default: 1e-7, Range: notNegative},
			{Name: "wd", Default: 0.004, Range: anyNumber},
			{Name: "adam_weight_decay", Default: 0.004, Range: anyNumber},
			{Name: "muon_a", Default: 3.4445, Range: anyNumber},
			{Name: "muon_b", Default: -4.775, Range: anyNumber},
			{Name: "muon_c", Default: 2.0315, Range: anyNumber},
			{Name: "adam_lr_ratio", Default: 1, Range: anyNumber},
			{Name: "momentum", Default: 0.95, Range: anyNumber},
			{Name: "ns_steps", Default: 5, Range: muonSteps},
			{Name: "rms_rate", Default: 0.2, Range: anyNumber},
		}...),
		states: func(shape []int) []optim.StateSize {
			return []optim.StateSize{{Name: "m", Len: weights(shape)}, {Name: "v", Len: weights(shape)}}
		},
		step: m.step,
	}
}

func (k *kerasMuon) step(t *optim.Tensor) error {
	if len(t.Grad) == 0 {
		return nil
	}
	if k.hasAdam(t) {
		k.adam(t)
		return nil
	}
	h, m := t.Hyper, t.State["m"]
	u := make([]float64, len(m))
	for i := range m {
		m[i] = float64(h["momentum"]*m[i]) + t.Grad[i]
		u[i] = m[i]
		if k.nesterov {
			u[i] = t.Grad[i] + float64(h["momentum"]*m[i])
		}
	}
	iteration := [3]float64{h["muon_a"], h["muon_b"], h["muon_c"]}
	floats.Scale(1/(floats.Norm(u, 2)+1e-7), u)
	optim.NewtonSchulz(u, t.Shape[0], t.Shape[1], slices.Repeat([][3]float64{iteration}, int(h["ns_steps"])), nil)
	rate, decay := h["lr"], h["lr"]*h["wd"]
	if !k.noRate {
		rate *= math.Sqrt(float64(max(t.Shape[0], t.Shape[1]))) * h["rms_rate"]
	}
	if k.noDecay {
		decay = 0
	}
	for i, w := range t.Weights {
		t.Step[i] = float64(rate*u[i]) + float64(decay*w)
	}
	return nil
}

// hasAdam reports whether a parameter has Adam.
func (k *kerasMuon) hasAdam(t *optim.Tensor) bool {
	if len(t.Shape) != 2 || k.embeddings && strings.Contains(strings.ToLower(t.Name), "embedding") {
		return true
	}
	return slices.ContainsFunc(k.exclude, func(p *regexp.Regexp) bool { return p.MatchString(t.Name) })
}

func (k *kerasMuon) adam(t *optim.Tensor) {
	h, m, v, n := t.Hyper, t.State["m"], t.State["v"], kerasUpdate(t)
	beta1, beta2 := h["adam_beta_1"], h["adam_beta_2"]
	rate := h["lr"] * h["adam_lr_ratio"] * math.Sqrt(1-kerasPower(beta2, n, t.Eps)) / (1 - math.Pow(beta1, n))
	decay := h["lr"] * h["adam_weight_decay"]
	if k.noAdamDecay {
		decay = 0
	}
	for i, g := range t.Grad {
		m[i] += float64((g - m[i]) * (1 - beta1))
		v[i] += float64((float64(g*g) - v[i]) * (1 - beta2))
		t.Step[i] = float64(rate*m[i])/(math.Sqrt(v[i])+h["eps"]) + float64(decay*t.Weights[i])
	}
}

// kerasPower is a power in the weights' type.
func kerasPower(x, n, eps float64) float64 {
	if eps < 0x1p-23 {
		return math.Pow(x, n)
	}
	return float64(float32(math.Pow(float64(float32(x)), n)))
}
