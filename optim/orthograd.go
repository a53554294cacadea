package optim

// OrthoGrad is a link that takes from every parameter's gradient its part along
// the weights and stretches the rest to the norm that the whole had.
//
// Prieto, Barsbey, Mediano & Birdal, "Grokking at the Edge of Numerical
// Stability", ICLR 2025, section 5.
var OrthoGrad = rule("orthograd", `
	# Link: takes from each parameter's gradient its part along the weights, and keeps its norm.
	# Paper: Prieto, Barsbey, Mediano & Birdal, "Grokking at the Edge of Numerical Stability", ICLR 2025, section 5.
	hyper eps = 1e-30 (0,inf)

	across = g - dot(w, g)/(dot(w, w) + eps)*w
	g = across*norm(g)/(norm(across) + eps)
`)
