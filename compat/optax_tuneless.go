package compat

import "strings"

// What needs no learning rate to be tuned, and MADGRAD.

// optaxFar says how DoG's distance from the start begins.
type optaxFar string

var scaleByDoG = optaxVariants(newScaleByDoG, []optaxFar{"distance", "learning_rate", "heuristic"})

func newScaleByDoG(first optaxFar) optaxTransform {
	least, rate := "init", "far/sqrt(squares + eps)"
	switch first {
	case "heuristic":
		least = "init*(1 + all.norm(start))"
	case "learning_rate":
		least, rate = "0", "where(count == 1, init, "+rate+")"
	}
	return newOptaxTransform("scale-by-dog-"+strings.ReplaceAll(string(first), "_", "-"), `
		hyper init = 1e-6, eps = 1e-8
		state start = w
		global scalar far, squares, count
		count = count + 1
		far = max(max(far, `+least+`), all.norm(w - start))
		squares = squares + all.dot(g, g)
		g = `+rate+`*g
	`)
}

func optaxDoG(r *reader) made {
	c := &optaxChain{reader: r}
	c.maybeDecay()
	first, init := c.firstStep("init_step")
	c.then(scaleByDoG[first], setting{"init", init}, c.set("eps", "eps", 1e-8))
	c.then(scaleByLearningRate, c.set("lr", "learning_rate", 1))
	return c.made()
}

// maybeDecay adds weight decay where it is not null.
func (c *optaxChain) maybeDecay() {
	if c.given("weight_decay") {
		c.decay("weight_decay", 0, "mask")
		return
	}
	c.meaningless("weight_decay", "mask")
}

// firstStep reads what a first step is made of and how much: a pair.
func (c *optaxChain) firstStep(option string) (optaxFar, float64) {
	value, ok := c.take(option)
	if !ok {
		return "heuristic", 1e-6
	}
	if pair, ok := value.([]any); ok && len(pair) == 2 {
		kind := newReader(map[string]any{option: pair[0]})
		size := newReader(map[string]any{option: pair[1]})
		first, v := kind.text(option, "", "distance", "learning_rate", "heuristic"), size.number(option, 0)
		if kind.err == nil && size.err == nil {
			return optaxFar(first), v
		}
	}
	c.fail("option %s: expected distance, learning_rate or heuristic and a number, found %s", option, show(value))
	return "heuristic", 0
}

var scaleByDoWG = newOptaxTransform("scale-by-dowg", `
	hyper d0 = 1e-4, eps = 1e-4
	state start = w
	global scalar far = d0, squares
	far = max(far, all.dot(w - start, w - start))
	squares = squares + far*all.dot(g, g)
	g = far/(sqrt(squares) + eps)*g
`)

func optaxDoWG(r *reader) made {
	c := &optaxChain{reader: r}
	c.maybeDecay()
	eps := c.number("eps", 1e-4)
	d0, ok := c.optional("init_estim_sq_dist")
	if !ok {
		d0 = eps
	}
	c.then(scaleByDoWG, setting{"d0", d0}, setting{"eps", eps})
	c.then(scaleByLearningRate, c.set("lr", "learning_rate", 1))
	return c.made()
}

var scaleByCOCOB = newOptaxTransform("scale-by-cocob", `
	hyper alpha = 100, eps = 1e-8
	state start = w, sum, size = eps, total, reward
	size = max(size, abs(g))
	total = total + abs(g)
	reward = max(reward - g*(w - start), 0)
	sum = sum - g
	g = w - (start + sum/(size*max(total + size, alpha*size))*(size + reward))
`)

func optaxCOCOB(r *reader) made {
	c := &optaxChain{reader: r}
	c.decay("weight_decay", 0, "mask")
	c.then(scaleByLearningRate, c.set("lr", "learning_rate", 1))
	c.then(scaleByCOCOB, c.set("alpha", "alpha", 100), c.set("eps", "eps", 1e-8))
	return c.made()
}

var scaleByMADGRAD = newOptaxTransform("scale-by-madgrad", `
	# eps is added to the learning rate too. The rate is a float32 whatever the weights' type.
	hyper lr = 0.01, momentum = 0.9, eps = 1e-6
	state start = w, s, v
`+optaxRounded("base", "lr + eps", "float32")+"\n"+optaxRounded("root", "sqrt(t)", "float32")+"\n"+optaxRounded("rate", "base*root", "float32")+`
	v = v + rate*g^2
	s = s + rate*g
	z = start - s/(v^(1/3) + eps)
	g = w - ((1-momentum)*z + momentum*w)
`)

func optaxMADGRAD(r *reader) made {
	c := &optaxChain{reader: r}
	c.then(addDecayedWeights, c.set("wd", "weight_decay", 0))
	c.then(scaleByMADGRAD, c.lr(), c.set("momentum", "momentum", 0.9), c.set("eps", "eps", 1e-6))
	return c.made()
}

// dAdaptAdamW divides 0 by 0 where no gradient has been other than 0 yet, as
// optax does.
var dAdaptAdamW = newOptaxTransform("dadapt-adamw", `
	hyper lr = 1, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, d0 = 1e-6, wd = 0
	state m, v, s
	global scalar r, d = d0
	keep = sqrt(beta2)
	rate = d*lr*sqrt(1-beta2^t)/(1-beta1^t)
	agree = all.dot(g, s/(sqrt(v) + eps))
	m = beta1*m + (1-beta1)*rate*g
	v = beta2*v + (1-beta2)*g^2
	s = keep*s + (1-keep)*rate*g
	r = keep*r + (1-keep)*rate*agree
	d = max(d, r/((1-keep)*all.sum(abs(s))))
	w = w - (m/(sqrt(v) + eps) + wd*rate*w)
`)

func optaxDAdaptAdamW(r *reader) made {
	c := &optaxChain{reader: r}
	beta1, beta2 := c.pair("betas", 0.9, 0.999)
	return c.single(dAdaptAdamW, setting{"beta1", beta1}, setting{"beta2", beta2}, c.set("lr", "learning_rate", 1),
		c.set("eps", "eps", 1e-8), c.set("d0", "estim_lr0", 1e-6), c.set("wd", "weight_decay", 0))
}
