//go:build race

package descent_test

// race reports whether the race detector is on.
const race = true
