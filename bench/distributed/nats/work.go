package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	natsgo "github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/nats"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

// part is what fits into a message with the head that ours have.
const part = 1<<20 - 64

// window is how many parts are under way at once, as many as ours.
const window = 4

// serve is the process of the servers, until standard input ends.
func serve(numbers int) error {
	e, err := nats.Embed(nats.EmbedOptions{Address: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	conn, err := e.Connect(context.Background())
	if err != nil {
		return err
	}
	ps, err := newServer(numbers)
	if err != nil {
		return err
	}
	if err := raw(conn, 4*numbers); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error)
	go func() { over <- nats.Serve(ctx, conn, nats.Place{Job: "bench"}, ps) }()
	fmt.Println(e.URL())
	_, _ = io.Copy(io.Discard, os.Stdin) // ends when the other process does
	stop()
	if err := <-over; err != nil {
		return err
	}
	conn.Close()
	return e.Close()
}

// newServer trains one tensor by sgd.
func newServer(numbers int) (*server.Server, error) {
	return server.New(server.Config{
		Rule: optim.SGD, Options: []descent.Option{descent.LR(0.1)}, MaxDelay: -1, Tensors: tensor(numbers),
	})
}

func tensor(numbers int) []distributed.Tensor {
	return []distributed.Tensor{{Name: "w", Shape: []int{numbers}, Data: make([]float32, numbers)}}
}

// raw answers with parts of so many bytes, and takes parts, whose subject ends with
// where they belong.
func raw(conn *natsgo.Conn, size int) error {
	all, taken := make([]byte, size), make([]byte, size)
	if _, err := conn.Subscribe("raw.pull", func(m *natsgo.Msg) {
		var from, to int
		if _, err := fmt.Sscan(string(m.Data), &from, &to); err == nil {
			_ = m.Respond(all[from:to])
		}
	}); err != nil {
		return err
	}
	_, err := conn.Subscribe("raw.push.*", func(m *natsgo.Msg) {
		if from, err := strconv.Atoi(m.Subject[len("raw.push."):]); err == nil {
			copy(taken[from:], m.Data)
			_ = m.Respond(nil)
		}
	})
	return err
}

// task is what is measured.
type task struct {
	name   string
	do     func() error
	beside int // which one NATS is measured by, itself where there is nothing to compare
	own    int // which one is what the server itself does for it
}

// tasksAt are those of a worker.
func tasksAt(ctx context.Context, url string, numbers int, form string) ([]task, func(), error) {
	codec, err := wire.Parse(form)
	if err != nil {
		return nil, nil, err
	}
	ps, err := nats.Dial(ctx, nats.Options{Connection: nats.Connection{URL: url}, Job: "bench", Wire: codec})
	if err != nil {
		return nil, nil, err
	}
	conn, err := nats.Connect(ctx, nats.Connection{URL: url})
	if err != nil {
		return nil, nil, err
	}
	local, err := newServer(numbers)
	if err != nil {
		return nil, nil, err
	}
	all, into := make([]byte, 4*numbers), make([]byte, 4*numbers)
	w, g := tensor(numbers), tensor(numbers)
	far, near := &worker{ps, w, g, 0}, &worker{local, w, g, 0}
	return []task{
		{"NATS, requests answered by parts", func() error {
			return parts(4*numbers, func(from, to int) error {
				m, err := conn.RequestWithContext(ctx, "raw.pull", fmt.Appendln(nil, from, to))
				if err == nil {
					copy(into[from:to], m.Data)
				}
				return err
			})
		}, 0, 0},
		{"a pull", func() error { return far.pull(ctx) }, 0, 4},
		{"NATS, requests that bear parts", func() error {
			return parts(4*numbers, func(from, to int) error {
				_, err := conn.RequestWithContext(ctx, fmt.Sprint("raw.push.", from), all[from:to])
				return err
			})
		}, 2, 2},
		{"a push, the update with it", func() error { return far.push(ctx) }, 2, 5},
		{"(the server's copy of weights that have moved)", func() error {
			near.seq++
			_, weights, err := local.Acquire(ctx, "w", near.seq)
			if err == nil {
				weights.Release()
			}
			return err
		}, 4, 4},
		{"(the update)", func() error { return near.push(ctx) }, 5, 5},
	}, func() { _ = ps.Close(); conn.Close(); _ = local.Close() }, nil
}

// worker pulls and pushes.
type worker struct {
	ps   distributed.ParameterServer
	w, g []distributed.Tensor
	seq  uint64
}

func (w *worker) pull(ctx context.Context) error {
	w.seq++
	_, err := w.ps.Pull(ctx, "w", w.seq, w.w)
	return err
}

func (w *worker) push(ctx context.Context) error {
	_, err := w.ps.Push(ctx, "w", w.seq, w.g)
	return err
}

// parts moves as many parts as are needed, each from one place to another.
func parts(size int, move func(from, to int) error) error {
	var group errgroup.Group
	group.SetLimit(window)
	count := (size + part - 1) / part
	for i := range count {
		group.Go(func() error { return move(size*i/count, size*(i+1)/count) })
	}
	return group.Wait()
}
