package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
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
	// Save is the file to which the run is saved at the end of each epoch, and
	// when it is interrupted; "" is none. The run goes on if it cannot be written.
	Save string
	// Resume is a file of Save to go on from, "" is none. What is 0, "" or nil here
	// is taken from it, and hyperparameters that no option sets. With the same
	// settings and the same examples the run gives bit for bit what it would have
	// given without interruption, the machine being of the same kind.
	//
	// Optimizer, formula, model, batch, seed, the data's columns and its number of
	// examples must be those of the file. Hyperparameters, clipping, Schedule, Threads
	// and Epochs may be others; the schedule then is that of a run of so many epochs
	// from its start, so that with more epochs one over the whole run (cosine, say)
	// goes on from another place of its curve. Options that differ between
	// parameters (descent.For), multipliers and ScheduleOf are not in the file and
	// must be given again.
	Resume string
	// Progress is called after every step, and once more at the end of an epoch; it
	// may be nil. The run waits for it.
	Progress func(Progress)
	// History, where it is not nil, is filled step by step, for Progress to read and
	// to report from in the end. The run computes the same with it.
	History *History
}

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
	SaveError     error   // why the file of this epoch's end was not written; nil if it was
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
	// StateBytes is what the optimizer keeps, in bytes per weight.
	StateBytes  int  `json:"state_bytes_per_weight"`
	Interrupted bool `json:"interrupted,omitempty"`
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
	var from *saved
	if err := c.checkData(); err != nil {
		return nil, err
	}
	if c.Resume != "" {
		var err error
		if from, err = load(c.Resume); err != nil {
			return nil, err
		}
		if c, err = from.fill(c); err != nil {
			return nil, err
		}
	}
	r, err := newRun(c.withDefaults(), from)
	if err != nil {
		return nil, err
	}
	defer r.model.Close()
	r.start = start
	err = r.loop(ctx)
	if err != nil && !r.interrupted {
		return nil, err
	}
	switch {
	case r.saveErr == nil:
	case err == nil:
		err = r.saveErr
	default:
		err = fmt.Errorf("%w, and %w", err, r.saveErr)
	}
	return r.result(), err
}

func (c Config) checkData() error {
	for i, d := range []*dataset.Data{c.Train, c.Test} {
		name := []string{"Train", "Test"}[i]
		switch {
		case d == nil:
			return fmt.Errorf("train: no %s data", name)
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
	return c
}

// result is the run's present state.
func (r *run) result() *Result {
	res := &Result{
		Optimizer: r.RuleName, Model: r.Kind,
		TestLoss:    &r.test.loss,
		Epochs:      r.step / r.perEpoch,
		Seconds:     time.Since(r.start).Seconds(),
		Steps:       r.step,
		StateBytes:  stateBytes(r.opt, r.model),
		Interrupted: r.interrupted,
	}
	if r.model.spec.Regression {
		rmse := math.Sqrt(r.test.loss)
		res.TestRMSE = &rmse
	} else {
		res.TestAccuracy = &r.test.accuracy
	}
	return res
}

// stateBytes is the bytes of state per weight, to the nearest.
func stateBytes(o *descent.Optimizer, m *model) int {
	bytes, weights := 0, 0
	for _, s := range o.States() {
		if s.Param != "" && s.Name != "t" {
			bytes += s.Bytes()
		}
	}
	for _, p := range m.Params() {
		weights += len(p.Value)
	}
	return (bytes + weights/2) / weights
}
