//go:build !amd64 || (!linux && !darwin && !windows) || race || nojit

package jit

import "github.com/descent-go/descent/internal/plan"

// New gives no backend, and the reason: this build cannot make machine code.
func New() (b plan.Backend, reason string, err error) { return nil, "unavailable: " + why, nil }
