package train

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/optim"
)

// pair is two servers that share the tensors, as one.
type pair [2]*server.Server

// of are the tensors that a server has.
func (p pair) of(index int, all []distributed.Tensor) (own []distributed.Tensor) {
	for _, t := range all {
		if server.Of(t.Name, 2) == index {
			own = append(own, t)
		}
	}
	return own
}

func (p pair) Job(ctx context.Context) (*distributed.Job, error) {
	job, err := p[0].Job(ctx)
	other, _ := p[1].Job(ctx)
	job.Tensors = append(job.Tensors, other.Tensors...)
	return job, err
}

func (p pair) Pull(ctx context.Context, worker string, seq uint64, into []distributed.Tensor) (distributed.Ticket, error) {
	ticket, err := p[0].Pull(ctx, worker, seq, p.of(0, into))
	if err != nil {
		return ticket, err
	}
	_, err = p[1].Pull(ctx, worker, seq, p.of(1, into))
	return ticket, err
}

// Push is first to the second: when the first has all, all is done.
func (p pair) Push(ctx context.Context, worker string, seq uint64, grads []distributed.Tensor) (distributed.Ack, error) {
	if _, err := p[1].Push(ctx, worker, seq, p.of(1, grads)); err != nil {
		return distributed.Ack{}, err
	}
	return p[0].Push(ctx, worker, seq, p.of(0, grads))
}

func (p pair) Alive(context.Context, string) error { return nil }
func (p pair) Leave(context.Context, string) error { return nil }

// TestServers trains by two servers: one worker comes to what it comes to alone, and
// the first server measures and saves all weights, averages where the rule has them;
// from the start, and from where another run was saved.
func TestServers(t *testing.T) {
	for _, run := range []struct {
		rule optim.Rule
		from int // the step
	}{{optim.Adam, 0}, {optim.Chain(optim.SGD, optim.EMA), 0}, {optim.Adam, 4}} {
		rule, alone := run.rule, small()
		alone.Rule, alone.Save = rule, filepath.Join(t.TempDir(), "alone.safetensors")
		want := mustRun(t, alone)
		c := alone
		c.Save = filepath.Join(t.TempDir(), "servers.safetensors")
		if run.from > 0 {
			c.Resume = filepath.Join(t.TempDir(), "part.safetensors")
			part := alone
			part.Save = c.Resume
			interrupted(t, part, run.from)
		}
		var p pair
		var all [2]*Async
		for index := range all {
			o := AsyncOptions{Servers: 2, Index: index, MaxDelay: -1}
			if index == 0 {
				o.Gather = func(_ context.Context, into []distributed.Tensor) error { return p[1].Eval(into) }
			} else {
				c.Save = ""
			}
			var err error
			if all[index], err = NewAsync(c, o); err != nil {
				t.Fatal(err)
			}
			p[index] = all[index].Server()
		}
		worked := make(chan error)
		go func() { worked <- Work(context.Background(), p, c.Train, "me", nil) }()
		ctx, cancel := context.WithCancel(context.Background())
		other := make(chan error)
		go func() { _, err := all[1].Run(ctx); other <- err }()
		got, err := all[0].Run(context.Background())
		if err != nil || *got.TestLoss != *want.TestLoss || got.Steps != 10 || got.Interrupted {
			t.Errorf("%s: %+v, %v; alone %+v", rule.Name(), got, err, want)
		}
		cancel()
		if err := errors.Join(<-worked, all[0].Close()); err != nil {
			t.Error(err)
		}
		if err := <-other; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := all[1].Close(); err != nil {
			t.Error(err)
		}
		sameWeights(t, all[0].r.Save, alone.Save)
	}
}

// sameWeights compares the weights of two files, those to evaluate with.
func sameWeights(t *testing.T, a, b string) {
	t.Helper()
	given, err := checkpoint.Load(a)
	if err != nil {
		t.Fatal(err)
	}
	want, err := checkpoint.Load(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(given.Tensors) != 4 {
		t.Errorf("%d tensors", len(given.Tensors))
	}
	for _, x := range given.Tensors {
		y, _ := want.Tensor(x.Name)
		if text(x.F32) != text(y.F32) {
			t.Errorf("%s is another", x.Name)
		}
	}
}
