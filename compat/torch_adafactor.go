package compat

import (
	"math"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
)

// typeEps stands for the first eps of Adafactor where that is None: torch takes
// the distance from 1 to the next number of the weights' type.
const typeEps = -1

func torchAdafactor(r *reader) made {
	o := &torchOptions{reader: r}
	o.set("lr", "lr", 0.01, notNegative)
	o.set("beta2_decay", "beta2_decay", -0.8, notPositive)
	o.set("d", "d", 1, oneOrMore)
	o.set("wd", "weight_decay", 0, notNegative)
	eps1, eps2 := o.adafactorEps()
	o.settings = append(o.settings, setting{"eps1", eps1}, setting{"eps2", eps2})
	o.meaningless("foreach")
	return o.rule(torchAdafactorRule)
}

var (
	notPositive = formula.Range{Lo: math.Inf(-1), Hi: 0, OpenLo: true}
	oneOrMore   = formula.Range{Lo: 1, Hi: math.Inf(1), OpenHi: true}
)

// adafactorEps reads the option eps, whose first number may be null.
func (o *torchOptions) adafactorEps() (float64, float64) {
	options := o.options
	pair, ok := options["eps"].([]any)
	null := ok && len(pair) == 2 && pair[0] == nil
	if null {
		o.reader.options = map[string]any{"eps": []any{0, pair[1]}}
		defer func() { o.reader.options = options }()
	}
	eps1, eps2 := o.pair("eps", 0x1p-23, 1e-3, notNegative) // the first is that of float32
	if _, given := options["eps"]; null || !given {
		eps1 = typeEps
	}
	return eps1, eps2
}

var torchAdafactorRule = &stepper{
	name:    "adafactor-torch",
	summary: "Divides by the root of averaged squares, of which it keeps only the means of rows and of columns; steps are relative to the weights.",
	paper:   `Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018, Algorithms 4 and 5, as torch has them.`,
	hypers: []formula.Hyper{
		{Name: "lr", Default: 0.01, Range: notNegative},
		{Name: "beta2_decay", Default: -0.8, Range: notPositive},
		{Name: "eps1", Default: typeEps},
		{Name: "eps2", Default: 1e-3, Range: notNegative},
		{Name: "d", Default: 1, Range: oneOrMore},
		{Name: "wd", Range: notNegative},
	},
	states: func(shape []int) []optim.StateSize {
		k := len(shape)
		if k < 2 {
			return []optim.StateSize{{Name: "v", Len: weights(shape)}}
		}
		return []optim.StateSize{
			{Name: "rows", Len: weights(shape[:k-1])},
			{Name: "columns", Len: weights(shape[:k-2]) * shape[k-1]},
		}
	},
	step: func(t *optim.Tensor) error {
		if len(t.Grad) == 0 {
			return nil
		}
		eps1, lr := t.Hyper["eps1"], t.Hyper["lr"]
		if eps1 == typeEps {
			eps1 = t.Eps
		}
		fresh := math.Pow(float64(t.T), t.Hyper["beta2_decay"])
		if len(t.Shape) < 2 {
			torchAverage(t.State["v"], t.Grad, fresh)
			copy(t.Step, t.State["v"])
		} else {
			torchFactored(t, fresh, eps1)
		}
		for i, v := range t.Step {
			t.Step[i] = t.Grad[i] / math.Sqrt(max(v, eps1*eps1))
		}
		alpha := max(t.Hyper["eps2"], rms(t.Weights)) * min(lr, 1/math.Sqrt(float64(t.T)))
		alpha /= max(1, rms(t.Step)/t.Hyper["d"])
		for i, u := range t.Step {
			t.Step[i] = float64(alpha*u) + float64(lr*t.Hyper["wd"]*t.Weights[i])
		}
		return nil
	},
}

// torchAverage moves an average towards the squares of a gradient.
func torchAverage(v, grad []float64, fresh float64) {
	for i, g := range grad {
		v[i] = torchLerp(v[i], float64(g*g), fresh)
	}
}

// torchLerp goes from one value towards another as torch does it, which is
// exact at both ends.
func torchLerp(from, to, part float64) float64 {
	if part < 0.5 {
		return from + float64(part*(to-from))
	}
	return to - float64((to-from)*(1-part))
}

// torchFactored estimates averaged squares, into Step, from their means over
// the rows and columns of the matrices that the last two dimensions make.
func torchFactored(t *optim.Tensor, fresh, eps1 float64) {
	k := len(t.Shape)
	rows, columns := t.Shape[k-2], t.Shape[k-1]
	for at := 0; at < len(t.Grad); at += rows * columns {
		g, v := t.Grad[at:at+rows*columns], t.Step[at:at+rows*columns]
		r := t.State["rows"][at/columns:][:rows]
		c := t.State["columns"][at/rows:][:columns]
		rowMean, columnMean := make([]float64, rows), make([]float64, columns)
		for i, g := range g {
			rowMean[i/columns] += float64(g*g) / float64(columns)
			columnMean[i%columns] += float64(g*g) / float64(rows)
		}
		mean := 0.0
		for i, m := range rowMean {
			r[i] = torchLerp(r[i], m, fresh)
			mean += r[i] / float64(rows)
		}
		for i, m := range columnMean {
			c[i] = torchLerp(c[i], m, fresh)
		}
		for i := range v {
			v[i] = r[i/columns] * c[i%columns] / max(mean, eps1)
		}
	}
}
