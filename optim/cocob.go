package optim

// COCOB bets on the sign of every weight's gradient, and how much by what it
// has won: it has no learning rate. L and the sums start at eps and 0.
//
// Orabona & Tommasi, "Training Deep Networks without Learning Rates Through
// Coin Betting", NeurIPS 2017, Algorithm 2 (COCOB-Backprop).
var COCOB = rule("cocob", `
	# Bets on every gradient's sign what it has won so far: no learning rate.
	# Paper: Orabona & Tommasi, "Training Deep Networks without Learning Rates Through Coin Betting", NeurIPS 2017, Algorithm 2.
	hyper alpha = 100 (0,inf), eps = 1e-8 (0,inf)
	state start = w, theta, L = eps, G, reward

	L = max(L, abs(g))
	G = G + abs(g)
	reward = max(reward - (w - start)*g, 0)
	theta = theta - g
	w = start + theta/(L*max(G + L, alpha*L))*(L + reward)
`)
