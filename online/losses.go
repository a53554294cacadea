package online

// The formulas are those of Vowpal Wabbit, in float32 as there.

// squared is the squared error.
type squared struct{}

func (squared) Name() string                       { return "squared" }
func (squared) Parameter() float32                 { return 0 }
func (squared) fits(float32) string                { return "" }
func (squared) square(p, y float32) float32        { return 4 * (p - y) * (p - y) }
func (squared) unsafe(p, y, scale float32) float32 { return 2 * (y - p) * scale }

func (squared) loss(p, y float32, b bounds) float32 {
	switch {
	case p <= b.Max && p >= b.Min:
		return (p - y) * (p - y)
	case p < b.Min:
		return beyond(y-b.Min, b.Min-p)
	}
	return beyond(b.Max-y, p-b.Max)
}

// beyond is the loss of a prediction that is so far out of the range of labels,
// in whose other side the label is so far from its end: the tangent there.
func beyond(inside, out float32) float32 {
	if inside == 0 {
		return 0
	}
	return float32(float64(inside*inside) + float64(2*float64(inside)*float64(out)))
}

func (squared) derivative(p, y float32, b bounds) float32 {
	if p < b.Min {
		p = b.Min
	} else if p > b.Max {
		p = b.Max
	}
	return 2 * (p - y)
}

func (s squared) update(p, y, scale, perUpdate float32) float32 {
	if float64(scale*perUpdate) < 1e-6 { // the first term of the series
		return s.unsafe(p, y, scale)
	}
	return (y - p) * (1 - exp32(-2*scale*perUpdate)) / perUpdate
}

// classic is the squared error without the safe update.
type classic struct{ squared }

func (classic) Name() string                              { return "classic" }
func (classic) loss(p, y float32, _ bounds) float32       { return (p - y) * (p - y) }
func (classic) derivative(p, y float32, _ bounds) float32 { return 2 * (p - y) }
func (c classic) update(p, y, scale, _ float32) float32   { return c.unsafe(p, y, scale) }

// hinge is the loss of support vector machines.
type hinge struct{}

func (hinge) Name() string       { return "hinge" }
func (hinge) Parameter() float32 { return 0 }

func (hinge) fits(y float32) string {
	if d := abs(y) - 1; abs(d) < nearly {
		return ""
	}
	return "-1 or 1"
}

func (hinge) loss(p, y float32, _ bounds) float32 { return max(0, 1-float32(y*p)) }

func (hinge) derivative(p, y float32, _ bounds) float32 {
	if y*p >= 1 {
		return 0
	}
	return -y
}

func (h hinge) update(p, y, scale, perUpdate float32) float32 {
	if y*p >= 1 {
		return 0
	}
	if short := 1 - float32(y*p); !(scale*perUpdate < short) {
		return y * (short / perUpdate)
	}
	return y * scale
}

func (hinge) unsafe(p, y, scale float32) float32 {
	if y*p >= 1 {
		return 0
	}
	return y * scale
}

func (h hinge) square(p, y float32) float32 {
	d := h.derivative(p, y, bounds{})
	return d * d
}

// quantile is the pinball loss.
type quantile struct{ tau float32 }

func (quantile) Name() string         { return "quantile" }
func (q quantile) Parameter() float32 { return q.tau }
func (quantile) fits(float32) string  { return "" }

func (q quantile) loss(p, y float32, _ bounds) float32 {
	if e := y - p; e > 0 {
		return q.tau * e
	} else {
		return -(1 - q.tau) * e
	}
}

func (q quantile) derivative(p, y float32, _ bounds) float32 {
	switch e := y - p; {
	case e == 0:
		return 0
	case e > 0:
		return -q.tau
	}
	return 1 - q.tau
}

func (q quantile) update(p, y, scale, perUpdate float32) float32 {
	e, size := y-p, scale*perUpdate
	switch {
	case e == 0:
		return 0
	case e > 0 && q.tau*size < e:
		return q.tau * scale
	case e < 0 && -(1-q.tau)*size > e:
		return (q.tau - 1) * scale
	}
	return e / perUpdate
}

func (q quantile) unsafe(p, y, scale float32) float32 { return -q.derivative(p, y, bounds{}) * scale }

func (q quantile) square(p, y float32) float32 {
	d := q.derivative(p, y, bounds{})
	return d * d
}

// expectile is the squared error with two sides.
type expectile struct{ q float32 }

// side is the factor of the squared error.
func (x expectile) side(p, y float32) float32 {
	if y-p < 0 {
		return x.q
	}
	return 1 - x.q
}

func (expectile) Name() string         { return "expectile" }
func (x expectile) Parameter() float32 { return x.q }
func (expectile) fits(float32) string  { return "" }

func (x expectile) loss(p, y float32, b bounds) float32 {
	return Squared.loss(p, y, b) * x.side(p, y)
}

func (x expectile) derivative(p, y float32, b bounds) float32 {
	return Squared.derivative(p, y, b) * x.side(p, y)
}

func (x expectile) update(p, y, scale, perUpdate float32) float32 {
	return Squared.update(p, y, x.side(p, y)*scale, perUpdate)
}

func (x expectile) unsafe(p, y, scale float32) float32 {
	return Squared.unsafe(p, y, x.side(p, y)*scale)
}

func (x expectile) square(p, y float32) float32 {
	s := x.side(p, y)
	return Squared.square(p, y) * (s * s)
}
