package optim

// EMA is a link behind a rule: it evaluates with an exponential moving average
// of the weights, corrected for having started somewhere: after one step it is
// the weights. Evaluate with Optimizer.Eval; training goes on as without it.
//
// Morales-Brotons, Vogels & Hendrikx, "Exponential Moving Average of Weights in
// Deep Learning: Dynamics and Benefits", TMLR 2024.
var EMA = rule("ema", `
	# Link: evaluates with an exponential moving average of the weights.
	# Paper: Morales-Brotons, Vogels & Hendrikx, "Exponential Moving Average of Weights in Deep Learning: Dynamics and Benefits", TMLR 2024.
	hyper decay = 0.999 [0,1)
	state average = w

	average = average + (1-decay)/(1-decay^t)*(w - average)
	eval x = average
`)
