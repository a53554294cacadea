// Package measure times steps of optimizers: rules over models of many sizes,
// beside a read-write loop that moves the same bytes, in turns, so that what
// else the machine does meets all alike.
package measure
