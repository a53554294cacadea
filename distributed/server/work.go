package server

import (
	"fmt"
	"slices"
)

// work hands out units, each until its gradient is applied.
type work struct {
	total    int
	next     int   // the first that was never handed out
	back     []int // handed out and given up, ascending
	finished int
}

// any reports whether a unit can be handed out.
func (w *work) any() bool { return w.total == 0 || len(w.back) > 0 || w.next < w.total }

// done reports whether all is done.
func (w *work) done() bool { return w.total > 0 && w.finished >= w.total }

// take hands out the first unit, -1 where there are none to hand out.
func (w *work) take() (unit int) {
	switch {
	case w.total == 0:
		return -1
	case len(w.back) > 0:
		unit = w.back[0]
		w.back = slices.Delete(w.back, 0, 1)
		return unit
	}
	w.next++
	return w.next - 1
}

// giveBack takes a unit back that was given up.
func (w *work) giveBack(unit int) {
	if unit < 0 {
		return
	}
	i, _ := slices.BinarySearch(w.back, unit)
	w.back = slices.Insert(w.back, i, unit)
}

// finish says that the gradient of a unit is applied.
func (w *work) finish(unit int) {
	if unit >= 0 {
		w.finished++
	}
}

// claim takes a certain unit, as the log tells that it was.
func (w *work) claim(unit int) error {
	if unit < 0 {
		return nil
	}
	if unit >= w.total {
		return fmt.Errorf("the log has a gradient of unit %d, there are now %d: give at least as many", unit, w.total)
	}
	for w.next <= unit {
		w.back = append(w.back, w.next)
		w.next++
	}
	i, found := slices.BinarySearch(w.back, unit)
	if !found {
		return fmt.Errorf("the log has a gradient of unit %d twice", unit)
	}
	w.back = slices.Delete(w.back, i, i+1)
	return nil
}
