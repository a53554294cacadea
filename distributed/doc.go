// Package distributed trains one model on several processors or machines.
//
// # In step
//
// Every rank has the model and computes a gradient on its part of a batch; a
// [Collective] averages the gradients, and all ranks have the same weights after
// each step. [New] makes such an optimizer from what descent.New takes:
//
//	opt, err := distributed.New(c, optim.LAMB, params, distributed.Options{}, descent.LR(0.01))
//	for batch := range batches {
//		mine := batch.Part(c.Rank(), c.Size())
//		loss, err := opt.StepFunc(func() (float64, error) { return model.Backward(mine) })
//	}
//
// Each rank moves its share of the weights only and keeps the states of that
// share only, so states take 1/N of the memory. Norms and other reductions are over
// all weights. The result is, bit for bit, that of one optimizer which averages
// the same gradients in order of the ranks, by descent.Accumulate, whatever
// carries the gradients. Rules that are no formula (muon, soap, lbfgs) are not
// split: every rank makes the whole update.
//
// Gradients travel in buckets, while the model computes others where it says
// which are final ([Options.Overlap], [Optimizer.Ready]). A form of package wire
// makes them smaller ([Options.Wire]), with what it loses fed back.
//
// What is wrong on one rank is an error on all, by its rank: ranks with different
// models, rules or options at the start, a gradient that is no number (with
// descent.CheckFinite), an error of the function. A rank that is lost ends the
// work of the others with a [RankError].
//
// [AllReduce] and the other operations can be used by themselves.
//
// # Each at its own pace
//
// Workers pull weights from a [ParameterServer] and push gradients to it. Nobody
// waits, and gradients come late: optim.DCASGD corrects them. Package
// distributed/server is such a server.
//
// # Where ranks and workers are
//
// They are goroutines of one process by default: [Local] and a server's own
// methods. Packages distributed/mpi and distributed/nats join processes and
// machines.
package distributed
