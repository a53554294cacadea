// Package simulate trains with as many workers as one likes, of which none is
// there: what they would do happens in simulated time, one event after the other,
// and only their gradients are real. It shows what asynchrony, stragglers and the
// network do to a training at a size that the machine has not.
//
// [Run] drives the parameter server of package distributed/server, or with
// Config.Sync workers in step. A worker's time for a gradient comes from a [Delay],
// a message's from a [Network]; the server's own work and the gathering of batches
// take none. On one kind of machine the same Config gives the same result, however many
// processors there are.
//
// Every gradient is computed when it reaches the server, at the weights that its
// worker has pulled. Of these there is one copy a version, kept while a worker has
// it: with W workers W copies of the model at most.
package simulate

import (
	"cmp"
	"fmt"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// Config is a simulated training.
type Config struct {
	// Train is learned from, Test measured with; both have targets and were read by
	// the same schema.
	Train, Test *dataset.Data
	// Kind and Hidden say which network, as in [train.Config].
	Kind   string
	Hidden []int
	// Rule moves the weights; nil is optim.DCASGD. RuleName is how the user calls it,
	// for the result; "" is its own name.
	Rule     optim.Rule
	RuleName string
	// Options are those of the optimizer: hyperparameters and so on.
	Options []descent.Option
	// Schedule moves the learning rate over all updates of the run, as
	// schedule.Parse reads it; "" is constant.
	Schedule string
	// Epochs is passes over Train, 0 is 6. Batch is examples for a gradient, 0 is 64;
	// the last of an epoch may have fewer.
	Epochs, Batch int
	// Seed determines the initial weights, the order of the examples and all times.
	Seed uint64
	// Workers is how many compute, at least 1 and no more than there are batches.
	Workers int
	// Delay is how long a worker computes a gradient.
	Delay Delay
	// Network is what lies between workers and the server, or between workers.
	Network Network
	// MaxDelay is how many updates late a gradient may be: a worker for which it
	// would be more waits for weights. -1 is no bound; with 0 they take turns.
	MaxDelay int
	// Sync makes the workers go in step: their gradients are averaged around a ring,
	// which makes one update, and all wait for the slowest. MaxDelay then is not used.
	Sync bool
	// Points is how many times the weights are tested, at equal numbers of batches, the
	// last time at the end; 0 is 20.
	Points int
	// Progress is called after every update; it may be nil. The run waits for it.
	Progress func(Progress)
}

// Progress is how far a simulation has come.
type Progress struct {
	Batches, Work int           // gradients used so far, and in all
	Seconds       float64       // of simulated time
	Last          *Point        // the latest measurement, nil before the first
	Measured      bool          // Last is of this update
	Elapsed       time.Duration // of real time
}

// task is what is trained.
func (c Config) task() (*train.Task, error) {
	return train.NewTask(train.Config{
		Train: c.Train, Test: c.Test, Kind: c.Kind, Hidden: c.Hidden, Epochs: c.Epochs, Batch: c.Batch, Seed: c.Seed,
		Rule: cmp.Or[optim.Rule](c.Rule, optim.DCASGD), RuleName: c.RuleName,
	})
}

// check reports what cannot be simulated of so many batches.
func (c Config) check(work int) error {
	switch {
	case c.Points < 0:
		return fmt.Errorf("simulate: Points %d: expected at least 1, or 0 for the default", c.Points)
	case c.Workers < 1:
		return fmt.Errorf("simulate: %d workers: expected at least 1", c.Workers)
	case c.Workers > work:
		return fmt.Errorf("simulate: %d workers for %d batches: some would have nothing to do; take fewer workers, smaller batches or more epochs", c.Workers, work)
	case c.MaxDelay < -1:
		return fmt.Errorf("simulate: MaxDelay %d: expected 0 or more, or -1 for no bound", c.MaxDelay)
	}
	return nil
}
