package simulate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/schedule"
	"github.com/descent-go/descent/train"
)

// run is a simulation under way.
type run struct {
	Config
	task    *train.Task
	tensors []train.Tensor // the task's
	bytes   int            // of all of them
	points  int            // how many there are to be

	now      float64
	computed float64 // time that workers have spent on what was used
	losses   float64 // their sum since the last point
	since    int     // batches since the last point
	result   Result
	start    time.Time
}

// engine is one of the two ways in which workers make updates.
type engine interface {
	// advance goes on to the next update, or says that there is none.
	advance() (more bool, err error)
	// evaluate puts the weights to evaluate with into the model, calls measure and
	// puts back what it has changed.
	evaluate(measure func() error) error
	close() error
}

// Run simulates a training. When ctx is done it returns what there is until then,
// with the error of ctx. Where a loss, a gradient or a weight is no longer finite,
// the result until then, nil before the first measurement, comes with an error that
// wraps train.ErrDiverged.
func Run(ctx context.Context, c Config) (*Result, error) {
	task, err := c.task()
	if err != nil {
		return nil, err
	}
	defer task.Close()
	if err := c.check(task.Batches()); err != nil {
		return nil, err
	}
	r := &run{Config: c, task: task, points: cmp.Or(c.Points, 20), tensors: task.Params(), start: time.Now()}
	e, err := r.prepare()
	if err != nil {
		return nil, err
	}
	defer e.close()
	err = r.loop(ctx, e)
	if err != nil && (len(r.result.Points) == 0 || !r.result.Diverged && !r.result.Interrupted) {
		return nil, err
	}
	return r.finish(), err
}

// prepare makes the engine.
func (r *run) prepare() (engine, error) {
	r.result = Result{
		Optimizer: r.task.RuleName, Model: r.task.Kind, Workers: r.Workers, Sync: r.Sync,
		Delay: r.Delay.String(), Network: r.Network.String(),
	}
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	for _, t := range r.tensors {
		r.bytes += 4 * len(t.Value)
	}
	if r.Sync {
		return newInStep(r, options)
	}
	return newAtWill(r, options)
}

// work is the number of batches in all.
func (r *run) work() int { return r.task.Batches() }

// options are those of the user with seed and schedule.
func (r *run) options() ([]descent.Option, error) {
	options := append(r.Options[:len(r.Options):len(r.Options)], descent.Seed(r.Seed))
	if r.Schedule == "" {
		return options, nil
	}
	updates := r.work()
	if r.Sync {
		updates = (updates + r.Workers - 1) / r.Workers
	}
	s, err := schedule.Parse(r.Schedule, updates)
	if err != nil {
		return nil, err
	}
	return append(options, descent.Schedule(s)), nil
}

// loop makes all updates, and measures on the way.
func (r *run) loop(ctx context.Context, e engine) error {
	if err := e.evaluate(r.measure); err != nil {
		return err
	}
	for points := 1; ; {
		if ctx.Err() != nil {
			r.result.Interrupted = true
			return errors.Join(ctx.Err(), e.evaluate(r.measure))
		}
		more, err := e.advance()
		switch {
		case errors.Is(err, train.ErrDiverged):
			r.result.Diverged = true
			return fmt.Errorf("simulate: after %d batches: %w", r.result.Batches, err)
		case err != nil || !more:
			return err
		}
		due := r.result.Batches*r.points >= points*r.work()
		if due {
			for points <= r.result.Batches*r.points/r.work() {
				points++
			}
			if err := e.evaluate(r.measure); err != nil {
				return err
			}
		}
		r.report(due)
	}
}

func (r *run) report(measured bool) {
	if r.Progress == nil {
		return
	}
	last := r.result.Last()
	r.Progress(Progress{Batches: r.result.Batches, Work: r.work(), Seconds: r.now, Last: &last, Measured: measured, Elapsed: time.Since(r.start)})
}

// gradient computes the one of a batch, at the weights that the model has.
func (r *run) gradient(batch int) error {
	loss, err := r.task.Gradient(batch)
	if err == nil {
		r.losses += loss
		r.since++
		r.result.Batches++
	}
	return err
}

// finish is the result of now.
func (r *run) finish() *Result {
	res := &r.result
	res.Seconds, res.Bytes = r.now, r.bytes
	if r.now > 0 {
		res.Throughput = float64(res.Batches) / r.now
		res.Utilisation = r.computed / r.now / float64(r.Workers)
	}
	res.RealSeconds = time.Since(r.start).Seconds()
	return res
}
