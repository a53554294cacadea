package compat

import (
	"math"
	"strings"
)

// freeChoice says what schedule-free training is built on, whether its learning
// rate warms up and in which type z is kept.
type freeChoice struct {
	adamw, warm bool
	dtype       string
}

// newScheduleFree makes schedule-free training: gradients are taken at w, between
// the weights z that the base moves and their average x. The average weighs z
// by the learning rate of the next step, as optax does.
func newScheduleFree(c freeChoice) optaxTransform {
	name, head, u := "schedule-free-sgd", "hyper lr = 1, beta1 = 0.9, wd = 0, power = 2", "g"
	if c.adamw {
		name, u = "schedule-free-adamw", "g/(sqrt(v/(1-beta2^t)) + eps)"
		head += ", beta2 = 0.999, eps = 1e-8\nstate v\nv = beta2*v + (1-beta2)*g^2"
	}
	rates := "rate = lr\nnext = lr"
	if c.warm {
		name += "-warmup"
		head = "hyper warmup = 0\n" + head
		rates = optaxWarmupRate("rate", "t-1") + "\n" + optaxWarmupRate("next", "t")
	}
	before, move, after := "old = (1-beta1)*z", "z = z - rate*("+u+" + wd*w)", "new = (1-beta1)*z"
	if c.dtype != "" {
		name += "-" + c.dtype
		before = optaxRounded("first", "w", c.dtype) + "\nz = where(t == 1, first, z)\n" +
			optaxRounded("share", "1-beta1", c.dtype) + "\n" + optaxRounded("old", "share*z", c.dtype)
		move = optaxRounded("kept", strings.TrimPrefix(move, "z = "), c.dtype) + "\nz = kept"
		after = optaxRounded("new", "share*z", c.dtype)
	}
	return newOptaxTransform(name, strings.Join([]string{head, `
		state z = w
		scalar peak, total`, rates, `
		peak = max(peak, next)
		total = total + peak^power
		c = where(total == 0, 0, peak^power/total)`, before, `
		x = (w - old)/beta1`, move, `
		x = (1-c)*x + c*z`, after, `
		w = beta1*x + new
		eval average = (w - (1-beta1)*z)/beta1
	`}, "\n"))
}

// optaxWarmupRate gives the lines of the learning rate after n updates, which
// optax computes in float32 whatever the weights' type.
func optaxWarmupRate(to, n string) string {
	return strings.Join([]string{
		optaxRounded(to+"_lr", "lr", "float32"),
		optaxRounded(to+"_done", "min("+n+", warmup)/warmup", "float32"),
		optaxRounded(to+"_left", "1 - "+to+"_done", "float32"),
		optaxRounded(to+"_gap", to+"_lr*"+to+"_left", "float32"),
		optaxRounded(to+"_warm", to+"_lr - "+to+"_gap", "float32"),
		to + " = where(warmup > 0, " + to + "_warm, 0)",
	}, "\n")
}

func optaxScheduleFreeSGD(r *reader) made {
	c := &optaxChain{reader: r}
	return c.free(false, c.set("lr", "learning_rate", 1), setting{"wd", c.maybe("weight_decay")})
}

func optaxScheduleFreeAdamw(r *reader) made {
	c := &optaxChain{reader: r}
	return c.free(true, c.set("lr", "learning_rate", 0.0025), c.set("wd", "weight_decay", 0),
		c.set("beta2", "b2", 0.999), c.set("eps", "eps", 1e-8))
}

func (c *optaxChain) free(adamw bool, settings ...setting) made {
	dtype := c.dtype("state_dtype")
	settings = append(settings, c.set("beta1", "b1", 0.9), c.set("power", "weight_lr_power", 2))
	warmup, warm := c.optional("warmup_steps")
	if warm {
		settings = append(settings, setting{"warmup", warmup})
	}
	return c.single(newScheduleFree(freeChoice{adamw, warm, dtype}), settings...)
}

// optaxProdigies has both forms of Prodigy. Where no gradient has
// been other than 0 yet, they divide 0 by 0, as optax does.
var optaxProdigies = optaxVariants(newProdigy, []bool{false, true})

// newProdigy makes Prodigy, with or without optax's safeguard for warm-up.
func newProdigy(safeguard bool) optaxTransform {
	name, pace := "prodigy", "rate"
	if safeguard {
		name, pace = "prodigy-safeguarded", "d"
	}
	return newOptaxTransform(name, `
		hyper lr = 1, beta1 = 0.9, beta2 = 0.999, beta3 = 0.9995, eps = 1e-8, d0 = 1e-6, coefficient = 1, wd = 0
		state m, v, s, start = w
		global scalar r, d = d0
		rate = d*lr*sqrt(1-beta2^t)/(1-beta1^t)
		m = beta1*m + (1-beta1)*d*g
		v = beta2*v + (1-beta2)*(d*g)^2
		s = beta3*s + `+pace+`*d/d0*g
		r = beta3*r + d/d0*rate*all.dot(g, start - w)
		d = max(d, coefficient*r/all.sum(abs(s)))
		w = w - rate*(m/(sqrt(v) + d*eps) + wd*w)
	`)
}

func optaxProdigy(r *reader) made {
	c := &optaxChain{reader: r}
	beta1, beta2 := c.pair("betas", 0.9, 0.999)
	beta3, ok := c.optional("beta3")
	if !ok {
		beta3 = math.Sqrt(beta2)
	}
	return c.single(optaxProdigies[c.flag("safeguard_warmup", false)],
		setting{"beta1", beta1}, setting{"beta2", beta2}, setting{"beta3", beta3},
		c.set("lr", "learning_rate", 1), c.set("eps", "eps", 1e-8), c.set("d0", "estim_lr0", 1e-6),
		c.set("coefficient", "estim_lr_coef", 1), c.set("wd", "weight_decay", 0))
}
