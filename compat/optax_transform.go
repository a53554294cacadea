package compat

import (
	"strings"
	"sync"

	"github.com/descent-go/descent/optim"
)

// transform is one of optax's transformations of gradients as a link of a
// chain, under optax's name and parsed once. It turns the gradient g into what
// is to be subtracted from the weights.
type optaxTransform func() (*optim.Formula, error)

func newOptaxTransform(name, text string) optaxTransform {
	return sync.OnceValues(func() (*optim.Formula, error) { return optim.Parse(name, text) })
}

// applyUpdates ends every chain.
var applyUpdates = newOptaxTransform("apply-updates", `
	# What optax's transformations have made of the gradient is subtracted.
	w = w - g
`)

var scaleByLearningRate = newOptaxTransform("scale-by-learning-rate", `
	hyper lr = 0.01
	g = lr*g
`)

var addDecayedWeights = newOptaxTransform("add-decayed-weights", `
	hyper wd = 0
	g = g + wd*w
`)

var scaleBySign = newOptaxTransform("scale-by-sign", `
	g = sign(g)
`)

var optaxTrace = newOptaxTransform("trace", `
	# Momentum.
	hyper momentum = 0.9
	state v
	v = g + momentum*v
	g = v
`)

var optaxTraceNesterov = newOptaxTransform("trace-nesterov", `
	# Nesterov's momentum, shifted.
	hyper momentum = 0.9
	state v
	v = g + momentum*v
	g = g + momentum*v
`)

var optaxEMA = newOptaxTransform("ema", `
	hyper beta = 0.9
	state m
	m = beta*m + (1-beta)*g
	g = m
`)

var scaleByRSS = newOptaxTransform("scale-by-rss", `
	# Adagrad: the sum of squares starts above 0, eps is inside the root.
	hyper eps = 1e-7, start = 0.1
	state h = start
	h = h + g^2
	g = where(h > 0, 1/sqrt(h + eps), 0)*g
`)

var scaleByAdadelta = newOptaxTransform("scale-by-adadelta", `
	hyper rho = 0.9, eps = 1e-6
	state v, u
	v = rho*v + (1-rho)*g^2
	g = sqrt(u + eps)/sqrt(v + eps)*g
	u = rho*u + (1-rho)*g^2
`)

var scaleByLion = newOptaxTransform("scale-by-lion", `
	hyper beta1 = 0.9, beta2 = 0.99
	state m
	d = sign(beta1*m + (1-beta1)*g)
	m = beta2*m + (1-beta2)*g
	g = d
`)

var scaleByNovograd = newOptaxTransform("scale-by-novograd", `
	# One second moment for a whole parameter; decay is part of the momentum.
	hyper beta1 = 0.9, beta2 = 0.25, eps = 1e-6, eps_root = 0, wd = 0
	state m
	scalar v
	v = where(t == 1, norm(g)^2, beta2*v + (1-beta2)*norm(g)^2)
	m = beta1*m + (g/(sqrt(v + eps_root) + eps) + wd*w)
	g = m
`)

var scaleByTrustRatio = newOptaxTransform("scale-by-trust-ratio", `
	# Steps in proportion to the weights' norm, which is at least min_norm, where on is not 0.
	hyper trust = 1, eps = 0, min_norm = 0, on = 1
	weights = max(norm(w), min_norm)
	size = max(norm(g), min_norm)
	g = g*where(on*(weights != 0)*(size != 0), trust*weights/(size + eps), 1)
`)

var scaleByRprop = newOptaxTransform("scale-by-rprop", `
	# lr is the size of the first steps only. optax applies every step one late.
	hyper lr = 0.01, eta_minus = 0.5, eta_plus = 1.2, min_size = 1e-6, max_size = 50
	state size = lr, before
	agree = g*before
	size = where(agree == 0, size, min(max(size*where(agree > 0, eta_plus, eta_minus), min_size), max_size))
	late = where(agree < 0, 0, before)
	before = where(agree < 0, 0, size*sign(g))
	g = late
`)

var fromageShrink = newOptaxTransform("fromage-shrink", `
	# The step and the weights shrink alike.
	hyper lr = 0.01
	shrink = 1/sqrt(1 + lr^2)
	g = lr*shrink*g + (1-shrink)*w
`)

var scaleByOptimisticGradient = newOptaxTransform("scale-by-optimistic-gradient", `
	hyper alpha = 1, beta = 1
	state before
	d = (alpha + beta)*g - beta*where(t == 1, g, before)
	before = g
	g = d
`)

// rmsChoice says how scaleByRMS divides.
type rmsChoice struct{ centered, outside, corrected bool }

// scaleByRMS has optax's scale_by_rms and, centered, scale_by_stddev.
var scaleByRMS = optaxVariants(newScaleByRMS, allRMS())

func allRMS() []rmsChoice {
	var all []rmsChoice
	for i := range 8 {
		all = append(all, rmsChoice{i&1 != 0, i&2 != 0, i&4 != 0})
	}
	return all
}

func newScaleByRMS(c rmsChoice) optaxTransform {
	name, square, mean, text := "scale-by-rms", "v", "m", ""
	if c.centered {
		name, text = "scale-by-stddev", "state m\nm = decay*m + (1-decay)*g\n"
	}
	if c.corrected {
		name, square, mean = name+"-corrected", "v/(1-decay^t)", "(m/(1-decay^t))"
	}
	if c.centered {
		square += " - " + mean + "^2"
	}
	divisor := "sqrt(" + square + " + eps)"
	if c.outside {
		name, divisor = name+"-eps-outside", "(sqrt("+square+") + eps)"
	}
	return newOptaxTransform(name, strings.Join([]string{
		"hyper decay = 0.9, eps = 1e-8, start = 0",
		"state v = start",
		text + "v = decay*v + (1-decay)*g^2",
		"g = g/" + divisor,
	}, "\n"))
}

// optaxVariants makes a transformation for every choice.
func optaxVariants[C comparable](make func(C) optaxTransform, choices []C) map[C]optaxTransform {
	all := map[C]optaxTransform{}
	for _, c := range choices {
		all[c] = make(c)
	}
	return all
}
