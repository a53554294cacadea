package nats

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/optim"
)

// embed starts a NATS server on a free port.
func embed(t testing.TB, o EmbedOptions) *Embedded {
	t.Helper()
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	e, err := Embed(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// model is one of three tensors, of which one is larger than a message.
func model() []distributed.Tensor {
	var all []distributed.Tensor
	for i, shape := range [][]int{{300, 1000}, {7}, {50, 3}} {
		t := distributed.Tensor{Name: fmt.Sprint("t", i), Shape: shape, Data: make([]float32, elements(shape))}
		for j := range t.Data {
			t.Data[j] = float32(i+1) + float32(j)/1024
		}
		all = append(all, t)
	}
	return all
}

// config is plain sgd: a weight moves by minus the gradient.
func config(tensors []distributed.Tensor) server.Config {
	return server.Config{Rule: optim.SGD, Options: []descent.Option{descent.LR(1)}, Tensors: tensors, MaxDelay: -1, Meta: "settings"}
}

func newServer(t testing.TB, c server.Config) *server.Server {
	t.Helper()
	s, err := server.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// serve answers for a server until the test ends, or what it gives is called.
func serve(t testing.TB, conn *natsgo.Conn, place Place, ps *server.Server) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	s, err := newService(ctx, conn, place, ps)
	if err != nil {
		t.Fatal(err)
	}
	hurry(s.caller)
	go func() { over <- s.run(ctx) }()
	stop = func() {
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
		over <- nil
	}
	t.Cleanup(stop)
	return stop
}

// connect connects within the process.
func connect(t testing.TB, e *Embedded) *natsgo.Conn {
	t.Helper()
	conn, err := e.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// hurry has questions asked again soon, so that tests of losses are soon over.
func hurry(c *caller) {
	c.answers.first, c.parts.first = hold+200*time.Millisecond, 100*time.Millisecond
}

// dial is a worker's side. Questions are asked again soon.
func dial(t testing.TB, url string, o Options) *Client {
	t.Helper()
	o.URL = url
	if o.Job == "" {
		o.Job = "job"
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	c, err := Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	hurry(c.caller)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// room is memory for the weights of tensors, or their gradient.
func room(tensors []distributed.Tensor) []distributed.Tensor {
	var all []distributed.Tensor
	for _, t := range tensors {
		all = append(all, distributed.Tensor{Name: t.Name, Shape: t.Shape, Data: make([]float32, elements(t.Shape))})
	}
	return all
}

// pair is a NATS server with a parameter server that answers at it.
func pair(t testing.TB, c server.Config) (*Embedded, *server.Server) {
	e := embed(t, EmbedOptions{})
	ps := newServer(t, c)
	serve(t, connect(t, e), Place{Job: "job"}, ps)
	return e, ps
}

func nan() float64 { return math.NaN() }
