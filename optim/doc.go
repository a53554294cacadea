// Package optim holds descent's optimizers, each in a file of its own as the
// formula that its paper prints.
//
// To add one, write one file: a variable made by rule with its name and its
// formula in the language of package formula. Comments at the head of the text
// are its documentation: the first is what it is in one line; "Paper:" and
// "Elsewhere:" begin what those say.
package optim
