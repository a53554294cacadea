package compare

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/internal/littleendian"
	"github.com/descent-go/descent/train"
)

// Network is the task to train a network; the score is the test accuracy or, for
// regression, the root of the mean squared error. Its fields are set before the
// first use.
type Network struct {
	// Train is learned from, Test measured with.
	Train, Test *dataset.Data
	// Kind and Hidden say which network, as in [train.Config].
	Kind   string
	Hidden []int
	// Epochs is the budget in passes over Train, 0 is 3; a choice takes a quarter of
	// them, rounded up. Batch is examples a step, 0 is 64.
	Epochs, Batch int
	// Threads limits the optimizer's goroutines, 0 is all processors.
	Threads int

	learn, held       *dataset.Data // of Train, to choose the learning rate
	trainSum, testSum string        // what tells the data from other data
}

const (
	heldBack  = 0.1 // share of Train that measures when the learning rate is chosen
	splitSeed = 0   // of heldBack
	quarter   = 4   // runs that choose take a budget over this

	enough = 500 * time.Millisecond // after it a run that has a limit ends at its second step
)

func (n *Network) prepare() error {
	if n.Train == nil || n.Test == nil {
		return errors.New("compare: Network without Train or Test")
	}
	if n.Epochs < 0 || n.Batch < 0 {
		return fmt.Errorf("compare: Epochs %d and Batch %d: expected at least 1, or 0 for the default", n.Epochs, n.Batch)
	}
	if n.Kind == "" {
		n.Kind = "mlp"
	}
	if n.Kind == "mlp" && n.Hidden == nil {
		n.Hidden = []int{200}
	}
	if n.Epochs == 0 {
		n.Epochs = 3
	}
	if n.Batch == 0 {
		n.Batch = 64
	}
	if n.learn != nil {
		return nil
	}
	var err error
	n.learn, n.held, err = n.Train.Split(heldBack, splitSeed)
	n.trainSum, n.testSum = described(n.Train), described(n.Test)
	return err
}

// Name is the name of the data.
func (n *Network) Name() string { return n.Train.Name }

// Metric is accuracy, or the error in units of the target.
func (n *Network) Metric() Metric {
	if n.Train.Classification() {
		return Metric{Name: "test accuracy", Unit: "%", Higher: true}
	}
	return Metric{Name: "test RMSE of " + n.Train.Schema.Target.Name}
}

// settings are the data, the network and the budget.
func (n *Network) settings() []Setting {
	model := n.Kind
	if n.Kind == "mlp" {
		model = "mlp of " + strings.Trim(strings.ReplaceAll(fmt.Sprint(n.Hidden), " ", ", "), "[]") + " hidden units"
	}
	return []Setting{
		{"task", n.Name()},
		{"training data", n.trainSum},
		{"test data", n.testSum},
		{"model", model},
		{"epochs", fmt.Sprintf("%d, for the choice of the learning rate %d", n.epochs(Final), n.epochs(Choice))},
		{"batch", strconv.Itoa(n.Batch)},
	}
}

// described tells data from other data.
func described(d *dataset.Data) string {
	sum := crc32.NewIEEE()
	for _, values := range [][]float32{d.X, d.Y} {
		sum.Write(littleendian.Bytes(values))
	}
	return fmt.Sprintf("%d examples, checksum %08x", d.N, sum.Sum32())
}

func (n *Network) chosenBy() string {
	return fmt.Sprintf("runs of %d of the %d epochs at seed %d. The best was that with the best score on %d training examples that were held out for it; test data had no say.",
		n.epochs(Choice), n.epochs(Final), choiceSeed, n.held.N)
}

func (n *Network) epochs(s Stage) int {
	if s == Choice {
		return (n.Epochs + quarter - 1) / quarter
	}
	return n.Epochs
}

// cost counts a third of a step's time for measuring as many examples.
func (n *Network) cost(s Stage) (steps, measuring float64) {
	learn, test := n.data(s)
	epochs := float64(n.epochs(s))
	return epochs * float64((learn.N+n.Batch-1)/n.Batch), epochs * float64(test.N) / float64(n.Batch) / 3
}

// data is learned from, and measured with.
func (n *Network) data(s Stage) (learn, test *dataset.Data) {
	if s == Choice {
		return n.learn, n.held
	}
	return n.Train, n.Test
}

func (n *Network) run(ctx context.Context, t trial, limit int, progress func(done float64)) (*Run, error) {
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &watch{}
	c := train.Config{
		Kind: n.Kind, Hidden: n.Hidden, Rule: t.Rule, RuleName: t.Name, Options: t.Options,
		Epochs: n.epochs(t.stage), Batch: n.Batch, Seed: t.seed, Threads: n.Threads, History: &w.history,
	}
	c.Train, c.Test = n.data(t.stage)
	if limit > 0 {
		c.Test = first(c.Test, n.Batch)
	}
	if t.lr > 0 {
		c.Options = append(slices.Clone(t.Options), descent.LR(t.lr))
	}
	c.Progress = func(p train.Progress) {
		w.step(p)
		progress(float64(p.Step) / float64(p.Steps))
		if p.Step == limit || limit > 0 && p.Step > 1 && p.Elapsed > enough {
			cancel()
		}
	}
	result, err := train.Run(runCtx, c)
	r := &Run{Optimizer: t.Name, Stage: t.stage, LR: t.lr, Seed: t.seed}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, train.ErrDiverged):
		r.Diverged = true
	case err != nil && result == nil:
		return nil, err
	default:
		tested := w.history.Tests[len(w.history.Tests)-1]
		r.Loss, r.Score, r.StateBytes = tested.TestLoss, n.score(tested.TestLoss, tested.TestAccuracy), result.StateBytes
	}
	w.fill(r, n)
	return r, nil
}

// first is at most so many examples.
func first(d *dataset.Data, examples int) *dataset.Data {
	part := *d
	part.N = min(d.N, examples)
	part.X, part.Y = d.X[:part.N*d.Features()], d.Y[:part.N]
	return &part
}

// score is that of the metric.
func (n *Network) score(loss, accuracy float64) float64 {
	if n.Train.Classification() {
		return accuracy
	}
	return math.Sqrt(loss)
}
