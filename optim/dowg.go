package optim

// DoWG is DoG with every squared gradient weighed by the squared distance from
// the start at its time, so that steps grow where the way is long.
//
// Khaled, Mishchenko & Jin, "DoWG Unleashed: An Efficient Universal
// Parameter-Free Gradient Descent Method", NeurIPS 2023, Algorithm 1.
var DoWG = rule("dowg", `
	# Steps by the squared distance from the start over the root of gradients weighed by it: no learning rate.
	# Paper: Khaled, Mishchenko & Jin, "DoWG Unleashed: An Efficient Universal Parameter-Free Gradient Descent Method", NeurIPS 2023, Algorithm 1.
	# Elsewhere: Optax adds 1e-4 to the root and starts with a distance of 0.01.
	hyper lr = 1 [0,inf), d0 = 0.0001 (0,inf), wd = 0 [0,inf)
	state start = w
	global scalar far = d0, squares

	g = g + wd*w
	far = max(far, all.norm(w - start))
	squares = squares + far^2*all.dot(g, g)
	w = w - where(squares > 0, lr*far^2/sqrt(squares), 0)*g
`)
