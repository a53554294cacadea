// Package jit compiles plans to machine code at run time, on amd64 with AVX2
// or AVX-512, in pure Go.
//
// A segment's straight-line code becomes a loop. Each round of it covers as
// many weights as a register has lanes, 8 (with AVX-512: 16), or half as many
// where the code has float64 values, so that every value is one register.
// Registers are given to values as they are needed; the one whose value is
// needed last is taken away, its value kept in the worker's scratch memory.
// Scalars are operands there, broadcast before the loop. What is left at the
// end is copied to scratch memory, run once through the same loop, and copied back.
//
// The code is a leaf: it calls nothing, and some 16,000 weights a call are few
// enough for the garbage collector to wait for. Code is made for the number
// types that a call's arrays have, when they are first seen. What no machine
// code could be made for is run by package interp, with the same bits.
package jit
