package train

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/optim"
)

// unwilling is a server that does not take every push.
type unwilling struct {
	distributed.ParameterServer
	pushes int
	left   []string
	alive  chan string
	job    func(*distributed.Job)
	answer func(push int) error // nil takes it
}

func (u *unwilling) Job(ctx context.Context) (*distributed.Job, error) {
	job, err := u.ParameterServer.Job(ctx)
	if u.job != nil && err == nil {
		u.job(job)
	}
	return job, err
}

func (u *unwilling) Push(ctx context.Context, worker string, seq uint64, grads []distributed.Tensor) (distributed.Ack, error) {
	u.pushes++
	if u.answer != nil {
		if err := u.answer(u.pushes); err != nil {
			return distributed.Ack{}, err
		}
	}
	return u.ParameterServer.Push(ctx, worker, seq, grads)
}

func (u *unwilling) Alive(ctx context.Context, worker string) error {
	select {
	case u.alive <- worker:
	default:
	}
	return u.ParameterServer.Alive(ctx, worker)
}

func (u *unwilling) Leave(ctx context.Context, worker string) error {
	if ctx.Err() == nil {
		u.left = append(u.left, worker)
	}
	return u.ParameterServer.Leave(ctx, worker)
}

// served is a run for one worker, followed until it is done.
func served(t *testing.T, o AsyncOptions, change ...func(*Config)) (c Config, ps *unwilling, a *Async) {
	t.Helper()
	c = small()
	for _, f := range change {
		f(&c)
	}
	a, err := NewAsync(c, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = a.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-over
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, &unwilling{ParameterServer: a.Server(), alive: make(chan string, 1)}, a
}

// TestWork has pushes fail: for want of space, which is tried again, and since the
// worker was given up, whose unit is done anew.
func TestWork(t *testing.T) {
	retryAfter = time.Millisecond
	t.Cleanup(func() { retryAfter = time.Second })
	c, ps, a := served(t, AsyncOptions{})
	ps.answer = func(push int) error {
		switch push {
		case 2, 3:
			return fmt.Errorf("no space: %w", server.ErrFull)
		case 6:
			return distributed.ErrExpired
		}
		return nil
	}
	var all []WorkProgress
	if err := Work(context.Background(), ps, c.Train, "me", func(p WorkProgress) { all = append(all, p) }); err != nil {
		t.Fatal(err)
	}
	last := all[len(all)-1]
	if last.Gradients != 10 || last.Step != 10 || last.Steps != 10 || last.Epoch != 2 || last.Epochs != 2 || last.Lost != 1 || last.Trouble != nil || !(last.Loss > 0) {
		t.Errorf("%+v", last)
	}
	if len(all) != 12 || all[1].Trouble == nil || all[1].Gradients != 1 {
		t.Errorf("told %d times", len(all))
	}
	if s := a.Server().Stats(); ps.pushes != 13 || s.WorkDone != 10 || s.Updates != 10 {
		t.Errorf("%d pushes, %+v", ps.pushes, s)
	}
}

// TestWorkEnds has the worker end early: it leaves, and another gets its unit.
func TestWorkEnds(t *testing.T) {
	c, ps, a := served(t, AsyncOptions{MaxDelay: -1})
	ctx, cancel := context.WithCancel(context.Background())
	err := Work(ctx, ps, c.Train, "me", func(p WorkProgress) {
		if p.Gradients == 3 {
			cancel()
		}
	})
	if err != context.Canceled || fmt.Sprint(ps.left) != "[me]" {
		t.Errorf("%v, left %v", err, ps.left)
	}
	lost := errors.New("the line is cut")
	ps.answer = func(int) error { return lost }
	if err := Work(context.Background(), ps, c.Train, "you", nil); err != lost || len(ps.left) != 2 {
		t.Errorf("%v, left %v", err, ps.left)
	}
	if s := a.Server().Stats(); s.Outstanding != 0 {
		t.Errorf("%+v", s)
	}
	ps.answer = nil
	if err := Work(context.Background(), ps, c.Train, "she", nil); err != nil {
		t.Error(err)
	}
	if s := a.Server().Stats(); s.WorkDone != 10 || s.Updates != 10 {
		t.Errorf("%+v", s)
	}
}

// TestWorkDiverges has the server's side hear of a loss that is not finite.
func TestWorkDiverges(t *testing.T) {
	warned := make(chan error, 10)
	c, ps, _ := served(t, AsyncOptions{}, func(c *Config) {
		c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(1e30)}
		c.Progress = func(p Progress) {
			if p.Warning != nil {
				warned <- p.Warning
			}
		}
	})
	if err := Work(context.Background(), ps, c.Train, "me", nil); !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "worker me") {
		t.Error(err)
	}
	var refused *distributed.RefusedError
	if err := <-warned; !errors.As(err, &refused) || refused.Worker != "me" {
		t.Error(err)
	}
}

// TestWorkAgain has a worker come back by its name that went without a word.
func TestWorkAgain(t *testing.T) {
	c, ps, a := served(t, AsyncOptions{MaxDelay: -1})
	ctx, cancel := context.WithCancel(context.Background())
	dies := &dying{ps}
	if err := Work(ctx, dies, c.Train, "me", func(WorkProgress) { cancel() }); !errors.Is(err, context.Canceled) || a.Server().Stats().Outstanding != 1 {
		t.Errorf("%v, %+v", err, a.Server().Stats())
	}
	if err := Work(context.Background(), ps, c.Train, "me", nil); err != nil {
		t.Error(err)
	}
	if s := a.Server().Stats(); s.WorkDone != 10 || s.Updates != 10 || s.Outstanding != 0 {
		t.Errorf("%+v", s)
	}
}

// dying is the server of a worker that is killed while it has a pull.
type dying struct{ distributed.ParameterServer }

func (d *dying) Pull(ctx context.Context, worker string, seq uint64, into []distributed.Tensor) (distributed.Ticket, error) {
	ticket, err := d.ParameterServer.Pull(context.WithoutCancel(ctx), worker, seq, into)
	return ticket, errors.Join(err, ctx.Err())
}

func (d *dying) Leave(context.Context, string) error { return nil }

// TestAlive has a worker say that it is at work while a push takes long.
func TestAlive(t *testing.T) {
	c, ps, a := served(t, AsyncOptions{Lease: time.Hour})
	ps.job = func(j *distributed.Job) { j.Lease = 0.01 }
	ps.answer = func(push int) error {
		if push == 1 {
			<-ps.alive
		}
		return nil
	}
	if err := Work(context.Background(), ps, c.Train, "me", nil); err != nil || a.Server().Stats().WorkDone != 10 {
		t.Error(err)
	}
}

// TestOtherWork has workers whose data or version is not the server's.
func TestOtherWork(t *testing.T) {
	c, ps, _ := served(t, AsyncOptions{})
	settings, err := func() (Settings, error) {
		job, err := ps.Job(context.Background())
		if err != nil {
			return Settings{}, err
		}
		return ReadJob(job.Meta)
	}()
	if err != nil || settings.Model != "mlp" || settings.Optimizer != "adam" || settings.Examples != 300 {
		t.Errorf("%+v, %v", settings, err)
	}
	changed := *c.Train
	changed.X = append([]float32(nil), changed.X...)
	changed.X[1000]++
	replace := func(old, new string) func(*distributed.Job) {
		return func(j *distributed.Job) { j.Meta = strings.Replace(j.Meta, old, new, 1) }
	}
	for want, change := range map[string]func(){
		"examples: 300 at the server, 299 here":     func() { *c.Train = *part(c.Train, 299) },
		"checksum of the examples: ":                func() { c.Train = &changed },
		"columns: 0 at the server":                  func() { c.Train = openHouses(t) },
		"the job is no training":                    func() { ps.job = func(j *distributed.Job) { j.Meta = "x" } },
		"the job is of version 7":                   func() { ps.job = replace(`"version":1`, `"version":7`) },
		"the job's settings are damaged: epochs 0,": func() { ps.job = replace(`"epochs":2`, `"epochs":0`) },
		"other tensors than logistic":               func() { ps.job = replace(`"mlp","hidden":[16]`, `"logistic"`) },
	} {
		data := *c.Train
		kept := c.Train
		change()
		err := Work(context.Background(), ps, c.Train, "me", nil)
		if err == nil || !strings.HasPrefix(err.Error(), "train: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
		*kept = data
		c.Train, ps.job = kept, nil
	}
}
