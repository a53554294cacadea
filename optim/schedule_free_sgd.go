package optim

// ScheduleFreeSGD needs no schedule: it evaluates with the average x of SGD's
// weights z and takes gradients at w, which lies between the two, where a
// schedule that decays would have led. Evaluate with Optimizer.Eval.
//
// Defazio et al., "The Road Less Scheduled", NeurIPS 2024, (3)-(5). w is the
// paper's y; x = w + (1/beta - 1)*(w - z) is not kept, and the second line is
// (3) with (4) and (5) put in.
var ScheduleFreeSGD = rule("schedule-free-sgd", `
	# SGD that needs no schedule: takes gradients between its weights and their average, evaluates with the average.
	# Paper: Defazio et al., "The Road Less Scheduled", NeurIPS 2024, (3)-(5).
	# Elsewhere: Optax's average leaves out the weights at the start: its c is 1/t, the paper's 1/(t+1).
	hyper lr = 1 [0,inf), beta = 0.9 (0,1], wd = 0 [0,inf)
	state z = w

	u = lr*(g + wd*w)
	c = 1/(t+1)
	w = w + c*(z - w) - (1 - beta*(1-c))*u
	z = z - u
	eval x = w + (1/beta - 1)*(w - z)
`)
