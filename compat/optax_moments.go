package compat

import "strings"

// optaxNesterov makes a transformation's two forms: with the mean m of gradients,
// corrected for having started at 0, and with Nesterov's, which optax takes a
// step ahead. The text says "mean" for it.
func optaxNesterov(name, text string) map[bool]optaxTransform {
	with := func(mean string) string { return strings.Replace(text, "MEAN", mean, 1) }
	return map[bool]optaxTransform{
		false: newOptaxTransform(name, with("m/(1-beta1^t)")),
		true:  newOptaxTransform(name+"-nesterov", with("beta1*m/(1-beta1^(t+1)) + (1-beta1)*g/(1-beta1^t)")),
	}
}

var scaleByAdam = optaxNesterov("scale-by-adam", `
	hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-8, eps_root = 0
	state m, v
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	mean = MEAN
	g = mean/(sqrt(v/(1-beta2^t) + eps_root) + eps)
`)

var scaleByBelief = optaxNesterov("scale-by-belief", `
	# eps_root is added to what is kept, so that it adds up.
	hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-16, eps_root = 1e-16
	state m, s
	m = beta1*m + (1-beta1)*g
	s = beta2*s + (1-beta2)*(g - m)^2 + eps_root
	mean = MEAN
	g = mean/(sqrt(s/(1-beta2^t)) + eps)
`)

var scaleByRAdam = optaxNesterov("scale-by-radam", `
	hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-8, eps_root = 0, threshold = 5
	state m, v
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g^2
	mean = MEAN
	full = 2/(1-beta2) - 1
	rho = full - 2*t*beta2^t/(1-beta2^t)
	r = sqrt((rho-4)*(rho-2)*full/((full-4)*(full-2)*rho))
	g = where(rho >= threshold, r*mean/(sqrt(v/(1-beta2^t) + eps_root) + eps), mean)
`)

// amsgradChoice says which of amsgrad's means are corrected for having started
// at 0.
type amsgradChoice struct{ mean, square bool }

var scaleByAMSGrad = optaxVariants(newScaleByAMSGrad, []amsgradChoice{{false, false}, {false, true}, {true, false}, {true, true}})

func newScaleByAMSGrad(c amsgradChoice) optaxTransform {
	name, mean, square := "scale-by-amsgrad", "m", "v"
	if c.mean {
		mean = "m/(1-beta1^t)"
	} else {
		name += "-biased-mean"
	}
	if c.square {
		square = "v/(1-beta2^t)"
	} else {
		name += "-biased-square"
	}
	return newOptaxTransform(name, `
		hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-8, eps_root = 0
		state m, v, largest
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g^2
		largest = max(largest, `+square+`)
		g = `+mean+`/(sqrt(largest + eps_root) + eps)
	`)
}

var scaleByAdamax = newOptaxTransform("scale-by-adamax", `
	# eps is added to every gradient's size.
	hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-8
	state m, u
	m = beta1*m + (1-beta1)*g
	u = max(abs(g) + eps, beta2*u)
	g = m/(1-beta1^t)/u
`)

var scaleByYogi = newOptaxTransform("scale-by-yogi", `
	# Both averages start at 1e-6 and are corrected as if at 0.
	hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-3
	state m = 1e-6, v = 1e-6
	m = beta1*m + (1-beta1)*g
	v = v - (1-beta2)*sign(v - g^2)*g^2
	g = m/(1-beta1^t)/(sqrt(v/(1-beta2^t)) + eps)
`)

var scaleByAdan = newOptaxTransform("scale-by-adan", `
	hyper beta1 = 0.98, beta2 = 0.92, beta3 = 0.99, eps = 1e-8, eps_root = 1e-8
	state m, v, n, before
	d = where(t == 1, 0, g - before)
	before = g
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*d
	n = beta3*n + (1-beta3)*(g + (1-beta2)*d)^2
	u = m/(1-beta1^t) + (1-beta2)*v/(1-beta2^t)
	g = u/(sqrt(n/(1-beta3^t) + eps_root) + eps)
`)

var scaleByAdemamix = newOptaxTransform("scale-by-ademamix", `
	# The slow mean is not corrected.
	hyper beta1 = 0.9, beta2 = 0.999, beta3 = 0.9999, alpha = 5, eps = 1e-8, eps_root = 0
	state fast, slow, v
	fast = beta1*fast + (1-beta1)*g
	slow = beta3*slow + (1-beta3)*g
	v = beta2*v + (1-beta2)*g^2
	g = (fast/(1-beta1^t) + alpha*slow)/(sqrt(v/(1-beta2^t) + eps_root) + eps)
`)

var scaleBySimplifiedAdemamix = newOptaxTransform("scale-by-simplified-ademamix", `
	hyper beta1 = 0.99, beta2 = 0.95, alpha = 0, eps = 1e-8, eps_root = 0
	state m, v
	m = beta1*m + g
	v = beta2*v + (1-beta2)*g^2
	g = (m + alpha*g)/(sqrt(v/(1-beta2^t) + eps_root) + eps)
`)

var scaleByACProp = newOptaxTransform("scale-by-acprop", `
	# Divides by the belief of the step before.
	hyper beta1 = 0.9, beta2 = 0.999, eps = 1e-16, eps_root = 1e-16
	state m, s
	square = where(t == 1, 1, s/(1-beta2^(t-1)))
	s = beta2*s + (1-beta2)*(g - m)^2 + eps_root
	m = beta1*m + (1-beta1)*g
	g = g/(sqrt(square) + eps)
`)

// adoptChoice says how ADOPT's gradients are averaged and whether clipped.
type adoptChoice struct{ nesterov, clipped bool }

var scaleByAdopt = optaxVariants(newScaleByAdopt, []adoptChoice{{false, false}, {false, true}, {true, false}, {true, true}})

func newScaleByAdopt(c adoptChoice) optaxTransform {
	name, clip, mean := "scale-by-adopt", "u", "m"
	if c.clipped {
		name, clip = name+"-clipped", "clip(u, -(t-1)^0.25, (t-1)^0.25)"
	}
	if c.nesterov {
		name, mean = name+"-nesterov", "where(t == 1, m, beta1*m + (1-beta1)*u)"
	}
	return newOptaxTransform(name, `
		# The first gradient only starts the mean of squares.
		hyper beta1 = 0.9, beta2 = 0.9999, eps = 1e-6
		state m, v
		u = g/max(sqrt(v), eps)
		u = `+clip+`
		v = where(t == 1, g^2, beta2*v + (1-beta2)*g^2)
		m = where(t == 1, m, beta1*m + (1-beta1)*u)
		g = `+mean+`
	`)
}
