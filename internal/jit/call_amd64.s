//go:build amd64 && (linux || darwin || windows) && !race && !nojit

#include "textflag.h"

// func call(code uintptr, frame unsafe.Pointer)
//
// The code uses the registers that Go's assembly functions may use, not BP,
// R14 and R15, and no stack but for its return address.
TEXT ·call(SB), NOSPLIT, $8-16
	MOVQ code+0(FP), AX
	MOVQ frame+8(FP), DI
	CALL AX
	RET
