// Package server is a parameter server: it keeps the weights of a model and moves
// them, by any rule that is about one parameter at a time, by the gradients that
// workers push.
//
// [Server] is for workers that are goroutines of one process, and what others
// make reachable over a network. It is a [Core], which decides everything and
// knows neither clocks nor goroutines, so that a simulation can drive it too,
// with a lock around it and, where it is given a folder, a log under it: a push
// is on disk before it is acknowledged, and a server that starts again with the
// folder goes on from the same bits.
//
// A gradient is late by the updates that other workers made since its weights
// were pulled. MaxDelay bounds that: a pull waits, in the order of arrival, until
// none that is under way can become later than the bound, so that no push ever
// waits. optim.DCASGD corrects late gradients; for it the server keeps the
// weights that each worker has seen, one copy for all who saw the same.
package server
