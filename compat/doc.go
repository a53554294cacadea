// Package compat speaks the words of other frameworks: New turns the name of
// one of their optimizers and its options into a rule and options for
// descent.New, and Replay runs a recorded trajectory of one of their
// optimizers again and says how far descent's numbers are from the recorded
// ones.
//
// The framework "formula" is the plain formulas by their plain names: sgd,
// momentum, nesterov, rmsprop_centered and so on, with options such as lr,
// momentum, beta1, eps and wd.
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
