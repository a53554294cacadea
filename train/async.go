package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

// AsyncOptions say how workers train that have no step in common.
type AsyncOptions struct {
	// MaxDelay is how many updates late a gradient may be, -1 is no bound; 0 lets
	// the workers take turns.
	MaxDelay int
	// Lease is for how long a worker with work may not be heard of before its work
	// goes to another; 0 gives nobody up.
	Lease time.Duration
	// Servers shares the tensors out among so many servers, by the hash of their
	// names, of which this is the one of number Index, from 0. Each is a run of its
	// own, with a Checkpoint of its own; the first hands out the work. 0 is 1.
	Index, Servers int
	// Gather fills tensors of other servers with their weights to evaluate with. The
	// first of several calls it at the end, to measure and to save the weights, with no
	// states to go on from. Without it several servers measure nothing, as none has the
	// whole model, and Save is an error.
	Gather func(ctx context.Context, into []distributed.Tensor) error
}

// Async is the training by a parameter server: it keeps the model, which workers
// move ([Work]), and measures, saves and reports as [Run] does. An update is a step.
type Async struct {
	r       *run
	ps      *server.Server
	workers int
	options AsyncOptions
	whole   bool               // the server has all tensors
	lr      float64            // of the next step
	events  chan event         // of the server, in its order
	quit    chan struct{}      // closed when nobody reads them any more
	moments chan struct{}      // holds a value while the run's own model is kept for a moment
	warned  int                // at which step, from 1
	mu      sync.Mutex         // guards the two
	came    map[string]bool    // workers that have made updates
	figures map[string]figures // by worker: of the gradient on its way
}

// figures are those of a batch.
type figures struct {
	loss              float64
	correct, examples int
}

// event is an update, or what the server warns of.
type event struct {
	step    int
	lr      float64 // of the step after it
	figures *figures
	moment  *moment // where an epoch ends
	warning error
}

// moment is the model after an update.
type moment struct {
	weights []distributed.Tensor // nil where the run's own model and optimizer have been brought there
	states  []descent.State
	err     error
}

// NewAsync prepares a training by a parameter server. Of the Config, Checkpoint is
// the folder of the server's log: what is pushed is on disk before it is
// acknowledged, and Resume of that folder goes on from there, after a crash too.
// Every is the time from one snapshot of it to the next. Resume may be a file of Save
// as well. Workers are those of [RunAsync]; Accumulate, Collective
// and Wire are errors.
func NewAsync(c Config, o AsyncOptions) (*Async, error) {
	if err := errors.Join(c.checkData(), c.checkWorkers(), c.checkAsync(o)); err != nil {
		return nil, err
	}
	from, stored, err := c.earlier()
	if err != nil {
		return nil, err
	}
	if from != nil {
		c.note(from.notes)
		if c, err = from.fill(c); err != nil {
			return nil, err
		}
	}
	c = c.withDefaults()
	a := &Async{
		workers: c.Workers, options: o, whole: o.Servers <= 1, events: make(chan event, 256), quit: make(chan struct{}), moments: make(chan struct{}, 1),
		figures: map[string]figures{}, came: map[string]bool{},
	}
	if err := a.begin(c, from, stored); err != nil {
		return nil, err
	}
	return a, nil
}

// checkAsync reports what a parameter server cannot do.
func (c Config) checkAsync(o AsyncOptions) error {
	switch {
	case c.Collective != nil || c.Accumulate > 1 || c.Wire != nil:
		return errors.New("train: Collective, Accumulate and Wire are for workers in step")
	case o.Servers > 1 && c.Save != "" && (o.Gather == nil || o.Index > 0):
		return errors.New("train: of several servers the first can save a file, if it can gather the others' weights")
	case o.Index != 0 && o.Index >= max(o.Servers, 1) || o.Index < 0 || o.Servers < 0:
		return fmt.Errorf("train: server %d of %d: expected a number from 0 to one less", o.Index, o.Servers)
	}
	return nil
}

// earlier is the run to go on from, nil where there is none; stored says that it is
// the log of a server.
func (c *Config) earlier() (from *saved, stored bool, err error) {
	goesOn := c.Resume != "" && filepath.Clean(c.Checkpoint) == filepath.Clean(c.Resume)
	if c.Checkpoint != "" && !goesOn {
		_, err := server.ReadStored(c.Checkpoint)
		if err == nil {
			return nil, false, fmt.Errorf("train: %s has a run already: resume from it, or give another folder", c.Checkpoint)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, false, err
		}
	}
	if c.Resume == "" {
		return nil, false, nil
	}
	about, err := server.ReadStored(c.Resume)
	if err != nil { // a file then, or a folder of checkpoints of workers in step
		from, fileErr := load(c.Resume)
		if fileErr != nil && !errors.Is(err, os.ErrNotExist) {
			fileErr = err
		}
		return from, false, fileErr
	}
	j, err := readJob(about.Meta)
	if err != nil {
		return nil, false, fmt.Errorf("train: %s: %w", c.Resume, err)
	}
	if c.Checkpoint != "" && !goesOn {
		return nil, false, fmt.Errorf("train: the log in %s goes on where it is: give no other folder for it", c.Resume)
	}
	c.Checkpoint = c.Resume
	return &saved{header: j.header, path: c.Resume}, true, nil
}

// begin makes model and server.
func (a *Async) begin(c Config, from *saved, stored bool) error {
	log := c.Checkpoint
	c.Workers, c.Checkpoint, c.Progress = 1, "", a.counted(c.Progress)
	first, file := 0, from
	if stored {
		first, file = from.Step, nil // weights and states are in the log
		if c.Epochs < from.Epochs {
			return fmt.Errorf("train: %s is a run with Epochs %d: give as many or more, not %d", from.path, from.Epochs, c.Epochs)
		}
	} else if err := notSteps(log); err != nil {
		return err
	}
	r, err := newRun(c, file, distributed.Local(1)[0])
	if err != nil {
		return err
	}
	a.r, r.start = r, time.Now()
	if file != nil {
		first = r.step
	}
	if first == r.steps {
		return errors.Join(fmt.Errorf("train: %s has made all %d steps that Epochs %d asks for: give more epochs", from.path, first, r.Epochs), r.close())
	}
	if err := a.serve(log, first, file != nil); err != nil {
		return errors.Join(err, r.close())
	}
	return nil
}

// counted has the number of workers told.
func (a *Async) counted(tell func(Progress)) func(Progress) {
	if tell == nil {
		return nil
	}
	return func(p Progress) {
		p.Workers = a.present()
		tell(p)
	}
}

// serve makes the server, whose first unit of work is a step.
func (a *Async) serve(log string, first int, states bool) error {
	r, o := a.r, a.options
	if a.workers > r.steps {
		return fmt.Errorf("train: %d workers: the run has %d batches: take fewer", a.workers, r.steps)
	}
	options, err := r.options()
	if err != nil {
		return err
	}
	r.step = first
	meta, err := r.meta()
	if err != nil {
		return err
	}
	c := server.Config{
		Rule: r.Rule, Options: options, MaxDelay: o.MaxDelay, Lease: o.Lease, Meta: meta,
		Store: log, SnapshotEvery: r.Every, Updated: a.updated, Warn: a.warn,
	}
	if o.Index == 0 {
		c.Work = r.steps - first
	}
	if c.Tensors, _ = a.parted(); len(c.Tensors) == 0 {
		return fmt.Errorf("train: server %d of %d has none of the model's tensors: take fewer servers", o.Index, o.Servers)
	}
	if states {
		c.States = r.opt.States() // of which the server takes those of its tensors
	}
	if a.ps, err = server.New(c); err != nil {
		return err
	}
	r.step = int(a.ps.Updates())
	if a.whole {
		err = a.catchUp()
	}
	a.lr = r.opt.LR()
	if r.record != nil {
		r.record.First, r.record.Workers = r.step, a.workers
	}
	return err
}

// catchUp brings the run's own model and optimizer to where the server is.
func (a *Async) catchUp() error {
	states, err := a.ps.Copy(a.tensors())
	if err != nil {
		return err
	}
	a.r.step = int(states[0].F64[0]) // the server's own count comes first
	return a.r.opt.Restore(states)
}

// tensors are the model's.
func (a *Async) tensors() []distributed.Tensor {
	var all []distributed.Tensor
	for _, p := range a.r.model.Params() {
		all = append(all, distributed.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Value})
	}
	return all
}

// parted are the tensors of this server and those of the others.
func (a *Async) parted() (own, others []distributed.Tensor) {
	for _, t := range a.tensors() {
		if server.Of(t.Name, a.options.Servers) == a.options.Index {
			own = append(own, t)
		} else {
			others = append(others, t)
		}
	}
	return own, others
}

// Server is what workers work with.
func (a *Async) Server() *server.Server { return a.ps }

// Close gives up what the training holds. The log has all that was acknowledged, also
// where its last snapshot cannot be made, which is the error then.
func (a *Async) Close() error {
	return errors.Join(a.ps.Close(), a.r.close())
}

// Run follows the training until all work is done or ctx is. It measures and saves
// at the end of each epoch, and returns what [Run] does. Workers that are still there
// then are told that all is done as long as the server is open.
func (a *Async) Run(ctx context.Context) (*Result, error) {
	ended, stop := make(chan error, 1), make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-a.ps.Done():
			ended <- nil
		case <-ctx.Done():
			ended <- ctx.Err()
		case <-stop:
		}
	}()
	return a.follow(ctx, ended)
}
