package online

import "math"

// descend is the update of VW.
type descend struct {
	VW
	loss   Loss
	memory []float32
	w      int // values of a weight
	// where among them these are; 0 where they are not
	adaptive, normalized, rate int

	lr          float64 // of this pass
	sums        []sums  // of every model
	multiplier  float32 // of the last update, for the average norm
	gravity     float64 // l1: what every weight is nearer to 0 than its value
	contraction float64 // l2: what every weight is multiplied by
}

// sums are over all examples of one model.
type sums struct{ norm, weight float64 }

// begin gives the rate of the first pass.
func (u *descend) begin() {
	u.lr = u.LR
	if !u.rated() {
		u.lr *= pow(u.InitialT, u.PowerT)
	}
}

// rated reports whether weights have rates of their own.
func (u *descend) rated() bool { return u.Adaptive || u.Normalized }

func (u *descend) values() []float32 { return u.memory }
func (u *descend) width() int        { return u.w }
func (u *descend) pass()             { u.lr *= u.DecayLR }

func (u *descend) shown(_ *input, sum float32) (float32, bool) { return sum, false }

func (u *descend) before(x *input) float32 { return u.predict(x) }

func (u *descend) predict(x *input) float32 {
	var sum float32
	if u.L1 > 0 {
		sum = u.truncated(x)
	} else {
		sum = dot(u.memory, u.w, x)
	}
	return sum * float32(u.contraction)
}

// truncated is the sum with weights nearer to 0 by gravity.
func (u *descend) truncated(x *input) float32 {
	sum, gravity := x.base, float32(u.gravity)
	for i, a := range x.at {
		sum += float32(pull(u.memory[int(a)*u.w], gravity) * x.value[i])
	}
	return sum
}

// pull moves a weight towards 0.
func pull(w, gravity float32) float32 {
	switch {
	case w > gravity:
		return w - gravity
	case w < -gravity:
		return w + gravity
	}
	return 0
}

func (u *descend) learn(x *input, p float32) bool {
	fits := true
	if u.loss.loss(p, x.label, x.labels) > 0 {
		step := u.step(x, p)
		if fits = finite(step); fits && step != 0 {
			u.move(x, step)
		}
	}
	if u.contraction < 1e-9 || u.gravity > 1e3 {
		u.settle()
	}
	return fits
}

// step is how far the example moves the weights, for a feature of value 1 and
// rate 1.
func (u *descend) step(x *input, p float32) float32 {
	perUpdate := u.sensitivity(x, p)
	scale := float32(u.lr) * x.weight
	if !u.Adaptive {
		scale *= pow32(x.seen+x.weight, -float32(u.PowerT))
	}
	var step float32
	if u.Invariant {
		step = u.loss.update(p, x.label, scale, perUpdate)
	} else {
		step = u.loss.unsafe(p, x.label, scale)
	}
	if (u.L1 > 0 || u.L2 > 0) && math.Abs(float64(step)) > 1e-8 {
		step = u.regularise(x, p, step)
	}
	return step
}

// regularise lets gravity and contraction follow a step.
func (u *descend) regularise(x *input, p, step float32) float32 {
	slope, eta := float64(u.loss.derivative(p, x.label, x.labels)), 0.0
	if math.Abs(slope) > 1e-8 {
		eta = float64(-step) / slope
		u.contraction *= 1 - float64(u.L2*eta)
	}
	u.gravity += float64(eta * u.L1)
	return step / float32(u.contraction)
}

// settle puts gravity and contraction into the weights.
func (u *descend) settle() {
	for i := 0; i < len(u.memory); i += u.w {
		u.memory[i] = pull(u.memory[i], float32(u.gravity)) * float32(u.contraction)
	}
	u.gravity, u.contraction = 0, 1
}

// sensitivity is how much the prediction moves for each unit of the step. It
// brings the weights' own rates up to date.
func (u *descend) sensitivity(x *input, p float32) float32 {
	if !u.rated() {
		var sum float32
		for _, v := range x.value {
			sum += float32(v * v)
		}
		return sum
	}
	square := x.weight * u.loss.square(p, x.label)
	if square == 0 {
		return 1
	}
	per, norm := u.rates(x, square)
	if u.Normalized {
		s := &u.sums[x.model]
		s.norm += float64(float64(x.weight) * float64(norm))
		s.weight += float64(x.weight)
		u.multiplier = u.average(float32(s.weight), float32(s.norm))
		per *= u.multiplier
	}
	return per
}

// average makes up for features being scaled: examples have, on average, the norm 1.
func (u *descend) average(weight, norm float32) float32 {
	switch {
	case u.PowerT != 0.5:
		return pow32(norm/weight, u.normPower())
	case u.Adaptive:
		return root(weight / norm)
	}
	return weight / norm
}

// normPower is that of squared norms where rates are no square roots.
func (u *descend) normPower() float32 { return float32(u.PowerT) - 1 }

// tiny is the smallest value of a feature whose square counts.
const tiny = 1.084202e-19

// rates brings the weights' rates up to date and gives the sensitivity and the
// normalised squares' sum.
func (u *descend) rates(x *input, square float32) (per, norm float32) {
	if u.Adaptive && u.Normalized && u.PowerT == 0.5 {
		return u.usual(x, square)
	}
	for i, a := range x.at {
		w := u.memory[int(a)*u.w:][:u.w]
		v, v2 := floor(x.value[i])
		if u.Adaptive {
			w[u.adaptive] += float32(square * v2)
		}
		if u.Normalized {
			norm += u.normalise(w, v, v2)
		}
		w[u.rate] = u.decay(w)
		per += float32(v2 * w[u.rate])
	}
	return per, norm
}

// floor keeps a value's square from being 0.
func floor(v float32) (value, square float32) {
	if s := v * v; s >= tiny*tiny {
		return v, s
	}
	if v > 0 {
		return tiny, tiny * tiny
	}
	return -tiny, tiny * tiny
}

// normalise follows the largest value of a feature, and gives this one's
// square beside it.
func (u *descend) normalise(w []float32, v, v2 float32) float32 {
	if size := abs(v); size > w[u.normalized] {
		if w[u.normalized] > 0 {
			w[0] *= u.rescale(w[u.normalized], size)
		}
		w[u.normalized] = size
	}
	if v2 > math.MaxFloat32 {
		return 1
	}
	return v2 / (w[u.normalized] * w[u.normalized])
}

// rescale makes of a weight what it were, had its feature's scale been known.
func (u *descend) rescale(old, size float32) float32 {
	switch r := old / size; {
	case u.PowerT != 0.5:
		r = size / old
		return pow32(r*r, u.normPower())
	case u.Adaptive:
		return r
	default:
		return r * r
	}
}

// decay is a weight's rate.
func (u *descend) decay(w []float32) float32 {
	rate := float32(1)
	if u.Adaptive {
		if u.PowerT == 0.5 {
			rate = 1 / root(w[u.adaptive])
		} else {
			rate = pow32(w[u.adaptive], -float32(u.PowerT))
		}
	}
	if !u.Normalized {
		return rate
	}
	n := w[u.normalized]
	switch {
	case u.PowerT != 0.5:
		return rate * pow32(n*n, u.normPower())
	case u.Adaptive:
		return rate * (1 / n)
	}
	return rate * ((1 / n) * (1 / n))
}

// usual is rates for the default update.
func (u *descend) usual(x *input, square float32) (per, norm float32) {
	for i, a := range x.at {
		w := (*[4]float32)(u.memory[int(a)*4:])
		v, v2 := floor(x.value[i])
		w[1] += float32(square * v2)
		if size := abs(v); size > w[2] {
			if w[2] > 0 {
				w[0] *= w[2] / size
			}
			w[2] = size
		}
		inverse := 1 / w[2]
		if v2 > math.MaxFloat32 {
			norm++
		} else {
			norm += v2 / (w[2] * w[2])
		}
		w[3] = (1 / root(w[1])) * inverse
		per += float32(v2 * w[3])
	}
	return per, norm
}

// move moves the weights.
func (u *descend) move(x *input, step float32) {
	if u.Normalized {
		step *= u.multiplier
	}
	for i, a := range x.at {
		w, v := u.memory[int(a)*u.w:][:u.w], x.value[i]
		if !finite(v) {
			continue
		}
		if u.rate > 0 {
			v *= w[u.rate]
		}
		w[0] += float32(step * v)
	}
}
