package main

import (
	"errors"
	"math"
	"testing"
)

// TestChoose: the best of the values around the start is found, past one that does
// not help where patience allows.
func TestChoose(t *testing.T) {
	scores := []float64{0, 3, 1, 2, 1, 4, 0, 9} // at 1, √10, 10 and so on
	at := func(v float64) (float64, error) {
		i := int(math.Round(2 * math.Log10(v)))
		if i < 0 || i >= len(scores) {
			return -1, nil
		}
		return scores[i], nil
	}
	for _, c := range []struct {
		start, patience, want int
	}{{3, 1, 3}, {2, 1, 1}, {3, 2, 7}, {7, 1, 7}, {7, 3, 7}, {0, 1, 1}} {
		v, err := choose(math.Pow(factor, float64(c.start)), c.patience, at)
		if got := int(math.Round(2 * math.Log10(v))); err != nil || got != c.want {
			t.Errorf("from %d with patience %d: %d, %v; expected %d", c.start, c.patience, got, err, c.want)
		}
	}
	broken := errors.New("broken")
	calls := 0
	if _, err := choose(1, 2, func(float64) (float64, error) { calls++; return 0, broken }); !errors.Is(err, broken) || calls != 1 {
		t.Errorf("after an error: %v, %d calls", err, calls)
	}
}
