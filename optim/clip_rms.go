package optim

// ClipRMS is a link that limits the root mean square of every parameter's
// gradient. Behind the rule, Adafactor limits its step so.
//
// Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory
// Cost", ICML 2018, section 6.
var ClipRMS = rule("clip-rms", `
	# Link: limits the root mean square of each parameter's gradient.
	# Paper: Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018, section 6.
	hyper limit = 1 (0,inf)

	size = norm(g)/sqrt(sum(1))
	g = g * where(size > limit, limit/size, 1)
`)
