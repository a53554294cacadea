package main

import (
	"context"
	"errors"
	"math"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed/simulate"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// The study of scaling: softmax regression of MNIST in batches of 4, four passes
// at most.
const (
	scalingBatch  = 4
	scalingEpochs = 4
	scalingPoints = 200
	scalingTests  = 2000 // images that tell whether the goal is reached
	goal          = 0.87 // accuracy
)

// scaling measures throughput, and simulated seconds until the goal, against the
// number of workers: of those at will and of those in step. The learning rate is
// chosen for each, as that which gets there first.
func scaling() (*table, error) {
	all, test, err := dataset.MNIST()
	if err != nil {
		return nil, err
	}
	c := simulate.Config{
		Train: all, Test: first(test, scalingTests), Kind: "logistic", Rule: optim.SGD, Seed: 1,
		Epochs: scalingEpochs, Batch: scalingBatch, MaxDelay: -1, Points: scalingPoints,
	}
	if c.Delay, err = simulate.ParseDelay("pareto:mean=50ms,alpha=2"); err != nil {
		return nil, err
	}
	if c.Network, err = simulate.ParseNetwork("latency=100µs,bandwidth=10Gbit"); err != nil {
		return nil, err
	}
	t := &table{rows: [][]string{{"way", "rule", "workers", "lr", "seconds to goal", "batches per second", "mean delay"}}}
	for _, way := range []string{"at will", "in step"} {
		c.Sync = way == "in step"
		lr := 0.03
		for _, c.Workers = range []int{1, 10, 100, 1000, 10_000} {
			var r *simulate.Result
			if lr, r, err = soonest(c, lr); err != nil {
				return nil, err
			}
			seconds := math.NaN()
			if reached(r) {
				seconds = r.Seconds
			}
			t.add("scaling", way, c.Workers, lr, seconds, throughput(r), r.Delays.Mean)
		}
	}
	return t, nil
}

// soonest finds the learning rate that reaches the goal first, or else comes nearest.
func soonest(c simulate.Config, start float64) (float64, *simulate.Result, error) {
	runs := map[float64]*simulate.Result{}
	lr, err := choose(start, 1, func(lr float64) (float64, error) {
		c.Options = []descent.Option{descent.LR(lr)}
		result, err := until(c)
		if err != nil {
			return 0, err
		}
		runs[lr] = result
		if reached(result) {
			return -result.Seconds, nil
		}
		return *result.Last().TestAccuracy - 1e6, nil
	})
	return lr, runs[lr], err
}

// throughput is batches a second, without the first and the last tenth, when workers
// begin or have nothing left to do.
func throughput(r *simulate.Result) float64 {
	n := len(r.Points) - 1
	from, to := r.Points[n/10], r.Points[n-n/10]
	return float64(to.Batches-from.Batches) / (to.Seconds - from.Seconds)
}

func reached(r *simulate.Result) bool {
	p := r.Last()
	return !r.Diverged && *p.TestAccuracy >= goal
}

// until simulates until the goal is reached.
func until(c simulate.Config) (*simulate.Result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.Progress = func(p simulate.Progress) {
		if p.Measured && *p.Last.TestAccuracy >= goal {
			cancel()
		}
	}
	result, err := simulate.Run(ctx, c)
	if errors.Is(err, context.Canceled) || errors.Is(err, train.ErrDiverged) {
		err = nil
	}
	return result, err
}

// first is the first of the examples.
func first(d *dataset.Data, examples int) *dataset.Data {
	part := *d
	part.N, part.X, part.Y = examples, d.X[:examples*d.Features()], d.Y[:examples]
	return &part
}
