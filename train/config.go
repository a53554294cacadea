package train

import (
	"errors"
	"fmt"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

// Config is a training run.
type Config struct {
	// Train is learned from, Test measured with at the end of each epoch; both
	// have targets and were read by the same schema.
	Train, Test *dataset.Data
	// Kind is "logistic", "mlp" or "cnn", see Spec; "" is mlp.
	Kind string
	// Hidden has the widths of an mlp's hidden layers; nil is one of 200.
	Hidden []int
	// Rule moves the weights; nil is optim.Adam. RuleName is how the user calls
	// it, for the result and checkpoints; "" is its own name.
	Rule     optim.Rule
	RuleName string
	// Options are those of the optimizer: hyperparameters, clipping and so on.
	// Gradients are of the mean loss over a batch; descent.Rescale(N) makes them
	// those of the sum over N examples, which optim.SGLD wants.
	Options []descent.Option
	// StateType is the type in which the optimizer keeps its states. Set it here
	// and not among Options, so that the saved run knows it.
	StateType descent.Type
	// Schedule moves the learning rate over all steps of the run, as
	// schedule.Parse reads it; "" is constant.
	Schedule string
	// Epochs is passes over Train, 0 is 6. Batch is examples a step, 0 is 64; the
	// last of an epoch may have fewer.
	Epochs, Batch int
	// Seed determines the initial weights, the order of the examples, new in each
	// epoch, and what the optimizer draws.
	Seed uint64
	// Threads limits the optimizer's goroutines, 0 is all processors. (Those of the
	// gradients follow GOMAXPROCS.) The result depends on neither.
	Threads int
	// Workers is how many workers of this process train together, each on its part
	// of every batch and with its own share of the optimizer's states; 0 is 1. Of a batch
	// of n examples worker k, from 0, takes those from k*n/Workers to below
	// (k+1)*n/Workers. Gradients are averaged in order of the workers (package
	// distributed), so the run gives bit for bit what it gives with Accumulate of as many.
	Workers int
	// Accumulate lets one worker compute each batch in so many parts, one after the
	// other, and average their gradients in order; 0 is 1.
	Accumulate int
	// Collective is this process's place among several that train together, a worker
	// each; nil is none. Each calls Run with a Config that says the same. The first, of
	// rank 0, calls Progress, fills History and saves. It stays open.
	Collective distributed.Collective
	// Wire is the form in which gradients travel between workers; nil is as they are.
	// The others lose something, so that the bits are not those of Accumulate.
	Wire wire.Codec
	// Save is the file to which the run is saved at the end of each epoch, and
	// when it is interrupted; "" is none. The run goes on if it cannot be written.
	Save string
	// Checkpoint is a folder for checkpoints that a crash cannot spoil, "" is none: each
	// worker writes its part (package checkpoint, Folder). One is made at the end, when
	// the run is interrupted and each time that Every has passed or, where that is 0, at
	// the end of each epoch. The run goes on if one cannot be written. A folder that holds
	// later steps than the run's first is refused.
	Checkpoint string
	Every      time.Duration
	// Resume is a file of Save or a folder of Checkpoint to go on from, "" is none. What
	// is 0, "" or nil here is taken from it, and hyperparameters that no option sets.
	// With the same settings and the same examples the run gives bit for bit what it
	// would have given without interruption, the machine being of the same kind.
	//
	// Optimizer, formula, model, batch, seed, the data's columns and its number of
	// examples must be those of the file. Hyperparameters, clipping, Schedule, Threads
	// and Epochs may be others; the schedule then is that of a run of so many epochs
	// from its start, so that with more epochs one over the whole run (cosine, say)
	// goes on from another place of its curve. Options that differ between
	// parameters (descent.For), multipliers and ScheduleOf are not in the file and
	// must be given again, and so are Workers, Accumulate and Wire: another number of
	// the first two goes on as so many do, another Wire is an error where one of the
	// two feeds back what it loses and the other does not.
	Resume string
	// Progress is called after every step, and once more at the end of an epoch; it
	// may be nil. The run waits for it.
	Progress func(Progress)
	// History, where it is not nil, is filled step by step, for Progress to read and
	// to report from in the end. The run computes the same with it.
	History *History
	// Note is told what is worth knowing though nothing has failed: checkpoints that
	// are damaged and were passed over. It may be nil.
	Note func(text string)
}

func (c Config) checkData() error {
	for i, d := range []*dataset.Data{c.Train, c.Test} {
		name := []string{"Train", "Test"}[i]
		switch {
		case d == nil:
			return fmt.Errorf("train: no %s data", name)
		case d.N == 0:
			return fmt.Errorf("train: %s (%s) has no examples", d.Name, name)
		case d.Y == nil:
			return fmt.Errorf("train: %s (%s) has no target to learn or to compare with", d.Name, name)
		}
	}
	if c.Train.Features() != c.Test.Features() || c.Train.Classification() != c.Test.Classification() {
		return errors.New("train: Train and Test have other features or another kind of target: read both by the same schema, or Split one")
	}
	if c.Epochs < 0 || c.Batch < 0 {
		return fmt.Errorf("train: epochs %d and batch %d: expected at least 1, or 0 for the default", c.Epochs, c.Batch)
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Kind == "" {
		c.Kind = "mlp"
	}
	if c.Kind == "mlp" && c.Hidden == nil {
		c.Hidden = []int{200}
	}
	if c.Rule == nil {
		c.Rule = optim.Adam
	}
	if c.RuleName == "" {
		c.RuleName = c.Rule.Name()
	}
	if c.Epochs == 0 {
		c.Epochs = 6
	}
	if c.Batch == 0 {
		c.Batch = 64
	}
	if c.Collective != nil {
		c.Workers = c.Collective.Size()
	}
	c.Workers, c.Accumulate = max(c.Workers, 1), max(c.Accumulate, 1)
	return c
}

// checkWorkers checks how the work is divided.
func (c Config) checkWorkers() error {
	switch {
	case c.Workers < 0 || c.Accumulate < 0 || c.Every < 0:
		return fmt.Errorf("train: workers %d, accumulate %d, every %v: expected none below 0", c.Workers, c.Accumulate, c.Every)
	case c.Collective != nil && c.Workers != 0:
		return errors.New("train: give one of Workers, those of this process, and Collective")
	case c.Accumulate > 1 && (c.Workers > 1 || c.Collective != nil && c.Collective.Size() > 1):
		return errors.New("train: give one of several workers and Accumulate")
	}
	return nil
}

// checkParts checks that there is work for each worker.
func (c Config) checkParts() error {
	what, n := "workers", c.Workers
	if c.Accumulate > 1 {
		what, n = "parts of each batch", c.Accumulate
	}
	switch {
	case n > c.Batch:
		return fmt.Errorf("train: %d %s: a batch has %d examples: take fewer, or larger batches", n, what, c.Batch)
	case n > c.Train.N:
		return fmt.Errorf("train: %d %s: %s has %d examples: take fewer", n, what, c.Train.Name, c.Train.N)
	}
	return nil
}

// parts is how many parts each batch has.
func (c Config) parts() int { return max(c.Workers, c.Accumulate, 1) }

// spec is the network for the data, for one part of a batch at a time.
func (c Config) spec() Spec {
	s := Spec{
		Kind: c.Kind, Input: c.Train.Shape, Hidden: c.Hidden,
		Outputs: len(c.Train.Classes()), Regression: !c.Train.Classification(),
		Batch: (min(c.Batch, c.Train.N) + c.parts() - 1) / c.parts(), Seed: c.Seed,
	}
	if s.Regression {
		s.Outputs = 1
	}
	return s
}
