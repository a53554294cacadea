package compat

import (
	"math"
	"slices"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// came is CAME with the options that are no numbers.
type came struct{ amsBound, maximize, decouple, fixed bool }

// newCAME makes Luo et al., "CAME: Confidence-guided Adaptive Memory Efficient
// Optimization", ACL 2023, as pytorch_optimizer has it: averaged squares, of
// gradients and of what they leave of their average, known by the means of
// their rows and columns.
func newCAME(chosen map[string]any) *stepper {
	c := came{chosen["ams_bound"] == true, chosen["maximize"] == true, chosen["weight_decouple"] == true, chosen["fixed_decay"] == true}
	return &stepper{
		summary: "Divides by the root of averaged squares known by their rows and columns, and trusts what is steady.",
		paper:   `Luo et al., "CAME: Confidence-guided Adaptive Memory Efficient Optimization", ACL 2023, as pytorch_optimizer has it.`,
		hypers: []formula.Hyper{
			{Name: "lr", Default: 2e-4, Range: notNegative},
			{Name: "beta1", Default: 0.9, Range: fraction},
			{Name: "beta2", Default: 0.999, Range: fraction},
			{Name: "beta3", Default: 0.9999, Range: unit},
			{Name: "clip_threshold", Default: 1, Range: positive},
			{Name: "eps1", Default: 1e-30, Range: notNegative},
			{Name: "eps2", Default: 1e-16, Range: notNegative},
			{Name: "wd", Range: notNegative},
		},
		states: c.states,
		step:   c.step,
	}
}

func (c came) states(shape []int) []optim.StateSize {
	n, k := weights(shape), len(shape)
	out := []optim.StateSize{{Name: "m", Len: n}}
	if c.amsBound {
		out = append(out, optim.StateSize{Name: "top", Len: n})
	}
	if k < 2 {
		return append(out, optim.StateSize{Name: "v", Len: n})
	}
	rows, columns := weights(shape[:k-1]), weights(shape[:k-2])*shape[k-1]
	return append(out, optim.StateSize{Name: "rows", Len: rows}, optim.StateSize{Name: "columns", Len: columns},
		optim.StateSize{Name: "left.rows", Len: rows}, optim.StateSize{Name: "left.columns", Len: columns})
}

func (c came) step(t *optim.Tensor) error {
	h, g, m := t.Hyper, slices.Clone(t.Grad), t.State["m"]
	if len(g) == 0 {
		return nil
	}
	for i := range g {
		if c.maximize {
			g[i] = -g[i]
		}
		if !c.decouple {
			g[i] += float64(h["wd"] * t.Weights[i])
		}
		t.Step[i] = float64(g[i]*g[i]) + h["eps1"]
	}
	c.scale(t, h["beta2"])
	for i := range g {
		t.Step[i] *= g[i]
	}
	size := max(1, rms(t.Step)/h["clip_threshold"])
	for i := range g {
		u := t.Step[i] / size
		m[i] += float64((1 - h["beta1"]) * (u - m[i]))
		t.Step[i] = float64((u-m[i])*(u-m[i])) + h["eps2"]
	}
	if len(t.Shape) < 2 {
		copy(t.Step, m)
	} else {
		factoredRoots(t, "left.", h["beta3"])
		for i := range m {
			t.Step[i] *= m[i]
		}
	}
	c.finish(t)
	return nil
}

// finish makes of an update, in Step, what is to be subtracted.
func (c came) finish(t *optim.Tensor) {
	lr, decay := t.Hyper["lr"], 0.0
	if c.decouple {
		decay = t.Hyper["wd"]
	}
	if !c.fixed {
		decay *= lr
	}
	for i, u := range t.Step {
		t.Step[i] = float64(lr*u) + float64(decay*t.Weights[i])
	}
}

// scale turns squares, in Step, into one over the root of their average.
func (c came) scale(t *optim.Tensor, beta float64) {
	if v := t.State["v"]; v != nil {
		for i := range v {
			v[i] = float64(beta*v[i]) + float64((1-beta)*t.Step[i])
			t.Step[i] = 1 / math.Sqrt(v[i])
		}
	} else {
		factoredRoots(t, "", beta)
	}
	for i, top := range t.State["top"] {
		top = max(top, 1/t.Step[i])
		t.State["top"][i] = top
		t.Step[i] = 1 / math.Sqrt(top/beta)
	}
}

// factoredRoots turns squares, in Step, into one over the root of their
// average, which it knows by the means of the rows and columns of the matrices
// that the last two dimensions make.
func factoredRoots(t *optim.Tensor, prefix string, beta float64) {
	k := len(t.Shape)
	rows, columns := t.Shape[k-2], t.Shape[k-1]
	for at := 0; at < len(t.Step); at += rows * columns {
		x := t.Step[at : at+rows*columns]
		r := t.State[prefix+"rows"][at/columns:][:rows]
		c := t.State[prefix+"columns"][at/rows:][:columns]
		for i := range r {
			r[i] *= beta
		}
		for i := range c {
			c[i] *= beta
		}
		for i, v := range x {
			r[i/columns] += float64((1 - beta) * v / float64(columns))
			c[i%columns] += float64((1 - beta) * v / float64(rows))
		}
		mean := 0.0
		for _, v := range r {
			mean += v / float64(rows)
		}
		for i := range x {
			x[i] = 1 / math.Sqrt(r[i/columns]/mean*c[i%columns])
		}
	}
}
