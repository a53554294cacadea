//go:build !race

package engine

// race reports whether the race detector is on.
const race = false
