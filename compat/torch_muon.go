package compat

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

func torchMuon(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.001, notNegative)
	o.set("wd", "weight_decay", 0.1, notNegative)
	o.set("momentum", "momentum", 0.95, notNegative)
	o.set("eps", "eps", 1e-7)
	abc := o.list("ns_coefficients", []float64{3.4445, -4.775, 2.0315})
	steps := float64(o.whole("ns_steps", 5, muonSteps))
	nesterov := 0.0
	if o.flag("nesterov", true) {
		nesterov = 1
	}
	adjust := muonAdjust[0]
	if !o.null("adjust_lr_fn") {
		adjust = o.text("adjust_lr_fn", adjust, muonAdjust...)
	}
	place := float64(slices.Index(muonAdjust, adjust))
	o.settings = append(o.settings, setting{"ns_a", abc[0]}, setting{"ns_b", abc[1]}, setting{"ns_c", abc[2]},
		setting{"ns_steps", steps}, setting{"nesterov", nesterov}, setting{"adjust_lr", place})
	return o.chain(torchMuonRule)
}

var (
	anyNumber  = formula.Range{Lo: math.Inf(-1), Hi: math.Inf(1), OpenLo: true, OpenHi: true}
	muonSteps  = formula.Range{Lo: 0, Hi: 99}
	muonAdjust = []string{"original", "match_rms_adamw", "spectral_unclamped"}
)

var torchMuonRule = &stepper{
	name:    "muon-torch",
	summary: "Momentum of matrices, made orthogonal by an iteration of Newton and Schulz, in bfloat16 as torch does it.",
	paper:   `Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; Liu et al., "Muon is Scalable for LLM Training", arXiv 2502.16982, 2025.`,
	hypers: []formula.Hyper{
		{Name: "lr", Default: 0.001, Range: notNegative},
		{Name: "wd", Default: 0.1, Range: notNegative},
		{Name: "momentum", Default: 0.95, Range: notNegative},
		{Name: "eps", Default: 1e-7, Range: anyNumber},
		{Name: "ns_a", Default: 3.4445, Range: anyNumber},
		{Name: "ns_b", Default: -4.775, Range: anyNumber},
		{Name: "ns_c", Default: 2.0315, Range: anyNumber},
		{Name: "ns_steps", Default: 5, Range: muonSteps},
		{Name: "nesterov", Default: 1, Range: unit},
		{Name: "adjust_lr", Range: formula.Range{Lo: 0, Hi: 2}}, // the place in muonAdjust: a number can change during training
	},
	states: func(shape []int) []optim.StateSize {
		return []optim.StateSize{{Name: "m", Len: weights(shape)}}
	},
	step: func(t *optim.Tensor) error {
		if len(t.Shape) != 2 {
			return fmt.Errorf("torch's Muon is for matrices, the shape is %v: give it another optimizer", t.Shape)
		}
		if len(t.Grad) == 0 {
			return nil
		}
		momentum, m := t.Hyper["momentum"], t.State["m"]
		update := make([]float64, len(m))
		for i, g := range t.Grad {
			m[i] = torchLerp(m[i], g, 1-momentum)
			update[i] = m[i]
			if t.Hyper["nesterov"] == 1 {
				update[i] = torchLerp(g, m[i], momentum)
			}
		}
		rows, columns := t.Shape[0], t.Shape[1]
		torchOrthogonal(update, rows, columns, t.Hyper)
		lr := t.Hyper["lr"]
		rate := lr * torchMuonRate(float64(rows), float64(columns), muonAdjust[int(t.Hyper["adjust_lr"])])
		for i, w := range t.Weights {
			t.Step[i] = float64(rate*update[i]) + float64(lr*t.Hyper["wd"]*w)
		}
		return nil
	},
}

// torchMuonRate is the factor of the learning rate for a matrix of this shape.
func torchMuonRate(rows, columns float64, adjust string) float64 {
	switch adjust {
	case "match_rms_adamw":
		return 0.2 * math.Sqrt(max(rows, columns))
	case "spectral_unclamped":
		return math.Sqrt(rows / columns)
	}
	return math.Sqrt(max(1, rows/columns))
}

// torchOrthogonal makes a matrix's singular values about 1, in place. Results
// are rounded to bfloat16 where torch has them in memory.
func torchOrthogonal(x []float64, rows, columns int, h map[string]float64) {
	roundBFloat16(x)
	floats.Scale(1/max(bfloat16(floats.Norm(x, 2)), h["eps"]), x)
	roundBFloat16(x)
	iteration := [3]float64{h["ns_a"], h["ns_b"], h["ns_c"]}
	optim.NewtonSchulz(x, rows, columns, slices.Repeat([][3]float64{iteration}, int(h["ns_steps"])), roundBFloat16)
}

func roundBFloat16(x []float64) {
	for i, v := range x {
		x[i] = bfloat16(v)
	}
}

// bfloat16 rounds to the nearest number with 8 bits, halves to even.
func bfloat16(v float64) float64 {
	f := float32(v)
	if math.IsNaN(v) || math.IsInf(float64(f), 0) {
		return v
	}
	bits := math.Float32bits(f)
	bits += 0x7fff + bits>>16&1
	return float64(math.Float32frombits(bits &^ 0xffff))
}
