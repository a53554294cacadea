package compat

import "fmt"

// With some options torch computes numbers that are no arrays in float32,
// whatever the weights' type: with differentiable what Adam and NAdam correct
// biases by, with foreach the rate of ASGD.

// single writes statements that make a number the float32 nearest to a value:
// its first 24 of 53 bits.
func single(name, value string) string {
	return fmt.Sprintf("%[1]s = %[2]s\nx = %[1]s*536870913\n%[1]s = x - (x - %[1]s)\n", name, value)
}

// ratio is single of a quotient, which torch makes of a reciprocal.
func ratio(name, over, under string) string {
	return single("over", over) + single(name, "1/"+under) + single(name, name+"*over")
}

// torchDifferentiableAdam is a form of Adam with the option differentiable.
func torchDifferentiableAdam(c adamChoice) torchForm {
	name, before, after, states, root := "adam", "g = g + wd*w\n", "", "m, v", "v"
	if c.decoupled {
		name, before, after = "adamw", "", " - lr*wd*w"
	}
	text := before + "m = beta1*m + (1-beta1)*g\nv = beta2*v + (1-beta2)*g^2\n"
	if c.amsgrad {
		name, states, root = "amsgrad-"+name, states+", top", "top"
		text += "top = max(top, v)\n"
	}
	text += single("one", "beta1") + single("one", "one^t") + single("one", "1-one") + ratio("rate", "lr", "one") +
		single("two", "beta2") + single("two", "two^t") + single("two", "1-two") + single("two", "sqrt(two)") + single("two", "two*rate") +
		ratio("add", "eps", "rate") +
		fmt.Sprintf("w = w%s - m / (sqrt(%s)/two + where(rate > 0, add, 0))\n", after, root)
	return newTorchForm(name+"-differentiable-torch", `
		# Adam as torch has it with the option differentiable: biases are corrected by numbers in float32.
		# Paper: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1.
		hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		state `+states+"\n\n"+text)
}

// torchDifferentiableAdams are all of them.
var torchDifferentiableAdams = map[adamChoice]torchForm{
	{false, false}: torchDifferentiableAdam(adamChoice{false, false}),
	{false, true}:  torchDifferentiableAdam(adamChoice{false, true}),
	{true, false}:  torchDifferentiableAdam(adamChoice{true, false}),
	{true, true}:   torchDifferentiableAdam(adamChoice{true, true}),
}

// torchDifferentiableNAdam is a form of NAdam with the option differentiable.
func torchDifferentiableNAdam(decoupled bool) torchForm {
	name, before, after := "nadam", "g = g + wd*w\n", ""
	if decoupled {
		name, before, after = "nadamw", "", " - lr*wd*w"
	}
	return newTorchForm(name+"-differentiable-torch", `
		# NAdam as torch has it with the option differentiable: biases are corrected by numbers in float32.
		# Paper: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016.
		hyper lr = 0.002 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		hyper momentum_decay = 0.004 [0,inf)
		state m, v
		scalar product = 1
		`+before+`
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g^2
		mu = beta1*(1 - 0.5*0.96^(t*momentum_decay))
		later = beta1*(1 - 0.5*0.96^((t+1)*momentum_decay))
		`+single("next", "later")+single("now", "mu")+single("product", "product*now")+
		single("next", "product*next")+single("next", "1-next")+single("left", "1-product")+
		ratio("a", "lr*(1-mu)", "left")+ratio("b", "lr*later", "next")+
		"d = sqrt(v/(1-beta2^t)) + eps\nw = w"+after+" - a*g/d - b*m/d\n")
}

var torchDifferentiableNAdams = map[bool]torchForm{
	false: torchDifferentiableNAdam(false),
	true:  torchDifferentiableNAdam(true),
}

var torchASGDForeachForm = newTorchForm("asgd-foreach-torch", `
	# ASGD as torch has it with the option foreach: the rate is computed in float32.
	# Paper: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and Optimization 30, 1992.
	hyper lr = 0.01 [0,inf), lambda = 1e-4 [0,inf), alpha = 0.75 [0,inf), t0 = 1e6, wd = 0 [0,inf)
	state mean
	scalar eta

	g = g + wd*w
	eta = where(t == 1, lr, eta)
	`+single("eta", "eta")+`
	w = w - eta*(g + lambda*w)
	n = max(1, t - 1 - t0)
	mean = where(n == 1, w, mean + (w - mean)/n)
	`+single("grown", "lambda*lr")+single("grown", "grown*t")+single("grown", "1+grown")+single("grown", "grown^alpha")+
	ratio("eta", "lr", "grown")+`
	eval average = mean
`)

// adamForm is a form of Adam with the option differentiable or without.
func (o *torchOptions) adamForm(c adamChoice) made {
	if o.on("differentiable") {
		return o.form(torchDifferentiableAdams[c])
	}
	return o.form(torchAdamForms[c])
}
