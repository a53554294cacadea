//go:build !windows

package main

import (
	"strings"
	"testing"
)

// TestInterruptSimulate: what there is until then is told.
func TestInterruptSimulate(t *testing.T) {
	out, stderr, code := whileReading(t, readFile(t, houses), "simulate", "--epochs", "1000000", "--target", "price", "--data", "PIPE")
	if code != exitInterrupted || stderr != "descent: interrupted after 0 gradients\n" || !strings.Contains(out, "\ntest RMSE ") {
		t.Errorf("exit code %d: %s%s", code, out, stderr)
	}
}
