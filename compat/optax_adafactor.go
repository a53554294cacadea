package compat

import (
	"math"
	"slices"

	"github.com/descent-go/descent/optim"
)

// optaxFactors divides by the root of averaged squares, of which it keeps only
// the means over the two longest dimensions where both are long enough.
type optaxFactors struct {
	factored bool
	least    int // length that both dimensions need
	clipped  bool
	scaled   bool   // by the weights' size
	kept     string // the type of the momentum
}

func optaxAdafactor(r *reader) made {
	c := &optaxChain{reader: r}
	a := optaxFactors{factored: c.flag("factored", true), least: c.whole("min_dim_size_to_factor", 128)}
	lr, ok := c.optional("learning_rate")
	if !ok {
		lr = 1
	}
	a.scaled = c.flag("multiply_by_parameter_scale", true)
	limit := 1.0
	if v, given := c.options["clipping_threshold"]; given && v == nil {
		c.meaningless("clipping_threshold")
	} else {
		a.clipped, limit = true, c.number("clipping_threshold", 1)
	}
	a.kept = c.text("dtype_momentum", "float32", optaxDTypes...)
	wd := c.maybe("weight_decay_rate")
	if !c.mask("weight_decay_mask", "wd") {
		wd = 0
	}
	return c.stepper(&stepper{name: "adafactor", states: a.states, step: a.step},
		setting{"lr", lr}, c.set("decay_rate", "decay_rate", 0.8), c.set("decay_offset", "decay_offset", 0),
		setting{"threshold", limit}, setting{"momentum", c.maybe("momentum")}, setting{"wd", wd}, c.set("eps", "eps", 1e-30))
}

// dims finds the longest dimension and the next.
func (a optaxFactors) dims(shape []int) (longest, next optaxAxis, ok bool) {
	if !a.factored || len(shape) < 2 {
		return optaxAxis{}, optaxAxis{}, false
	}
	order := make([]int, len(shape))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return shape[i] - shape[j] })
	i, j := order[len(order)-1], order[len(order)-2]
	return optaxAxisOf(shape, i), optaxAxisOf(shape, j), shape[j] >= max(a.least, 1)
}

func (a optaxFactors) states(shape []int) []optim.StateSize {
	n := weights(shape)
	states := []optim.StateSize{{Name: "m", Len: n}}
	longest, next, ok := a.dims(shape)
	if !ok {
		return append(states, optim.StateSize{Name: "v", Len: n})
	}
	return append(states, optim.StateSize{Name: "rows", Len: n / max(longest.n, 1)}, optim.StateSize{Name: "columns", Len: n / max(next.n, 1)})
}

func (a optaxFactors) step(t *optim.Tensor) error {
	if longest, next, ok := a.dims(t.Shape); ok {
		a.divideFactored(t, longest, next)
	} else {
		a.divide(t)
	}
	scale := t.Hyper["lr"]
	if a.clipped {
		scale /= max(1, rms(t.Step)/t.Hyper["threshold"])
	}
	if a.scaled {
		scale *= max(rms(t.Weights), 1e-3)
	}
	momentum, wd, m := t.Hyper["momentum"], t.Hyper["wd"], t.State["m"]
	for i, w := range t.Weights {
		mean := optaxDecayed(momentum, m[i], a.kept) + float64((1-momentum)*scale*t.Step[i])
		m[i] = optaxRound(mean, a.kept)
		t.Step[i] = mean + float64(wd*w)
	}
	return nil
}

// keep is the share of the averages of squares that stays, in float32 whatever
// the weights' type.
func (a optaxFactors) keep(t *optim.Tensor) float64 {
	return float64(1 - float32(math.Pow(float64(t.T)-t.Hyper["decay_offset"], -float64(float32(t.Hyper["decay_rate"])))))
}

func (a optaxFactors) divide(t *optim.Tensor) {
	keep, eps, v := a.keep(t), t.Hyper["eps"], t.State["v"]
	for i, g := range t.Grad {
		v[i] = float64(keep*v[i]) + float64((1-keep)*(float64(g*g)+eps))
		t.Step[i] = g / math.Sqrt(v[i])
	}
}

func (a optaxFactors) divideFactored(t *optim.Tensor, longest, next optaxAxis) {
	keep, eps := a.keep(t), t.Hyper["eps"]
	rows, columns := t.State["rows"], t.State["columns"]
	optaxAverage(rows, keep, t.Grad, eps, longest)
	optaxAverage(columns, keep, t.Grad, eps, next)
	// The other dimension's place among the rows.
	other := next
	if next.stride > longest.stride {
		other.stride /= longest.n
	}
	mean := make([]float64, len(rows)/other.n)
	for i, r := range rows {
		mean[other.without(i)] += r / float64(other.n)
	}
	for i, g := range t.Grad {
		row := longest.without(i)
		t.Step[i] = g / math.Sqrt(rows[row]/mean[other.without(row)]) / math.Sqrt(columns[next.without(i)])
	}
}

// optaxAverage moves averages towards the means over an axis of squared gradients.
func optaxAverage(v []float64, keep float64, grad []float64, eps float64, over optaxAxis) {
	for i := range v {
		v[i] *= keep
	}
	for i, g := range grad {
		v[over.without(i)] += (1 - keep) * (float64(g*g) + eps) / float64(over.n)
	}
}
