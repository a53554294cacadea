//go:build race

package jit

const why = "the race detector cannot see what machine code reads and writes"
