//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import "unsafe"

// call runs machine code on a frame.
//
//go:noescape
func call(code uintptr, frame unsafe.Pointer)
