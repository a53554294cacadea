//go:build nojit && !race

package jit

const why = "built with the tag nojit"
