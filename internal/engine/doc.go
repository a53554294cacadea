// Package engine runs plans over the parameters of a model: it keeps their
// states, cuts them into chunks for the workers, evaluates scalars, combines
// reductions in an order that the number of threads does not change, and asks
// for gradients where a plan wants them.
package engine
