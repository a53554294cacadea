//go:build !amd64 || (!linux && !darwin && !windows) || race || nojit

package jit

import (
	"strings"
	"testing"
)

// Where no machine code is made there is a reason.
func TestUnavailable(t *testing.T) {
	b, reason, err := New()
	if b != nil || err != nil || !strings.HasPrefix(reason, "unavailable: ") {
		t.Errorf("got %v, %q, %v", b, reason, err)
	}
}
