package optim

// ScheduleFreeAdamW needs no schedule: it evaluates with the average x of the
// weights z, which step as AdamW's do but without averaging gradients, and
// takes gradients at w, which lies between the two. lr grows over the first
// warmup steps. Evaluate with Optimizer.Eval.
//
// Defazio et al., "The Road Less Scheduled", NeurIPS 2024, Algorithm 1. w is
// the paper's y; x = w + (1/beta1 - 1)*(w - z) is not kept, and the assignment
// to w is lines 5, 10 and 12 in one. lr is that of the published code.
var ScheduleFreeAdamW = rule("schedule-free-adamw", `
	# AdamW that needs no schedule: takes gradients between its weights and their average, evaluates with the average.
	# Paper: Defazio et al., "The Road Less Scheduled", NeurIPS 2024, Algorithm 1.
	hyper lr = 0.0025 [0,inf), beta1 = 0.9 (0,1], beta2 = 0.999 [0,1), eps = 1e-8 [0,inf), wd = 0 [0,inf), warmup = 0 [0,inf)
	state z = w, v
	scalar sum

	rate = lr*where(t < warmup, t/warmup, 1)
	v = beta2*v + (1-beta2)*g^2
	u = rate*(g/(sqrt(v/(1-beta2^t)) + eps) + wd*w)
	sum = sum + rate^2
	c = where(sum > 0, rate^2/sum, 0)
	w = w + c*(z - w) - (1 - beta1*(1-c))*u
	z = z - u
	eval x = w + (1/beta1 - 1)*(w - z)
`)
