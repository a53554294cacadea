package online

import "math"

// logistic is the log loss for labels from low to high.
type logistic struct{ low, high float32 }

func (logistic) Name() string       { return "logistic" }
func (logistic) Parameter() float32 { return 0 }

func (l logistic) fits(y float32) string {
	if y >= l.low-nearly && y <= l.high+nearly {
		return ""
	}
	return "-1 to 1"
}

// mix is f's value for the label 1 and for the label -1, in the share that y
// lies between them.
func (l logistic) mix(y float32, f func(y float32) float32) float32 {
	share := (y - l.low) / (l.high - l.low)
	switch share {
	case 0:
		return f(-1)
	case 1:
		return f(1)
	}
	return float32(share*f(1)) + float32((1-share)*f(-1))
}

func (l logistic) loss(p, y float32, _ bounds) float32 {
	return l.mix(y, func(y float32) float32 { return float32(log(float64(1 + exp32(-y*p)))) })
}

func (l logistic) derivative(p, y float32, _ bounds) float32 {
	return l.mix(y, func(y float32) float32 { return -y / (1 + exp32(y*p)) })
}

func (l logistic) unsafe(p, y, scale float32) float32 {
	return l.mix(y, func(y float32) float32 { return y * scale / (1 + exp32(y*p)) })
}

func (l logistic) square(p, y float32) float32 {
	d := l.derivative(p, y, bounds{})
	return d * d
}

func (l logistic) update(p, y, scale, perUpdate float32) float32 {
	return l.mix(y, func(y float32) float32 {
		d := exp32(y * p)
		if float64(scale*perUpdate) < 1e-6 { // the first term of the series
			return y * scale / (1 + d)
		}
		w := lambert(float32(scale*perUpdate) + float32(y*p) + d)
		return -(float32(y*w) + p) / perUpdate
	})
}

// lambert is W(e^x)-x, W being Lambert's function: one step of Fritsch,
// Shafer & Crowley from a guess, within 9e-5 as Vowpal Wabbit has it.
func lambert(x32 float32) float32 {
	x := float64(x32)
	var w, r float64
	if x >= 1 {
		w = float64(0.86*x) + 0.01
		r = x - log(w) - w
	} else {
		w = exp(float64(0.8*x) - 0.65)
		r = float64(0.2*x) + 0.65 - w
	}
	t := 1 + w
	u := 2 * t * (t + float64(2*r)/3)
	return float32(float64(w*(1+float64(r/t*(u-r)/(u-float64(2*r))))) - x)
}

// poissonDeviance is the deviance of a count whose mean is e^p.
type poissonDeviance struct{}

// farthest is the largest |p|: e^(2p) is a float32 still.
const farthest = 44

// mean is e^p.
func (poissonDeviance) mean(p float32) (clamped, mean float32) {
	p = max(-farthest, min(p, farthest))
	return p, exp32(p)
}

func (poissonDeviance) Name() string       { return "poisson" }
func (poissonDeviance) Parameter() float32 { return 0 }

func (poissonDeviance) fits(y float32) string {
	if y >= 0 {
		return ""
	}
	return "0 or more"
}

func (l poissonDeviance) loss(p, y float32, _ bounds) float32 {
	p, mean := l.mean(p)
	return 2 * (float32(y*(float32(log(float64(y+1e-6)))-p)) - (y - mean))
}

func (l poissonDeviance) derivative(p, y float32, _ bounds) float32 {
	_, mean := l.mean(p)
	return mean - y
}

func (l poissonDeviance) unsafe(p, y, scale float32) float32 {
	_, mean := l.mean(p)
	return (y - mean) * scale
}

func (l poissonDeviance) square(p, y float32) float32 {
	d := l.derivative(p, y, bounds{})
	return d * d
}

func (l poissonDeviance) update(p, y, scale, perUpdate float32) float32 {
	p, mean := l.mean(p)
	if y > 0 {
		arg := y * scale * perUpdate
		if arg > farthest { // e^arg is too large, and what remains is near its limit
			return -(p - float32(log(float64(y)))) / perUpdate
		}
		inner := mean * float32(expm1(float64(arg))) / y
		return float32(y*scale) - float32(log1p(float64(inner)))/perUpdate
	}
	inner := mean * scale * perUpdate
	if math.IsInf(float64(inner), 0) || inner != inner {
		return -(p + float32(log(float64(scale*perUpdate)))) / perUpdate
	}
	return -float32(log1p(float64(inner))) / perUpdate
}
