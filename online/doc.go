// Package online learns linear models from streams, one example after the
// other: clicks, prices, log lines, more than memory holds. Features are hashed
// into a table of 2^18 weights or more, and an example touches only its own.
//
// A [Learner] is a rule that moves weights, a loss, and what becomes of an
// example's features:
//
//	l, err := online.New(optim.FTRL, online.Options{Loss: online.Logistic}, descent.LR(0.1), descent.Set("l1", 1e-4))
//	var x online.Example
//	for click := range clicks {
//		x.Reset()
//		x.Label = click.Label // 1 or -1
//		x.Namespace("ad")
//		x.Feature("id="+click.Ad, 1)
//		p := l.Learn(&x) // what it would have said before it learned
//	}
//
// Any rule of package optim will do that is a formula for each weight by
// itself, and [VW], [Coin] and [Pistol], which are those of Vowpal Wabbit that
// are no such formulas. With the same options a learner makes Vowpal Wabbit's
// predictions: hashes, order of features, limits of predictions and the order
// of operations in float32 are the same. Package online/source reads Vowpal
// Wabbit's text and other formats, and online/vw its command line.
//
// Results are the same bits on every platform. Nothing is allocated for an
// example once the memory of its largest predecessor is there. [Learner.Save]
// writes all that is needed to go on as if nothing had happened.
package online
