package online

import (
	"fmt"
	"math"

	"github.com/descent-go/descent/optim"
)

// VW is Vowpal Wabbit's own update: gradient steps that are adaptive (as
// AdaGrad), normalized (Ross, Mineiro & Langford, "Normalized Online Learning",
// UAI 2013: what a feature's values are scaled by does not matter) and
// importance invariant (Karampatziakis & Langford, UAI 2011), each of which can
// be left out. DefaultVW has the usual values.
type VW struct {
	Adaptive   bool
	Normalized bool
	Invariant  bool
	LR         float64 // eta, above 0
	PowerT     float64 // rates decay as t^-PowerT; 0 to 1
	InitialT   float64 // the examples that count as seen at the start
	DecayLR    float64 // what LR is multiplied by after each pass
	L1, L2     float64 // regularisation
}

// DefaultVW is the update that Vowpal Wabbit uses unless told otherwise.
func DefaultVW() VW {
	return VW{Adaptive: true, Normalized: true, Invariant: true, LR: 0.5, PowerT: 0.5, DecayLR: 1}
}

// Name is "vw".
func (v VW) Name() string { return "vw" }

// Info describes it.
func (v VW) Info() (optim.Info, error) {
	return optim.Info{
		Name:    v.Name(),
		Summary: "Vowpal Wabbit's update: adaptive, normalized, importance invariant gradient steps.",
		Paper:   `Ross, Mineiro & Langford, "Normalized Online Learning", UAI 2013; Karampatziakis & Langford, "Online Importance Weight Aware Updates", UAI 2011.`,
	}, nil
}

func (v VW) start() float64 { return v.InitialT }

func (v VW) hypers() map[string]float64 {
	m := map[string]float64{"lr": v.LR, "power_t": v.PowerT, "initial_t": v.InitialT, "l1": v.L1, "l2": v.L2}
	for name, on := range map[string]bool{"adaptive": v.Adaptive, "normalized": v.Normalized, "invariant": v.Invariant} {
		if m[name] = 0; on {
			m[name] = 1
		}
	}
	return m
}

// check says which field is out of range.
func (v VW) check() error {
	for _, f := range []struct {
		name string
		x    float64
	}{{"LR", v.LR}, {"PowerT", v.PowerT}, {"InitialT", v.InitialT}, {"DecayLR", v.DecayLR}, {"L1", v.L1}, {"L2", v.L2}} {
		if !(f.x >= 0) || math.IsInf(f.x, 1) {
			return fmt.Errorf("vw: %s is %g: expected 0 or more", f.name, f.x)
		}
	}
	return nil
}

// update makes the update. A weight's values are itself, the sum of squared
// gradients (adaptive), the largest value of its feature (normalized) and, with
// either, its rate in the step that is being made.
func (v VW) update(o *Options) (update, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	u := &descend{VW: v, loss: o.Loss, w: 1, contraction: 1, sums: make([]sums, max(o.Classes, 1))}
	if v.Adaptive {
		u.adaptive, u.w = u.w, u.w+1
	}
	if v.Normalized {
		u.normalized, u.w = u.w, u.w+1
	}
	if u.rated() {
		u.rate, u.w = u.w, u.w+1
	}
	u.sums[0] = sums{v.InitialT, v.InitialT}
	u.begin()
	if err := o.fits(u.w); err != nil {
		return nil, err
	}
	u.memory = make([]float32, u.w<<o.Bits)
	if v.Adaptive && v.InitialT > 0 {
		for i := u.adaptive; i < len(u.memory); i += u.w {
			u.memory[i] = float32(v.InitialT)
		}
	}
	return u, nil
}
