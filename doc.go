// Package descent is an optimizer library: every rule from SGD to FTRL behind
// one Step, each written once as the formula of its paper.
//
// A model's parameters are slices that it already has: a [Param] names a value
// and its gradient, and descent moves the one by the other in place, so it fits
// any framework.
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
// Package optim has the rules. optim.Lookup finds one by name, optim.Parse
// makes one of a formula of your own, optim.Chain runs several as one, and
// optim.Stepper is for what is no formula. Most compute a step from the
// gradients as they are, and [Optimizer.Step] makes it. Some ask for gradients
// at points of their own, as optim.NAG does, which looks ahead; these need
// [Optimizer.StepFunc], which is given a function that computes loss and
// gradients, and which other rules take too.
//
// # Hyperparameters
//
// Options set them: [LR], [Momentum], [WeightDecay], [Beta1], [Beta2], [Eps],
// and [Set] for any by its name, as the rule's formula declares it. In a chain
// lr belongs to all; the others are link.name, as in "lookahead.k", and name
// alone will do where only one link has it. A name that the rule has not and a
// value out of its range are errors of New. What is not set has the default of
// the formula.
//
// [For] gives options to the parameters whose names match a pattern, [LRMult]
// and [WeightDecayMult] multiply. For each parameter, options outside For come
// first, then every For that matches, in order: later ones win, multipliers
// multiply.
//
// A [Schedule] multiplies the learning rate by a function of the number of
// updates made so far: the first step uses its value at 0. [ScheduleOf] does so
// for any hyperparameter. A schedule that leaves the hyperparameter's range is
// an error of the step, which then changes nothing.
//
// [Optimizer.Hyper] and [Optimizer.Set] read and change hyperparameters during
// training. One that is 0 when the optimizer is made has its term removed, and
// states that are then not needed are not kept: SGD without momentum keeps
// nothing, and weight decay of 0 costs nothing. Setting it later is an error
// that says so; [Live] keeps the term. lr and what has a schedule are live.
//
// # Gradients
//
// On its way to the rule a gradient g is rescaled ([Rescale]), clipped by value
// ([ClipValue]) and then by the norm of all gradients together ([ClipNorm]),
// whatever the order of the options. The caller's gradients stay as they are.
//
//	g = factor*g
//	g = clip(g, -limit, limit)
//	g = g * min(1, limit/norm)    norm = sqrt(sum of g^2 over all parameters)
//
// [Accumulate] makes one update of several calls of Step, with the mean of
// their gradients. [CheckFinite] makes a NaN or an infinity among them an
// error, a [*NotFiniteError], that names parameter and element.
//
// A framework that makes its gradients anew for each batch hands them over by
// [SetGrad]; one that adds to them clears them by [Optimizer.ZeroGrad]. For
// asynchronous workers [SetSeen] says at which weights a gradient was taken.
// [SetRows] gives a gradient of some rows only, as embeddings have; with [Lazy]
// the other rows rest.
//
// # Half precision
//
// Values and gradients may be [Float16] or [BFloat16]. Weights of half
// precision have a master copy in float32, a state named descent.master, which
// steps move and of which they are the rounded ones; weights that the caller
// changes count, not their old copy. [NoMasterWeights] does without. A
// [LossScale] keeps small gradients in the range of Float16. [StateType] keeps
// the states of a rule in bfloat16, whatever the type of the weights.
//
// # Between steps
//
// [Optimizer.Add] adds parameters; [Optimizer.Freeze] lets some rest, with
// their states and their count of updates, until [Optimizer.Unfreeze].
// Where a rule trains other weights than are best to evaluate with, such as
// averages, [Optimizer.Eval] puts these in place and [Optimizer.Train] puts
// those it trains back. [Optimizer.Close] ends it.
//
// # States
//
// [Optimizer.States] lists what the optimizer keeps, by the names of parameters
// and of the formula's states, and [Optimizer.Restore] sets it: with the
// parameters' values of then, training goes on bit for bit, between accumulated
// gradients too. Package checkpoint writes states to files.
//
// # Several ranks
//
// [Shard] splits the weights over several processes, as DeepSpeed's ZeRO does in
// its first stage: each keeps the states of a part of them and moves these, and
// norms are those of all. The results are to the bit those of one optimizer.
// Package distributed does this, and moves gradients and weights between the
// ranks. [Optimizer.Shares] says what is whose, and a [State] with which element
// it begins.
//
// # What holds always
//
// The same seed gives the same weights, bit for bit, whatever the number of
// threads ([Threads]). Values and gradients of float32, float64, Float16 and
// BFloat16 mix within one optimizer; scalars and reductions are computed in
// float64, what happens to a weight in its own type, or in float32 where that
// has half precision. Steps run as machine code, made at run time, on amd64 with
// AVX2, and as portable Go elsewhere ([Optimizer.Backend]), with the same bits;
// optimizers of the same formula share the code.
// A step allocates nothing, but for the first, which makes its scratch memory,
// and little where, among small parameters, gradients of another type have been
// given since the last.
// Whatever fails, New, Step, Set, Add, Restore or another, says why and leaves
// parameters and states as they were. Errors begin with "descent:".
//
// An Optimizer is used by one goroutine at a time; its steps use several
// themselves.
package descent
