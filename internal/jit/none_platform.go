//go:build (!amd64 || (!linux && !darwin && !windows)) && !race && !nojit

package jit

import "runtime"

const why = "no machine code is made for " + runtime.GOOS + "/" + runtime.GOARCH
