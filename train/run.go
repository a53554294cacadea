package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/descent-go/descent/distributed"
)

// Progress is how far a run has come.
type Progress struct {
	Step, Steps   int     // steps made, those before Resume too, and in all
	Epoch, Epochs int     // the epoch that the step belongs to, from 1
	Loss          float64 // mean over the examples of the epoch so far; for regression in squared units of the target
	Accuracy      float64 // of the same examples, from 0 to 1; NaN for regression
	LR            float64 // of the step
	EpochEnd      bool    // the epoch is complete and the test figures are there
	TestLoss      float64 // as Loss; NaN unless EpochEnd
	TestAccuracy  float64 // as Accuracy; NaN unless EpochEnd
	SaveError     error   // why the run was not saved now; nil if it was, or was not to be
	Warning       error   // what goes wrong and ends nothing: a gradient of a worker elsewhere that is no number, say
	Workers       int     // that train together
	Elapsed       time.Duration
}

// Result is what a run has come to.
type Result struct {
	Optimizer string `json:"optimizer"`
	Model     string `json:"model"`
	// TestAccuracy is the share of test examples classified rightly, nil for regression.
	TestAccuracy *float64 `json:"test_accuracy,omitempty"`
	// TestLoss is the mean cross-entropy, or for regression the mean squared error
	// in squared units of the target, of which TestRMSE is the root.
	TestLoss *float64 `json:"test_loss"`
	TestRMSE *float64 `json:"test_rmse,omitempty"`
	// Epochs completed and Steps made, those before Resume too.
	Epochs int `json:"epochs"`
	// Seconds that this run took.
	Seconds float64 `json:"seconds"`
	Steps   int     `json:"steps"`
	// Workers that trained together.
	Workers int `json:"workers"`
	// Delays are those of gradients of workers that have no step in common; nil where
	// they have one.
	Delays *Delays `json:"delays,omitempty"`
	// StateBytes is what the optimizer keeps, in bytes per weight of the network: of
	// several workers the one that keeps most.
	StateBytes  int  `json:"state_bytes_per_weight"`
	Interrupted bool `json:"interrupted,omitempty"`
}

// Delays say how many updates of others there were between the weights that
// gradients were computed at and their own.
type Delays struct {
	Mean    float64 `json:"mean"`
	Largest int     `json:"largest"`
}

// ErrNotSaved is wrapped by the error of a run whose file was not written.
var ErrNotSaved = errors.New("the run is not saved")

// Run trains a network. When ctx is done it finishes the step under way, saves
// what Save asks for, and returns the result so far with the error of ctx. If the
// file could not be written at the end it returns the result with an error that
// wraps [ErrNotSaved], and that of ctx where it is done. A loss or a weight that
// is not finite is an error that wraps [ErrDiverged]; what was saved before stays.
func Run(ctx context.Context, c Config) (*Result, error) {
	start := time.Now()
	c, from, err := c.ready()
	if err != nil {
		return nil, err
	}
	return c.team(func(c Config, peers distributed.Collective) (*Result, error) {
		r, err := newRun(c, from, peers)
		if err != nil {
			return nil, err
		}
		defer r.close()
		r.start = start
		return r.run(ctx)
	})
}

// ready is the run with what it leaves open filled in, and what it goes on from.
func (c Config) ready() (_ Config, from *saved, err error) {
	defer func() {
		if err != nil && c.Collective != nil {
			c.Collective.Abort(err)
		}
	}()
	if err := errors.Join(c.checkData(), c.checkWorkers()); err != nil {
		return c, nil, err
	}
	filled := c
	if c.Resume != "" {
		if from, err = load(c.Resume); err != nil {
			return c, nil, err
		}
		c.note(from.notes)
		if filled, err = from.fill(c); err != nil {
			return c, nil, err
		}
	}
	filled = filled.withDefaults()
	return filled, from, filled.checkParts()
}

// run trains.
func (r *run) run(ctx context.Context) (*Result, error) {
	if err := r.loop(ctx); err != nil {
		return nil, err
	}
	return r.conclude(ctx)
}

// conclude is what a run returns that has come to its end or was interrupted.
func (r *run) conclude(ctx context.Context) (*Result, error) {
	res, err := r.result()
	if err != nil {
		return nil, err
	}
	unsaved, interrupted := r.unsaved(), cmp.Or(ctx.Err(), context.Canceled) // another worker's, perhaps
	switch {
	case !r.interrupted:
		return res, unsaved
	case unsaved == nil:
		return res, interrupted
	}
	return res, fmt.Errorf("%w, and %w", interrupted, unsaved)
}

// result is the run's present state.
func (r *run) result() (*Result, error) {
	states, err := r.stateBytes()
	if err != nil {
		return nil, err
	}
	res := &Result{
		Optimizer: r.RuleName, Model: r.Kind,
		TestLoss:    &r.test.loss,
		Epochs:      r.step / r.perEpoch,
		Seconds:     time.Since(r.start).Seconds(),
		Steps:       r.step,
		Workers:     r.Workers,
		StateBytes:  states,
		Interrupted: r.interrupted,
	}
	if r.model.spec.Regression {
		rmse := math.Sqrt(r.test.loss)
		res.TestRMSE = &rmse
	} else {
		res.TestAccuracy = &r.test.accuracy
	}
	return res, nil
}

// stateBytes is the bytes of state that a worker keeps, per weight, to the nearest.
func (r *run) stateBytes() (int, error) {
	bytes, weights := 0, 0
	for _, s := range r.opt.States() {
		if s.Param != "" && s.Name != "t" {
			bytes += s.Bytes()
		}
	}
	for _, p := range r.model.Params() {
		weights += len(p.Value)
	}
	all, err := r.opt.Gather([]float64{float64(bytes)})
	if err != nil {
		return 0, err
	}
	return (int(slices.Max(all)) + weights/2) / weights, nil
}
