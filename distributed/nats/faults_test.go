package nats

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

// counting has a tensor of one weight per unit of work, and some more that make
// messages large: the gradient of a unit is 1 at its weight, so that in the end
// every weight tells how often its unit was applied.
func counting(work int) server.Config {
	c := config([]distributed.Tensor{
		{Name: "units", Shape: []int{work}, Data: make([]float32, work)},
		{Name: "ballast", Shape: []int{100, 200}, Data: make([]float32, 20_000)},
	})
	c.Work, c.Lease = work, 2*time.Second
	return c
}

// exactlyOnce sees that every unit has been applied once.
func exactlyOnce(t *testing.T, ps *server.Server) {
	t.Helper()
	w := ps.Weights()
	defer w.Release()
	for i, v := range w.Data(0) {
		if v != -1 {
			t.Errorf("unit %d has been applied %v times", i, -v)
		}
	}
}

// labour does units of work until all is done. It goes on after errors, and says
// that it is alive.
func labour(ctx context.Context, ps distributed.ParameterServer, name string, pause time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for sleep(ctx, 300*time.Millisecond) == nil {
			_ = ps.Alive(ctx, name) // again soon
		}
	}()
	job, err := ps.Job(ctx)
	if err != nil {
		return err
	}
	w, g := room(job.Tensors), room(job.Tensors)
	for seq := uint64(1); ; seq++ {
		ticket, err := ps.Pull(ctx, name, seq, w)
		switch {
		case errors.Is(err, distributed.ErrDone):
			return nil
		case ctx.Err() != nil:
			return err
		case err != nil:
			continue
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		clear(g[0].Data)
		g[0].Data[ticket.Work] = 1
		for {
			if _, err = ps.Push(ctx, name, seq, g); err == nil || errors.Is(err, distributed.ErrExpired) || ctx.Err() != nil {
				break
			}
		}
	}
}

// labourers are several of them, each with a connection of its own.
func labourers(t *testing.T, n int, dial func() *Client, pause time.Duration) {
	t.Helper()
	labourUntil(t.Context(), t, n, dial, pause)
}

// labourUntil is labourers that a context ends.
func labourUntil(ctx context.Context, t *testing.T, n int, dial func() *Client, pause time.Duration) {
	t.Helper()
	var group sync.WaitGroup
	for i := range n {
		c := dial()
		group.Go(func() {
			if err := labour(ctx, c, fmt.Sprint("worker", i), pause); err != nil {
				t.Errorf("worker %d: %v", i, err)
			}
		})
	}
	group.Wait()
}

// TestChaos: messages are lost, doubled, late and damaged, on the way from and to
// workers and the server, and every unit is applied once.
func TestChaos(t *testing.T) {
	const work = 40
	e := embed(t, EmbedOptions{MaxPayload: 16_000}) // six parts a tensor
	p := standBetween(t, e.URL(), mischief{lose: 0.02, double: 0.05, late: 0.1, spoil: 0.01})
	conn, err := Connect(t.Context(), Connection{URL: p.url()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	ps := newServer(t, counting(work))
	serve(t, conn, Place{Job: "job"}, ps)
	labourers(t, 3, func() *Client { return dial(t, p.url(), Options{}) }, 0)
	exactlyOnce(t, ps)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, what := range []string{"lost", "late", "doubled", "damaged"} {
		if p.count[what] == 0 {
			t.Errorf("nothing was %s: %v", what, p.count)
		}
	}
	t.Log(p.count, ps.Stats())
}

// TestCut: the net is cut while workers are at work, without a word and by
// connections that break.
func TestCut(t *testing.T) {
	const work = 60
	e := embed(t, EmbedOptions{})
	p := standBetween(t, e.URL(), mischief{})
	ps := newServer(t, counting(work))
	serve(t, connect(t, e), Place{Job: "job"}, ps)
	ctx, cancel := context.WithCancel(t.Context())
	var cutting sync.WaitGroup
	cutting.Go(func() {
		for i := range 6 { // and then it is calm, so that it ends
			_ = sleep(ctx, 200*time.Millisecond)
			if i%2 == 0 {
				p.setCut(true)
				_ = sleep(ctx, 300*time.Millisecond)
				p.setCut(false)
			} else {
				p.drop()
			}
		}
	})
	labourers(t, 2, func() *Client { return dial(t, p.url(), Options{}) }, 20*time.Millisecond)
	cancel()
	cutting.Wait()
	exactlyOnce(t, ps)
}

// TestCutLong: a worker is cut off for longer than the lease; another does its work,
// and it comes back.
func TestCutLong(t *testing.T) {
	const work = 30
	conf := counting(work)
	conf.Lease = 500 * time.Millisecond
	e := embed(t, EmbedOptions{})
	p := standBetween(t, e.URL(), mischief{})
	ps := newServer(t, conf)
	serve(t, connect(t, e), Place{Job: "job"}, ps)
	off := dial(t, p.url(), Options{})
	w, g := room(off.job.Tensors), room(off.job.Tensors)
	ticket, err := off.Pull(t.Context(), "off", 1, w)
	if err != nil {
		t.Fatal(err)
	}
	p.setCut(true)
	labourers(t, 1, func() *Client { return dial(t, e.URL(), Options{}) }, 0)
	p.setCut(false)
	g[0].Data[ticket.Work] = 1
	if _, err := off.Push(t.Context(), "off", 1, g); !errors.Is(err, distributed.ErrExpired) {
		t.Errorf("a late push: %v", err)
	}
	exactlyOnce(t, ps)
	if lost := ps.Stats().Lost; lost != 1 {
		t.Errorf("%d pulls are lost, expected 1", lost)
	}
}

// TestRestartNATS: the NATS server ends and comes back, five times.
func TestRestartNATS(t *testing.T) {
	const work = 60
	address := nowhere(t)
	e, err := Embed(EmbedOptions{Address: address})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := Connect(t.Context(), Connection{URL: e.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	ps := newServer(t, counting(work))
	serve(t, conn, Place{Job: "job"}, ps)
	ctx, cancel := context.WithCancel(t.Context())
	var restarting sync.WaitGroup
	restarting.Go(func() {
		for range 5 {
			_ = sleep(ctx, 200*time.Millisecond)
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			_ = sleep(ctx, 100*time.Millisecond)
			if e, err = Embed(EmbedOptions{Address: address}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	labourers(t, 2, func() *Client { return dial(t, e.URL(), Options{}) }, 20*time.Millisecond)
	cancel()
	restarting.Wait()
	exactlyOnce(t, ps)
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// TestRestartServer: the parameter server goes and another goes on from its
// store, five times; the workers wait.
func TestRestartServer(t *testing.T) {
	const work = 60
	conf := counting(work)
	conf.Store = t.TempDir()
	e := embed(t, EmbedOptions{})
	conn := connect(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	var restarting sync.WaitGroup
	restarting.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			ps := newServer(t, conf)
			stop := serve(t, conn, Place{Job: "job"}, ps)
			_ = sleep(ctx, 200*time.Millisecond)
			if i == 5 {
				<-ctx.Done()
			}
			stop()
			if err := ps.Close(); err != nil {
				t.Error(err)
			}
			_ = sleep(ctx, 50*time.Millisecond)
		}
	})
	labourers(t, 2, func() *Client { return dial(t, e.URL(), Options{}) }, 20*time.Millisecond)
	cancel()
	restarting.Wait()
	exactlyOnce(t, newServer(t, conf))
}
