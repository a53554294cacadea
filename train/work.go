package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

// WorkProgress is how far a worker has come.
type WorkProgress struct {
	Gradients     int     // that this worker has computed and the server has applied
	Step, Steps   int     // updates made by all workers, and in all
	Epoch, Epochs int     // the epoch of the batch, from 1
	Loss          float64 // of the batch; for regression in squared units of the target
	Accuracy      float64 // of the batch, from 0 to 1; NaN for regression
	Delay         int     // updates by others between the weights and the gradient
	Lost          int     // gradients that came too late: the server had given this worker up
	Trouble       error   // why the server cannot take a gradient now, which is tried again
	Elapsed       time.Duration
}

// Work is a worker of a parameter server: it pulls weights, computes the gradient
// of the batch that it is given and pushes it, until all work is done. The data
// must be that which the server trains on; what differs is an error. A name is that
// of one worker at a time: where another comes by the same name, as one does that was
// killed and is started again, the work under way is given to that. progress is
// called after each gradient; it may be nil. When ctx is done the worker leaves, and
// the error is that of ctx. A loss that is not finite is an error that wraps
// [ErrDiverged].
func Work(ctx context.Context, ps distributed.ParameterServer, data *dataset.Data, name string, progress func(WorkProgress)) error {
	w := &worker{ps: ps, data: data, name: name, start: time.Now(), tell: progress}
	return w.run(ctx)
}

// worker computes gradients for a parameter server.
type worker struct {
	ps       distributed.ParameterServer
	name     string
	start    time.Time
	tell     func(WorkProgress)
	computed func(loss float64, correct, examples int) // told before a push; nil where nobody asks

	data    *dataset.Data
	job     *job
	lease   time.Duration
	task    *Task
	weights []distributed.Tensor // the model's, which pulls fill
	grads   []distributed.Tensor
	seq     uint64
	so      WorkProgress
}

// retryAfter is when a push is tried again that the server had no space for. Tests
// make it shorter.
var retryAfter = time.Second

// run works until all is done.
func (w *worker) run(ctx context.Context) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	w.seq = uint64(time.Now().UnixMicro()) // above all of an earlier worker of this name
	defer w.task.Close()
	alive, stop := context.WithCancel(ctx)
	defer stop()
	go w.heartbeat(alive)
	for {
		err := w.next(ctx)
		switch {
		case errors.Is(err, distributed.ErrDone):
			return nil
		case errors.Is(err, distributed.ErrExpired):
			w.so.Lost++
		case err != nil:
			w.leave(ctx)
			return err
		}
	}
}

// begin makes the model of the job.
func (w *worker) begin(ctx context.Context) error {
	about, err := w.ps.Job(ctx)
	if err != nil {
		return err
	}
	if w.job, err = readJob(about.Meta); err != nil {
		return err
	}
	if err := w.job.fits(w.data); err != nil {
		return err
	}
	if w.task, err = NewTask(w.job.config(w.data)); err != nil {
		return err
	}
	w.lease = time.Duration(about.Lease * float64(time.Second))
	w.so.Steps, w.so.Epochs = w.task.Batches(), w.task.Epochs
	for _, p := range w.task.Params() {
		w.weights = append(w.weights, distributed.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Value})
		w.grads = append(w.grads, distributed.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Grad})
	}
	if err := w.sameModel(about.Tensors); err != nil {
		return errors.Join(err, w.task.Close())
	}
	return nil
}

// sameModel reports tensors of the server, in any order, that are not the model's.
func (w *worker) sameModel(theirs []distributed.Tensor) error {
	same := len(theirs) == len(w.weights)
	for _, own := range w.weights {
		same = same && slices.ContainsFunc(theirs, func(t distributed.Tensor) bool { return t.Name == own.Name && slices.Equal(t.Shape, own.Shape) })
	}
	if !same {
		return fmt.Errorf("train: the server has other tensors than %s of its settings has here: it is of another version", w.job.Model)
	}
	return nil
}

// next is one gradient.
func (w *worker) next(ctx context.Context) error {
	w.seq++
	ticket, err := w.ps.Pull(ctx, w.name, w.seq, w.weights)
	if err != nil {
		return err
	}
	if ticket.Work < 0 {
		return errors.New("train: the server hands out no work: is it the first of several?")
	}
	step := w.job.Step + ticket.Work
	loss, err := w.task.Gradient(step)
	if err != nil {
		if errors.Is(err, ErrDiverged) {
			err = fmt.Errorf("%w: try a smaller learning rate", &lossError{loss})
			w.spoilt(ctx)
		}
		return fmt.Errorf("train: step %d of %d: worker %s: %w", step+1, w.so.Steps, w.name, err)
	}
	correct, n := w.task.parts.correct, w.task.parts.examples
	if w.computed != nil {
		w.computed(loss, correct, n)
	}
	ack, err := w.push(ctx)
	if err != nil {
		return err
	}
	w.so.Gradients++
	w.so.Step, w.so.Delay, w.so.Epoch = int(ack.Version), ack.Delay, step/w.task.batches.perEpoch()+1
	w.so.Loss, w.so.Accuracy = loss, float64(correct)/float64(n)
	if w.task.model.spec.Regression {
		w.so.Accuracy = math.NaN()
	}
	w.report(nil)
	return nil
}

// spoilt lets the side of a server elsewhere know of a loss that is not finite: it
// refuses what is pushed then and warns of it.
func (w *worker) spoilt(ctx context.Context) {
	if w.computed == nil {
		w.grads[0].Data[0] = float32(math.NaN())
		_, _ = w.ps.Push(ctx, w.name, w.seq, w.grads) // the error of the loss says more
	}
}

// push pushes the gradient, again and again while the server has no space for it.
func (w *worker) push(ctx context.Context) (distributed.Ack, error) {
	for {
		ack, err := w.ps.Push(ctx, w.name, w.seq, w.grads)
		var bad *descent.NotFiniteError
		if errors.As(err, &bad) {
			err = fmt.Errorf("train: %w: %w", ErrDiverged, err)
		}
		if !errors.Is(err, server.ErrFull) {
			return ack, err
		}
		w.report(err)
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
			return ack, ctx.Err()
		}
	}
}

func (w *worker) report(trouble error) {
	if w.tell == nil {
		return
	}
	w.so.Trouble, w.so.Elapsed = trouble, time.Since(w.start)
	w.tell(w.so)
}

// heartbeat says that the worker is at work, so that it is not given up while it
// computes.
func (w *worker) heartbeat(ctx context.Context) {
	if w.lease <= 0 {
		return
	}
	due := time.NewTicker(max(w.lease/4, time.Millisecond))
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-due.C:
			_ = w.ps.Alive(ctx, w.name) // the next call of the worker says what is wrong
		}
	}
}

// leave gives up what is pulled, also when ctx is done.
func (w *worker) leave(ctx context.Context) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer stop()
	_ = w.ps.Leave(ctx, w.name) // else the lease ends it
}
