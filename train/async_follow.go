package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

// RunAsync is [Run] with workers that have no step in common: Config.Workers
// goroutines pull weights from a parameter server in this process and push gradients
// to it. What it computes depends on who comes when.
func RunAsync(ctx context.Context, c Config, o AsyncOptions) (*Result, error) {
	a, err := NewAsync(c, o)
	if err != nil {
		return nil, err
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	ended, over := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(over)
		ended <- a.work(inner, stop, c.Train)
	}()
	result, err := a.follow(ctx, ended)
	stop()
	<-over
	if closing := a.Close(); closing != nil {
		c.note([]string{closing.Error()})
	}
	return result, err
}

// work lets the workers work. One that fails ends all.
func (a *Async) work(ctx context.Context, stop func(), data *dataset.Data) error {
	errs := make([]error, a.workers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			w := &worker{ps: a.ps, data: data, name: fmt.Sprint(i + 1)}
			w.computed = func(loss float64, correct, examples int) { a.figure(w.name, figures{loss, correct, examples}) }
			if errs[i] = w.run(ctx); errs[i] != nil {
				stop()
			}
		})
	}
	all.Wait()
	failed := slices.IndexFunc(errs, func(err error) bool { return err != nil && !errors.Is(err, context.Canceled) })
	if failed >= 0 {
		return errs[failed]
	}
	return errs[0]
}

// figure keeps the figures of a worker's gradient until it is applied.
func (a *Async) figure(worker string, f figures) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.figures[worker] = f
}

// present is how many workers train, or have come from elsewhere. (The server is not
// asked: it may be waiting for its events to be handled.)
func (a *Async) present() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(a.workers, len(a.came))
}

// updated is called by the server after each update.
func (a *Async) updated(core *server.Core, worker string) {
	e := event{step: int(core.Updates()), lr: core.LR()}
	a.mu.Lock()
	a.came[worker] = true
	if f, ok := a.figures[worker]; ok {
		e.figures = &f
		delete(a.figures, worker)
	}
	a.mu.Unlock()
	if a.whole && e.step%a.r.perEpoch == 0 && a.turn() {
		states, _ := core.Copy(a.tensors()) // they are the model's
		e.moment = &moment{err: a.r.opt.Restore(states)}
	}
	a.send(e)
}

// turn waits until the moment before is measured: then the run's own model is free for
// this one. It is false where nobody measures any more.
func (a *Async) turn() bool {
	select {
	case <-a.quit:
		return false
	default:
	}
	select {
	case a.moments <- struct{}{}:
		return true
	case <-a.quit:
		return false
	}
}

// warn is called by the server. Where a gradient is not finite it is to be found
// out whether its worker is to blame or the weights are.
func (a *Async) warn(err error) {
	e := event{warning: err}
	if _, bad := errors.AsType[*descent.NotFiniteError](err); bad && a.whole {
		e.moment = a.keep()
	}
	a.send(e)
}

// keep copies the model; nil where nobody measures any more. (An update may wait for
// its turn, and the server with it: the server is asked before this one is taken.)
func (a *Async) keep() *moment {
	m := &moment{}
	for _, t := range a.tensors() {
		t.Data = make([]float32, len(t.Data))
		m.weights = append(m.weights, t)
	}
	if m.states, m.err = a.ps.Copy(m.weights); !a.turn() {
		return nil
	}
	return m
}

func (a *Async) send(e event) {
	select {
	case a.events <- e:
	case <-a.quit:
	}
}

// follow handles what happens until the workers have ended, with an error or
// without one.
func (a *Async) follow(ctx context.Context, ended <-chan error) (*Result, error) {
	quit := sync.OnceFunc(func() {
		close(a.quit)
		a.ps.Updates() // waits for an update that uses the run's own model
	})
	defer quit()
	measured := false
	for working := true; working || len(a.events) > 0; {
		select {
		case e := <-a.events:
			if err := a.handle(e); err != nil {
				return nil, err
			}
			if e.warning == nil {
				measured = e.moment != nil
			}
		case err := <-ended:
			if err != nil && ctx.Err() == nil {
				return nil, err
			}
			working, ended = false, nil
		}
	}
	quit() // for the server not to wait when it is asked now
	if err := a.end(ctx, measured); err != nil {
		return nil, err
	}
	res, err := a.r.conclude(ctx)
	if res != nil {
		s := a.ps.Stats()
		res.Workers, res.Delays = a.present(), &Delays{s.MeanDelay(), s.MaxDelay()}
	}
	return res, err
}

// handle is one event.
func (a *Async) handle(e event) error {
	r := a.r
	if e.warning != nil {
		return a.warnOf(e)
	}
	if r.step%r.perEpoch == 0 {
		r.loss, r.accuracy = mean{}, mean{}
	}
	lr := a.lr
	r.step, a.lr = e.step, e.lr
	step := StepFigures{math.NaN(), math.NaN(), lr} // of a worker elsewhere no more is known
	if f := e.figures; f != nil {
		n := float64(f.examples)
		step.Loss = f.loss
		if !r.model.spec.Regression {
			step.Accuracy = float64(f.correct) / n
		}
		r.loss.add(step.Loss, n)
		r.accuracy.add(step.Accuracy, n)
	}
	r.record.end(r.step, false, step)
	r.report(Progress{LR: lr, TestLoss: math.NaN(), TestAccuracy: math.NaN()})
	if e.moment == nil {
		return nil
	}
	return a.at(e.moment, r.endEpoch)
}

// at lets the run's own model and optimizer be where the server was.
func (a *Async) at(m *moment, do func() error) error {
	defer func() { <-a.moments }()
	if m.weights != nil && m.err == nil {
		for i, t := range a.tensors() {
			copy(t.Data, m.weights[i].Data)
		}
		m.err = a.r.opt.Restore(m.states)
	}
	if m.err != nil {
		return m.err
	}
	return do()
}

// warnOf tells of a warning. A gradient that is not finite ends the training where
// the test loss is not either: no worker can go on from there.
func (a *Async) warnOf(e event) error {
	r := a.r
	if a.warned != r.step+1 { // once a step: what has no space is tried again and again
		a.warned = r.step + 1
		r.report(Progress{LR: a.lr, TestLoss: math.NaN(), TestAccuracy: math.NaN(), Warning: e.warning})
	}
	if e.moment == nil {
		return nil
	}
	err := a.at(e.moment, r.measure)
	if refused, ok := errors.AsType[*distributed.RefusedError](e.warning); ok && errors.Is(err, ErrDiverged) {
		return fmt.Errorf("train: after step %d: worker %s: %w: neither its gradient nor the test loss is finite: try a smaller learning rate", r.step, refused.Worker, ErrDiverged)
	}
	return err
}

// end brings the run's model to where the server is, and measures and saves it where
// that has not been done.
func (a *Async) end(ctx context.Context, measured bool) error {
	r, interrupted := a.r, ctx.Err() != nil
	switch {
	case !a.whole:
		r.interrupted = interrupted
		return a.gather(ctx)
	case measured && !interrupted:
		return nil
	}
	if err := a.catchUp(); err != nil {
		return err
	}
	if interrupted {
		return r.interrupt()
	}
	return r.endEpoch()
}

// gatherTime is how long the other servers may take to give their weights.
const gatherTime = 30 * time.Second

// gather measures and saves the weights of several servers.
func (a *Async) gather(ctx context.Context) error {
	r := a.r
	if a.options.Gather == nil || a.options.Index > 0 {
		return nil
	}
	own, others := a.parted()
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), gatherTime)
	defer stop()
	if err := a.options.Gather(ctx, others); err != nil {
		return fmt.Errorf("train: the weights of the other servers: %w", err)
	}
	if err := errors.Join(a.ps.Eval(own), r.score()); err != nil || r.Save == "" {
		return err
	}
	h, err := r.header()
	if err != nil {
		return err
	}
	file := &checkpoint.File{Tensors: places(r.model), Meta: map[string]string{metaKey: h}}
	r.saves.file = notSaved(file.Save(r.Save))
	return nil
}
