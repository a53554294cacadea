package vw

import "testing"

// Passes without a better loss are counted from the last better one on.
func TestBestPass(t *testing.T) {
	s := newStats()
	for i, c := range []struct {
		loss       float64
		best       bool
		withoutWin int
	}{{3, true, 0}, {4, false, 1}, {3, false, 2}, {2, true, 0}, {5, false, 1}} {
		s.heldWeightPass, s.heldLossPass = 2, 2*c.loss
		if best := s.pass(); best != c.best || s.withoutWin != c.withoutWin {
			t.Errorf("pass %d: best %v, %d without, expected %v, %d", i+1, best, s.withoutWin, c.best, c.withoutWin)
		}
	}
}
