package compare

import (
	"context"
	"fmt"
	"math"
	"strconv"
)

// Task is what optimizers are compared on: a [Network] on data, or a [Terrain].
type Task interface {
	// Name says in a few words what it is.
	Name() string
	// Metric is what is compared.
	Metric() Metric

	// prepare is called once, before all else.
	prepare() error
	// settings are what the result of a run depends on, beside optimizer and seed.
	settings() []Setting
	// cost is the number of steps of a run, and about how many of a cheap optimizer
	// take the time of its measurements.
	cost(Stage) (steps, measuring float64)
	// chosenBy says by which runs a learning rate is chosen, and which is the best.
	chosenBy() string
	// run makes one run, of its budget or, where limit is not 0, of so many steps or
	// of fewer that take long.
	// An error is that of ctx or says that the run is not possible. It tells which
	// share is done.
	run(ctx context.Context, t trial, limit int, progress func(done float64)) (*Run, error)
}

// Setting is a name with what it is, as in "batch", "64".
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Metric is a kind of score.
type Metric struct {
	Name   string // as in "test accuracy"
	Unit   string // "%", that of the target, or "" for none
	Higher bool   // the higher the better
	// Log says that scores are better seen on a logarithmic axis.
	Log bool
}

// shown is a score in Unit: an accuracy, which is from 0 to 1, becomes percent.
func (m Metric) shown(score float64) float64 {
	if m.Unit == "%" {
		return 100 * score
	}
	return score
}

// Format writes a score as people read it, without the unit.
func (m Metric) Format(score float64) string {
	if m.Unit == "%" {
		return strconv.FormatFloat(100*score, 'f', 2, 64)
	}
	if v := math.Abs(score); v >= 1000 && v < 1e9 {
		return fmt.Sprintf("%.0f", score)
	}
	return fmt.Sprintf("%.4g", score)
}

// Stage is what a run is for.
type Stage string

// The stages: runs that choose the learning rate, and those that count.
const (
	Choice Stage = "choice"
	Final  Stage = "final"
)

// trial is a run to be made.
type trial struct {
	*entrant
	stage Stage
	lr    float64 // 0 is the optimizer's own
	seed  uint64
}

// Run is a run that was made.
type Run struct {
	Optimizer string  `json:"optimizer"`
	Stage     Stage   `json:"stage"`
	LR        float64 `json:"lr,omitempty"` // 0 where none was chosen
	Seed      uint64  `json:"seed"`
	Steps     int     `json:"steps"` // made; of a run that diverged, before it did
	Diverged  bool    `json:"diverged,omitempty"`
	// Score is that of the task's metric at the end, and Loss the loss there, on the
	// test data or, of a Choice, on the examples held out. Both are 0 where it diverged.
	Score float64 `json:"score"`
	Loss  float64 `json:"loss"`
	// Losses are means of the training loss over some steps, at most 60 of them; on
	// a surface it is the function's value.
	Losses []Point `json:"losses"`
	// Scores are scores on the way, at ends of epochs; there are none on a surface.
	Scores []Point `json:"scores,omitempty"`
	// StepSeconds is what a step took, with its gradients and without measurements.
	StepSeconds float64 `json:"step_seconds"`
	// StateBytes is what the optimizer keeps, in bytes per weight.
	StateBytes int `json:"state_bytes_per_weight"`
}

// Point is a value after a number of steps.
type Point struct {
	Step  int     `json:"step"`
	Value float64 `json:"value"`
}
