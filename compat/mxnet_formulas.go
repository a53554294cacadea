package compat

import (
	"sync"

	"github.com/descent-go/descent/optim"
)

// mxnetVariant is a rule of optim as MXNet computes it, parsed once.
type mxnetVariant func() (*optim.Formula, error)

func newMXNetVariant(name, text string) mxnetVariant {
	return sync.OnceValues(func() (*optim.Formula, error) { return optim.Parse(name, text) })
}

// What several formulas begin with. MXNet's counts of updates start at
// begin_num_update.
const (
	mxnetAdamHypers = `
	hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper limit = inf [0,inf], begin_num_update = 0 [0,inf)
	n = t + begin_num_update
`
	mxnetMoments = `
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
`
	// mxnetSingle is betas as operators take them, float32, so that 1 - 0.999 is
	// off by 1.3e-5 of itself: of a number the difference to 2^29+1 times itself
	// has 24 bits.
	mxnetSingle = `
	far = 536870913*beta1
	b1 = far - (far - beta1)
	far = 536870913*beta2
	b2 = far - (far - beta2)
`
	// mxnetMomentsOp are an operator's moments, which rest where rescale_grad is 0.
	mxnetMomentsOp = mxnetSingle + `
	hyper rescale_grad = 1
	g = clip(rescale_grad*g, -limit, limit)
	m = where(rescale_grad != 0, b1*m + (1-b1)*g, m)
	v = where(rescale_grad != 0, b2*v + (1-b2)*g^2, v)
`
	// mxnetMomentsMulti are the same of an operator for many parameters, whose
	// form loses digits where the gradient is large.
	mxnetMomentsMulti = mxnetSingle + `
	hyper rescale_grad = 1
	g = clip(rescale_grad*g, -limit, limit)
	m = where(rescale_grad != 0, b1*(m - g) + g, m)
	v = where(rescale_grad != 0, b2*(v - g^2) + g^2, v)
`
	mxnetCorrected = "\n\trate = lr*sqrt(1-beta2^n)/(1-beta1^n)\n"
	// mxnetRounded is the corrected rate as operators take it, a float32.
	mxnetRounded = mxnetCorrected + `
	far = 536870913*rate
	rate = far - (far - rate)
`
	mxnetUncorrected = "\n\trate = lr\n"
)

var (
	mxnetAdam = newMXNetAdam("adam-mxnet", mxnetSingle+`
	m = b1*m + (1-b1)*g
	v = b2*v + (1-b2)*g^2
`, mxnetRounded)
	mxnetAdamUnfused = newMXNetAdam("adam-mxnet-unfused", mxnetMoments, mxnetCorrected)
)

func newMXNetAdam(name, moments, corrected string) mxnetVariant {
	return newMXNetVariant(name, `
	# MXNet's Adam: eps is added to the uncorrected root, the clip is of the sum with the decay.
	state m, v
`+mxnetAdamHypers+`
	g = clip(g + wd*w, -limit, limit)
`+moments+corrected+`
	w = w - rate*m/(sqrt(v) + eps)
`)
}

var mxnetAdamax = newMXNetVariant("adamax-mxnet", `
	# MXNet's Adamax: 1.9 has no eps, so that it is NaN where the gradient has always been 0.
	state m, u
`+mxnetAdamHypers+`
	g = clip(g + wd*w, -limit, limit)
	m = beta1*m + (1-beta1)*g
	u = max(beta2*u, abs(g))
	w = w - lr/(1-beta1^n)*m/(u + eps)
`)

var mxnetFTML = newMXNetVariant("ftml-mxnet", `
	# MXNet's FTML: the clip is of the sum with the decay.
	state v, d, z
	hyper lr = 0.01 (0,inf), beta1 = 0.6 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	hyper limit = inf [0,inf], begin_num_update = 0 [0,inf)
	n = t + begin_num_update
	g = clip(g + wd*w, -limit, limit)
	v = beta2*v + (1-beta2)*g^2
	next = (1-beta1^n)/lr*(sqrt(v/(1-beta2^n)) + eps)
	z = beta1*z + (1-beta1)*g - (next - beta1*d)*w
	d = next
	w = -z/d
`)

var (
	mxnetAdamWOp      = newMXNetAdamWOp("adamw-mxnet-op", mxnetMomentsOp)
	mxnetAdamWMultiOp = newMXNetAdamWOp("adamw-mxnet-multi-op", mxnetMomentsMulti)
)

// newMXNetAdamWOp makes the operators contrib.adamw_update and its kin.
func newMXNetAdamWOp(name, moments string) mxnetVariant {
	return newMXNetVariant(name, `
	# MXNet's operator adamw_update: no correction, eta outside, and no update where rescale_grad is 0.
	state m, v
	hyper eta = 1 [0,inf)
`+mxnetAdamHypers+moments+`
	w = where(rescale_grad != 0, w - eta*(lr*m/(sqrt(v) + eps) + wd*w), w)
`)
}

var mxnetAdamW = mxnetByCorrection("adamw-mxnet", `
	# MXNet 2's AdamW: the decay is scaled by the corrected rate.
	state m, v
`+mxnetAdamHypers+mxnetMomentsMulti, mxnetRounded, `
	w = where(rescale_grad != 0, w - rate*(m/(sqrt(v) + eps) + wd*w), w)
`)

var mxnetAdamWUnfused = mxnetByCorrection("adamw-mxnet-unfused", `
	# MXNet 2's AdamW with use_fused_step False: the decay is of the weights that have moved already.
	state m, v
`+mxnetAdamHypers+`
	g = clip(g, -limit, limit)
`+mxnetMoments, mxnetCorrected, `
	w = w - rate*m/(sqrt(v) + eps)
	w = w - rate*wd*w
`)

var mxnetAdaBelief = mxnetByCorrection("adabelief-mxnet", `
	# MXNet 2's AdaBelief: decay in the gradient, the clip is of their sum, eps adds up in s.
	state m, s
	hyper rescale_grad = 1
`+mxnetAdamHypers+mxnetSingle+`
	g = clip(rescale_grad*g + wd*w, -limit, limit)
	m = where(rescale_grad != 0, b1*(m - g) + g, m)
	square = (m - g)^2
	s = where(rescale_grad != 0, b2*(s - square) + square + eps, s)
`, mxnetRounded, `
	w = where(rescale_grad != 0, w - rate*m/(sqrt(s) + eps), w)
`)

var mxnetAdaBeliefUnfused = mxnetByCorrection("adabelief-mxnet-unfused", `
	# MXNet 2's AdaBelief with use_fused_step False.
	state m, s
`+mxnetAdamHypers+`
	g = clip(g + wd*w, -limit, limit)
	m = beta1*m + (1-beta1)*g
	s = beta2*s + (1-beta2)*(g - m)^2 + eps
`, mxnetCorrected, `
	w = w - rate*m/(sqrt(s) + eps)
`)

// mxnetByCorrection makes the forms with correction of the rate and without.
func mxnetByCorrection(name, moments, corrected, step string) map[bool]mxnetVariant {
	return map[bool]mxnetVariant{
		true:  newMXNetVariant(name, moments+corrected+step),
		false: newMXNetVariant(name+"-uncorrected", moments+mxnetUncorrected+step),
	}
}

var mxnetLAMB = map[bool]mxnetVariant{
	true:  newMXNetLAMB("lamb-mxnet", "m/(1-beta1^n)", "v/(1-beta2^n)", "norm(w)"),
	false: newMXNetLAMB("lamb-mxnet-uncorrected", "m", "v", "norm(w)"),
}

// mxnetFloat16Norm is the norm of float16 weights that are squared in float16.
const mxnetFloat16Norm = "sqrt(sum(float16(float16(w)^2)))"

// mxnetLAMBFloat16 is for float16 weights, which MXNet 1.9 squares in float16.
var mxnetLAMBFloat16 = map[bool]mxnetVariant{
	true:  newMXNetLAMB("lamb-mxnet-float16", "m/(1-beta1^n)", "v/(1-beta2^n)", mxnetFloat16Norm),
	false: newMXNetLAMB("lamb-mxnet-float16-uncorrected", "m", "v", mxnetFloat16Norm),
}

func newMXNetLAMB(name, mean, square, weight string) mxnetVariant {
	return newMXNetVariant(name, `
	# MXNet's LAMB. each is 2 where MXNet 2 counts every step twice.
	state m, v
	hyper lower = 0 [0,inf), upper = inf (0,inf], each = 1
`+mxnetAdamHypers+`
	n = each*t + begin_num_update
	g = clip(g, -limit, limit)
`+mxnetMoments+`
	u = `+mean+`/(sqrt(`+square+`) + eps) + wd*w
	size = min(max(`+weight+`, lower), upper)
	w = w - lr*where(max(size == 0, norm(u) == 0), 1, size/norm(u))*u
`)
}

func mxnetLANSHead(weight string) string {
	return `
	state m, v
	hyper lower = 0 [0,inf), upper = inf (0,inf]
` + mxnetAdamHypers + `
	g = clip(g/norm(g), -limit, limit)
` + mxnetMoments + `
	root = sqrt(v/(1-beta2^n)) + eps
	size = min(max(` + weight + `, lower), upper)
	a = m/(1-beta1^n)/root + wd*w
`
}

// mxnetLANS has the forms for float16 weights, whose norm counts and not that
// of their master copy, and for others.
var mxnetLANS = map[bool]mxnetVariant{
	true:  newMXNetLANS("lans-mxnet-float16", "sqrt(sum(float16(w)^2))"),
	false: newMXNetLANS("lans-mxnet", "norm(w)"),
}

func newMXNetLANS(name, weight string) mxnetVariant {
	return newMXNetVariant(name, `
	# MXNet 2's LANS: an all-zero gradient makes it NaN.
`+mxnetLANSHead(weight)+`
	b = g/root + wd*w
	w = w - lr*(beta1*where(max(size == 0, norm(a) == 0), 1, size/norm(a))*a + (1-beta1)*where(max(size == 0, norm(b) == 0), 1, size/norm(b))*b)
`)
}

var mxnetLANSUnfused = newMXNetVariant("lans-mxnet-unfused", `
	# MXNet 2's LANS with use_fused_step False: its second half decays the weights that have moved already.
`+mxnetLANSHead("norm(w)")+`
	w = w - lr*beta1*where(max(size == 0, norm(a) == 0), 1, size/norm(a))*a
	b = g/root + wd*w
	w = w - lr*(1-beta1)*where(max(size == 0, norm(b) == 0), 1, size/norm(b))*b
`)
