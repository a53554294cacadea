// Package compat speaks the words of other frameworks: New turns the name of
// one of their optimizers and its options into a rule and options for
// descent.New, Schedule does that for learning rates, and Replay runs a recorded
// trajectory of one of their optimizers again and says how far descent's numbers
// are from the recorded ones. Describe lists an optimizer's options, Compare what
// the frameworks compute under one name.
//
// The framework "formula" is the plain formulas by their plain names: sgd,
// momentum, nesterov, rmsprop_centered and so on, with options such as lr,
// momentum, beta1, eps and wd.
//
// # MXNet
//
// The framework "mxnet" is MXNet 1.9.1, "mxnet2" is 2.0.0b1. A scheduler is an
// option too, by its class and that class's options:
//
//	"lr_scheduler": map[string]any{"class": "CosineScheduler", "max_update": 1000, "base_lr": 0.1}
//
// Weight decay follows the names in param_idx2name where it is given. The
// options lr_mult and wd_mult multiply for all parameters, or in a recording
// for one; otherwise descent.For with descent.LRMult does that. Two options say
// what MXNet sees in the weights: dtype "float16", for its defects with such
// weights, and stype "row_sparse", for rules that are lazy only then.
//
// # Half precision
//
// Weights of half precision have a master copy in float32 where the framework
// keeps one, by MXNet's multi_precision; else every result is rounded.
//
// # Keras and pytorch_optimizer
//
// The framework "keras" is Keras 3 with JAX. Its averages of weights (use_ema)
// are what Eval puts in place. Not as there: weights without a gradient stay
// where they are, where Keras overwrites them with their average.
//
// The framework "pytorch_optimizer" is pytorch_optimizer 4.1.
//
// # Recordings
//
// A recording is one JSON object, plain or compressed with gzip:
//
//	{
//	  "format": "optimizer-trace/1",
//	  "peer": "formula", "peer_version": "seed",
//	  "optimizer": "adam", "options": {"lr": 0.1},
//	  "dtype": "float64",
//	  "params": [{"name": "w", "shape": [2], "value": [1, -1]}],
//	  "steps": [{"grads": [[0.5, 0]], "values": [[0.9, -1]]}],
//	  "tolerance": {"rtol": 1e-9, "atol": 1e-11}
//	}
//
// Arrays go row by row, flat or nested. A step has one gradient and one value, after
// the step, for each parameter; a gradient may be null (the parameter got none
// in that step) or {"rows": [...], "values": [...]} (all other rows are 0). A
// step may have options that change before it, a parameter options for itself.
// In place of gradients a recording may have an objective, whose gradient is
// taken wherever the rule asks for it: {"name": "quadratic", "a": [...],
// "b": [...]} is the sum of a*(w-b)^2/2 and {"name": "rosenbrock"} is
// (1-x)^2 + 100*(y-x^2)^2 for the two weights x and y.
package compat
