package compare

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
)

const (
	gridSide   = 2             // learning rates either side of the default
	gridMore   = 6             // further ones at most, either side
	gridStep   = 3.16227766017 // √10, from one to the next
	gridMiddle = 0.01          // where the default is 0
	choiceSeed = 0             // of the runs that choose; those that count begin with 1
)

// gridPoint is the learning rate so many steps from the middle of a grid. It
// has two digits, so that it can be typed and is the same on every machine.
func gridPoint(middle float64, steps int) float64 {
	if middle == 0 {
		middle = gridMiddle
	}
	if steps == 0 {
		return middle
	}
	v, _ := strconv.ParseFloat(strconv.FormatFloat(middle*math.Pow(gridStep, float64(steps)), 'e', 1, 64), 64)
	return v
}

// grid has the learning rates that are tried in any case.
func (c *Comparison) grid(e *entrant) []float64 {
	if e.lr == nil {
		return nil
	}
	var points []float64
	if c.Grid == nil {
		for steps := -gridSide; steps <= gridSide; steps++ {
			points = append(points, gridPoint(e.around, steps))
		}
	} else {
		points = slices.Clone(c.Grid)
	}
	return slices.DeleteFunc(points, func(lr float64) bool { return e.lr.Check(lr) != nil })
}

// choose finds the learning rate of an optimizer, 0 where there is none to find.
func (c *Comparison) choose(ctx context.Context, e *entrant) (float64, error) {
	if e.lr == nil {
		return 0, nil
	}
	var runs []*Run
	try := func(lr float64) error {
		r, err := c.run(ctx, trial{e, Choice, lr, choiceSeed})
		runs = append(runs, r)
		return err
	}
	for _, lr := range c.grid(e) {
		if err := try(lr); err != nil {
			return 0, err
		}
	}
	low, high := -gridSide, gridSide
	for {
		lr, next := c.best(runs).LR, 0
		switch {
		case c.Grid != nil:
		case lr == gridPoint(e.around, low) && low > -gridSide-gridMore:
			low--
			next = low
		case lr == gridPoint(e.around, high) && high < gridSide+gridMore:
			high++
			next = high
		}
		if next == 0 || e.lr.Check(gridPoint(e.around, next)) != nil {
			return lr, nil
		}
		if err := try(gridPoint(e.around, next)); err != nil {
			return 0, err
		}
	}
}

// best is the run with the best score; of equal ones that with the lower loss,
// then that with the lower learning rate. Where all have diverged it is the latter.
func (c *Comparison) best(runs []*Run) *Run {
	return slices.MinFunc(runs, func(a, b *Run) int {
		return cmp.Or(c.worse(a, b), cmp.Compare(a.Loss, b.Loss), cmp.Compare(a.LR, b.LR))
	})
}

// worse is negative where a is better than b.
func (c *Comparison) worse(a, b *Run) int {
	switch {
	case a.Diverged != b.Diverged && a.Diverged:
		return 1
	case a.Diverged != b.Diverged:
		return -1
	case c.Task.Metric().Higher:
		return cmp.Compare(b.Score, a.Score)
	}
	return cmp.Compare(a.Score, b.Score)
}

// checkGrid reports an optimizer that can have no learning rate of the grid.
func (c *Comparison) checkGrid() error {
	for _, e := range c.entrants {
		if e.lr != nil && len(c.grid(e)) == 0 {
			return fmt.Errorf("compare: %s: no learning rate of the grid is within %s", e.Name, e.lr.Range)
		}
	}
	return nil
}
