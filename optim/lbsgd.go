package optim

// LBSGD is SGD for large batches: it averages the gradients of batch_scale
// batches, steps once for all of them, and warms the larger learning rate up,
// or sets each parameter's by the ratio of its norms (lars). All of it is in
// the formula: the accumulation is the state sum, the schedule is scale.
//
// You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks",
// 2017; Goyal et al., "Accurate, Large Minibatch SGD", 2017, for the warm-up.
var LBSGD = rule("lbsgd", `
	# SGD for large batches: steps once for batch_scale batches with a learning rate that warms up, or by the ratio of norms (lars).
	# Paper: You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks", arXiv 1708.03888, 2017;
	# Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", arXiv 1706.02677, 2017.
	# Elsewhere: as in MXNet 1.9, but for a schedule that lags there. The sum is the accumulation, scale the schedule, the last lines sgd.
	hyper lr = 0.01 [0,inf), momentum = 0 [0,1), wd = 0 [0,inf)
	hyper batch_scale = 1 [1,inf), warmup = linear {linear, power2, sqrt, lars, none}
	hyper warmup_epochs = 5 [0,inf), updates_per_epoch = 32 [1,inf), begin_epoch = 0 [0,inf)
	state v, sum

	k = begin_epoch*updates_per_epoch + t
	sum = sum + g
	due = mod(k, batch_scale) == 0
	g = sum/batch_scale

	n = warmup_epochs*updates_per_epoch
	part = where(warmup == power2, (k/n)^2, where(warmup == sqrt, (k/n)^0.5, k/n))
	warm = where(k >= n, batch_scale, where((n <= 1) + (warmup == none) > 0, 1, 1 + (batch_scale-1)*part))
	weight = dot(w, w)
	ratio = clip(sqrt(weight/(dot(g, g) + wd*weight + 1e-18)), 0.01, 100)
	scale = where(warmup == lars, ratio, warm)

	v = where(due, momentum*v - lr*scale*(g + wd*w), v)
	w = where(due, w + v, w)
	sum = where(due, 0, sum)
`)
