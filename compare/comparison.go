package compare

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Comparison is a comparison that is ready to run. Its Config, with defaults, is
// to be read only.
type Comparison struct {
	Config
	entrants []*entrant
	journal  *journal
	clock    *clock
}

// New checks a comparison, reads what Resume goes on from, and has every
// optimizer that has runs to make try a few steps, so that what is wrong shows now
// and the time is known. A file of Journal that has an unfinished comparison is
// an error that wraps [ErrUnfinished] unless Resume is set; other files that are
// no journals are left alone too. Resume without a file is an error that wraps
// fs.ErrNotExist. When ctx is done New returns its error. The file is written last:
// until then it is as it was.
func New(ctx context.Context, c Config) (*Comparison, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Seeds == 0 {
		c.Seeds = 3
	}
	if c.Grid != nil {
		c.Grid = slices.Compact(slices.Sorted(slices.Values(c.Grid)))
	}
	m := &Comparison{Config: c}
	var err error
	if m.entrants, err = c.entrants(); err != nil {
		return nil, err
	}
	if err := m.checkGrid(); err != nil {
		return nil, err
	}
	if err := c.Task.prepare(); err != nil {
		return nil, err
	}
	if m.journal, err = readJournal(c.Journal, c.Resume, m.settings()); err != nil {
		return nil, err
	}
	if err := m.try(ctx); err != nil {
		return nil, err
	}
	if err := m.journal.start(m.entrants); err != nil {
		return nil, errors.Join(err, m.journal.close())
	}
	return m, nil
}

// settings are those of the task and of the grid.
func (c *Comparison) settings() []Setting {
	grid := "around each default"
	if c.Grid != nil {
		grid = joined(c.Grid)
	}
	return append(c.Task.settings(), Setting{"learning rates", grid})
}

// try has those that take part make some steps.
func (c *Comparison) try(ctx context.Context) error {
	for _, e := range c.entrants {
		if err := c.journal.check(e); err != nil {
			return err
		}
	}
	c.clock = newClock(c)
	for _, e := range c.entrants {
		if err := c.clock.try(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the journal. A Comparison that was not closed loses nothing.
func (c *Comparison) Close() error { return c.journal.close() }

// Run makes the runs that are not done yet. When ctx is done it drops those under
// way and returns the result so far with the error of ctx. Another error, as of
// a journal that cannot be written, also comes with the result so far.
func (c *Comparison) Run(ctx context.Context) (*Result, error) {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, c.Jobs))
	for _, e := range c.entrants {
		group.Go(func() error { return c.compete(groupCtx, e) })
	}
	err := group.Wait()
	if err == nil {
		err = c.journal.finish()
	}
	return c.result(), err
}

// compete makes the runs of one optimizer.
func (c *Comparison) compete(ctx context.Context, e *entrant) error {
	lr, err := c.choose(ctx, e)
	if err != nil {
		return err
	}
	for seed := range c.Seeds {
		if _, err := c.run(ctx, trial{e, Final, lr, uint64(seed) + 1}); err != nil {
			return err
		}
	}
	return nil
}

// run makes a run, unless the journal has it.
func (c *Comparison) run(ctx context.Context, t trial) (*Run, error) {
	if r := c.journal.find(t); r != nil {
		return r, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.clock.begin(t)
	r, err := c.Task.run(ctx, t, 0, func(done float64) { c.clock.step(t, done) })
	if err != nil {
		return nil, err
	}
	c.clock.end(t, r)
	return r, c.journal.add(r)
}
