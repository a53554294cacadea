// Package formula is the language in which descent's optimizers are written:
// it parses, checks and prints formulas, and evaluates them slowly in float64
// as the reference that everything faster is tested against.
//
// A formula declares hyperparameters and states and then says, line by line,
// how a step changes the weights w given the gradient g:
//
//	hyper lr = 0.01, momentum = 0 [0,1)
//	state v
//	v = momentum*v - lr*g
//	w = w + v
//
// The whole grammar, with an example of every construct, stands in
// docs/language.md. A mistake is an *Error with line, column, the offending
// line, a caret and what was expected.
package formula
