package vw_test

import (
	"context"
	"io"
	"testing"

	"github.com/descent-go/descent/online/vw"
)

// Nothing is allocated for an example.
func TestAllocation(t *testing.T) {
	few, many := write(t, "few", clicks(4000)), write(t, "many", clicks(40000))
	allocations := func(data string, args ...string) float64 {
		return testing.AllocsPerRun(3, func() {
			c, err := vw.Parse(append(args, "-p", "-", "-d", data, "-b", "10")...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Run(context.Background(), vw.Streams{In: nil, Out: io.Discard, Log: io.Discard, Warn: io.Discard}); err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, args := range [][]string{nil, {"--ftrl", "-q", "ab"}, {"--loss_function", "logistic", "--link", "logistic"}, {"--oaa", "2", "--probabilities"}} {
		a, b := allocations(few, args...), allocations(many, args...)
		if b-a > 1000 {
			t.Errorf("%q: %g allocations for 36000 more examples", args, b-a)
		}
	}
}
