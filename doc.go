// Package descent is an optimizer library: every rule from SGD to FTRL behind
// one Step, each written once as the formula of its paper.
//
// A model's parameters are slices that it already has: a Param names a value
// and its gradient, and descent moves the one by the other in place.
//
//	params := []descent.Param{
//		descent.NewParam("fc1.weight", w1, g1, 784, 128),
//		descent.NewParam("fc1.bias", b1, gb1),
//	}
//	opt, err := descent.New(optim.AdamW, params,
//		descent.LR(3e-4), descent.WeightDecay(0.1),
//		descent.For("*.bias", descent.WeightDecay(0)),
//		descent.Schedule(schedule.WarmupCosine(100, 10_000)),
//		descent.ClipNorm(1))
//	for batch := range batches {
//		model.Backward(batch) // fills the gradients
//		if err := opt.Step(); err != nil { ... }
//	}
//
// # Rules
//
// Package optim has the rules; optim.Lookup finds one by name, optim.Parse
// makes one of a formula of your own, optim.Chain runs several as one.
// A rule that asks for gradients at points of its own choice (optim.NAG) needs
// StepFunc, which is given a function that computes them.
//
// # Hyperparameters
//
// Options set hyperparameters by name: LR, Momentum, WeightDecay, Beta1, ...,
// and Set for any. For gives the options of the parameters whose names match a
// pattern; LRMult and WeightDecayMult multiply. A Schedule multiplies the
// learning rate by a factor that depends on the number of updates made so far.
// One that is fixed at 0 when the optimizer is made removes its term, and
// states that are then not needed are not kept: SGD without momentum has none.
// Live says that it will change later. Optimizer.Hyper and Optimizer.Set read
// and change hyperparameters during training.
//
// # Results
//
// The same seed gives the same weights, bit for bit, whatever the number of
// threads. A step allocates nothing. A failed step changes nothing.
//
// An Optimizer is used by one goroutine at a time; it uses several itself.
package descent
