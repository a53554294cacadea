//go:build !windows

package main

import (
	"regexp"
	"strings"
	"testing"
)

// A gradient may have come before the signal is heard.
var interruptedAfter = regexp.MustCompile(`^descent: interrupted after (0 gradients|1 gradient|[2-9] gradients)\n$`)

// TestInterruptSimulate: what there is until then is told.
func TestInterruptSimulate(t *testing.T) {
	out, stderr, code := whileReading(t, readFile(t, houses), "simulate", "--epochs", "1000000", "--target", "price", "--data", "PIPE")
	if code != exitInterrupted || !interruptedAfter.MatchString(stderr) || !strings.Contains(out, "\ntest RMSE ") {
		t.Errorf("exit code %d: %s%s", code, out, stderr)
	}
}
