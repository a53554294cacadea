package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// Config is what a server trains, and how.
type Config struct {
	// Rule moves the weights, with Options. It works on each tensor by itself:
	// rules with reductions or numbers over all parameters, those that ask for
	// gradients and those that are no formula are refused.
	Rule    optim.Rule
	Options []descent.Option
	// Tensors is the model with its initial weights, which are copied.
	Tensors []distributed.Tensor
	// States is what to go on from: those of a descent.Optimizer of the same rule
	// for the same tensors, or of Copy. nil begins anew.
	States []descent.State
	// MaxDelay is how many updates late a gradient may be: 0 lets one worker at a
	// time have a pull, -1 sets no bound.
	MaxDelay int
	// Lease is for how long a worker with a pull may not be heard of before it is
	// given up; 0 gives nobody up.
	Lease time.Duration
	// Work is how many units of work there are to hand out, one with each pull; 0
	// hands out none.
	Work int
	// Meta is what workers are told beside: the training's settings.
	Meta string
	// Store is the folder of the log, "" is none. What is there goes on; Rule,
	// Options and the tensors' names and shapes must be as they were at first. A push
	// of 2 GiB does not fit into it: share the model out among servers then.
	Store string
	// SnapshotEvery is the time after which the log gets a snapshot, which makes
	// the next start short; 0 is a minute. A log that grows fast gets more.
	SnapshotEvery time.Duration
	// Updated is called after each update, with the worker whose gradient it was,
	// while the server stands still: it may read the core but not keep it, and must
	// not call the server. It may be nil.
	Updated func(c *Core, worker string)
	// Warn is told what goes wrong and does not stop the server: a push that is refused,
	// one that cannot be brought to disk, where those before could, one that no more can
	// be applied after, a snapshot that cannot be made, the end of a log that a crash has
	// torn. It may be nil.
	Warn func(error)
}

// check reports what is wrong beside the rule.
func (c Config) check() error {
	switch {
	case c.MaxDelay < -1:
		return fmt.Errorf("option MaxDelay is %d: expected 0 or more, or -1 for no bound", c.MaxDelay)
	case c.Lease < 0:
		return fmt.Errorf("option Lease is %v: expected a time, or 0 to give nobody up", c.Lease)
	case c.Work < 0:
		return fmt.Errorf("option Work is %d: expected units of work, or 0 to hand out none", c.Work)
	case c.SnapshotEvery < 0:
		return fmt.Errorf("option SnapshotEvery is %v: expected a time, or 0 for a minute", c.SnapshotEvery)
	case len(c.Tensors) == 0:
		return errors.New("no tensors: a server needs a model")
	}
	for _, t := range c.Tensors {
		if strings.HasPrefix(t.Name, seenPrefix) || strings.HasPrefix(t.Name, statePrefix) {
			return fmt.Errorf("tensor %s: names that begin with %s or %s are those of other things in a snapshot", t.Name, seenPrefix, statePrefix)
		}
	}
	return nil
}

// tensor is one of the model's, with what moves it.
type tensor struct {
	distributed.Tensor
	opt  *descent.Optimizer
	part *part // a copy of the present weights; nil where nobody has asked for one
}

// tensors makes those of a model.
func (c Config) tensors() ([]*tensor, error) {
	all := make([]*tensor, len(c.Tensors))
	names := map[string]bool{}
	for i, given := range c.Tensors {
		if names[given.Name] {
			return nil, fmt.Errorf("two tensors are named %s", given.Name)
		}
		names[given.Name] = true
		t := &tensor{Tensor: given}
		t.Shape, t.Data = slices.Clone(given.Shape), slices.Clone(given.Data)
		var err error
		if t.opt, err = descent.New(c.Rule, []descent.Param{descent.NewParam(t.Name, t.Data, []float32(nil), t.Shape...)}, c.Options...); err != nil {
			return nil, err
		}
		all[i] = t
	}
	return all, nil
}

// restore sets the tensors' states to those of one optimizer for all.
func restore(all []*tensor, states []descent.State) error {
	for _, t := range all {
		var own []descent.State
		for _, s := range states {
			if s.Param != t.Name {
				continue
			}
			own = append(own, s)
			if s.Name == "t" {
				own = append(own, descent.State{Name: updatesName, Shape: s.Shape, F64: s.F64})
			}
		}
		if err := t.opt.Restore(own); err != nil {
			return err
		}
	}
	return nil
}

// updatesName is the state of an optimizer that counts its updates.
const updatesName = "descent.updates"
