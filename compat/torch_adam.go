package compat

import "github.com/descent-go/descent/optim"

func torchAdam(r *reader) made {
	o := &torchOptions{reader: r}
	o.adam(0.001, 0)
	o.meaningless("fused")
	return o.adamForm(adamChoice{o.flag("amsgrad", false), o.flag("decoupled_weight_decay", false)})
}

func torchAdamW(r *reader) made {
	o := &torchOptions{reader: r}
	o.adam(0.001, 0.01)
	o.meaningless("fused")
	return o.adamForm(adamChoice{o.flag("amsgrad", false), true})
}

type adamChoice struct{ amsgrad, decoupled bool }

var torchAdamForms = map[adamChoice]torchForm{
	{false, false}: func() (*optim.Formula, error) { return optim.Adam, nil },
	{false, true}:  func() (*optim.Formula, error) { return optim.AdamW, nil },
	{true, false}: newTorchForm("amsgrad-torch", `
		# AMSGrad as torch has it: Adam, with the largest average of squares so far in the root, corrected as Adam's is.
		# Paper: Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018.
		# Elsewhere: the paper, and amsgrad, correct neither average.
		hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		state m, v, top

		g = g + wd*w
		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g^2
		top = max(top, v)
		w = w - lr*(m/(1-beta1^t)) / (sqrt(top/(1-beta2^t)) + eps)
	`),
	{true, true}: newTorchForm("amsgradw-torch", `
		# AMSGrad as torch has it, with decoupled weight decay.
		hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0.01 [0,inf)
		state m, v, top

		m = beta1*m + (1-beta1)*g
		v = beta2*v + (1-beta2)*g^2
		top = max(top, v)
		w = w - lr*((m/(1-beta1^t)) / (sqrt(top/(1-beta2^t)) + eps) + wd*w)
	`),
}

func torchAdamax(r *reader) made {
	o := &torchOptions{reader: r}
	o.adam(0.002, 0)
	o.meaningless("differentiable")
	return o.form(torchAdamaxForm)
}

var torchAdamaxForm = newTorchForm("adamax-torch", `
	# AdaMax as torch has it: eps is added to the gradient's size, not to the largest.
	# Paper: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 2.
	hyper lr = 0.002 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
	state m, u

	g = g + wd*w
	m = where(beta1 > 0.5, m + (1-beta1)*(g - m), g - beta1*(g - m))
	u = max(beta2*u, abs(g) + eps)
	w = w - lr/(1-beta1^t)*m/u
`)

func torchNAdam(r *reader) made {
	o := &torchOptions{reader: r}
	o.adam(0.002, 0)
	o.set("momentum_decay", "momentum_decay", 0.004, notNegative)
	if o.on("differentiable") {
		return o.form(torchDifferentiableNAdams[o.flag("decoupled_weight_decay", false)])
	}
	return o.form(torchNAdamForms[o.flag("decoupled_weight_decay", false)])
}

// torchNAdamForms are NAdam with weight decay beside the step, or in the gradient.
var torchNAdamForms = map[bool]torchForm{
	false: newTorchForm("nadam-torch", `
		# NAdam as torch has it: the product of momenta is kept in float32, whatever the weights' type.
		# Paper: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016.
		hyper lr = 0.002 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		hyper momentum_decay = 0.004 [0,inf)
		state m, v
		scalar product = 1

		g = g + wd*w
		mu = beta1*(1 - 0.5*0.96^(t*momentum_decay))
		next = beta1*(1 - 0.5*0.96^((t+1)*momentum_decay))
		x = mu*536870913          # mu in float32: to 24 of its 53 bits
		x = product*(x - (x - mu))
		y = x*536870913
		product = y - (y - x)
		m = where(beta1 > 0.5, m + (1-beta1)*(g - m), g - beta1*(g - m))
		v = beta2*v + (1-beta2)*g^2
		mean = next/(1 - product*next)*m + (1-mu)/(1 - product)*g
		w = w - lr*mean / (sqrt(v/(1-beta2^t)) + eps)
	`),
	true: newTorchForm("nadamw-torch", `
		# NAdam as torch has it, with decoupled weight decay.
		hyper lr = 0.002 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		hyper momentum_decay = 0.004 [0,inf)
		state m, v
		scalar product = 1

		mu = beta1*(1 - 0.5*0.96^(t*momentum_decay))
		next = beta1*(1 - 0.5*0.96^((t+1)*momentum_decay))
		x = mu*536870913          # mu in float32: to 24 of its 53 bits
		x = product*(x - (x - mu))
		y = x*536870913
		product = y - (y - x)
		m = where(beta1 > 0.5, m + (1-beta1)*(g - m), g - beta1*(g - m))
		v = beta2*v + (1-beta2)*g^2
		mean = next/(1 - product*next)*m + (1-mu)/(1 - product)*g
		w = w - lr*(mean / (sqrt(v/(1-beta2^t)) + eps) + wd*w)
	`),
}

func torchRAdam(r *reader) made {
	o := &torchOptions{reader: r}
	o.adam(0.001, 0)
	o.meaningless("differentiable")
	return o.form(torchRAdamForms[o.flag("decoupled_weight_decay", false)])
}

// torchRAdamForms are RAdam with weight decay beside the step, or in the gradient.
var torchRAdamForms = map[bool]torchForm{
	false: newTorchForm("radam-torch", `
		# RAdam as torch has it: adapts where rho > 5, with eps beside the uncorrected root.
		# Paper: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020, Algorithm 2.
		hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		state m, v

		g = g + wd*w
		m = where(beta1 > 0.5, m + (1-beta1)*(g - m), g - beta1*(g - m))
		v = beta2*v + (1-beta2)*g^2
		most = 2/(1-beta2) - 1
		rho = most - 2*t*beta2^t/(1-beta2^t)
		r = sqrt((rho-4)*(rho-2)*most / ((most-4)*(most-2)*rho))
		w = w - lr/(1-beta1^t)*m*where(rho > 5, r*sqrt(1-beta2^t)/(sqrt(v) + eps), 1)
	`),
	true: newTorchForm("radamw-torch", `
		# RAdam as torch has it, with decoupled weight decay.
		hyper lr = 0.001 [0,inf), beta1 = 0.9 [0,1), beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf)
		state m, v

		m = where(beta1 > 0.5, m + (1-beta1)*(g - m), g - beta1*(g - m))
		v = beta2*v + (1-beta2)*g^2
		most = 2/(1-beta2) - 1
		rho = most - 2*t*beta2^t/(1-beta2^t)
		r = sqrt((rho-4)*(rho-2)*most / ((most-4)*(most-2)*rho))
		w = w - lr*(m/(1-beta1^t)*where(rho > 5, r*sqrt(1-beta2^t)/(sqrt(v) + eps), 1) + wd*w)
	`),
}
