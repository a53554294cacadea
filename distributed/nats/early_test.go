package nats

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/descent-go/descent/distributed"
)

// TestEarly: large weights are asked for along with their ticket, not after it.
func TestEarly(t *testing.T) {
	e, ps := pair(t, config(model()))
	c := dial(t, e.URL(), Options{})
	asked, released := map[kind]int{}, make(chan bool)
	listener := connect(t, e)
	if _, err := listener.Subscribe(Place{Job: "job"}.subject(), func(msg *natsgo.Msg) {
		if m, err := parse(msg.Data); err == nil {
			if asked[m.kind]++; m.kind == askFree {
				close(released) // the last message
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := listener.Flush(); err != nil {
		t.Fatal(err)
	}
	into := room(model())
	if _, err := c.Pull(t.Context(), "w", 1, into); err != nil {
		t.Fatal(err)
	}
	w := ps.Weights()
	defer w.Release()
	for i, x := range into {
		if !slices.Equal(x.Data, w.Data(i)) {
			t.Errorf("tensor %s differs", x.Name)
		}
	}
	<-released
	if asked[askPart] != 0 || asked[askPull] != 3 {
		t.Errorf("asked %v, expected the ticket and two parts", asked)
	}
}

// TestEarlyOfTwo: parts of different weights are not put together.
func TestEarlyOfTwo(t *testing.T) {
	e := embed(t, EmbedOptions{})
	conn, s := connect(t, e), newBlobs()
	data := bytes.Repeat([]byte("abcdefgh"), 1<<18)
	ids := [2]uint64{s.add(bytesOf(data), func() {}), s.add(bytesOf(data), func() {})}
	for _, second := range []int{0, 1} {
		subject := []string{"same", "other"}[second]
		if _, err := conn.Subscribe(subject, func(msg *natsgo.Msg) {
			m, err := parse(msg.Data)
			if err != nil {
				t.Error(err)
			}
			m.id = ids[0]
			if m.at > 0 {
				m.id = ids[second]
			}
			s.serve(conn, msg.Reply, m)
		}); err != nil {
			t.Fatal(err)
		}
	}
	c := newCaller(connect(t, e), "here", 10*time.Second, func(string) {})
	got := make([]byte, len(data))
	id, err := c.fetch(t.Context(), "same", message{kind: askPull, id: 1}, bytesOf(got))
	if err != nil || id != ids[0] || !bytes.Equal(got, data) {
		t.Errorf("id %d, expected %d, %v", id, ids[0], err)
	}
	if _, err := c.fetch(t.Context(), "other", message{kind: askPull, id: 1}, bytesOf(got)); !errors.Is(err, errGone) {
		t.Errorf("parts of two: %v", err)
	}
}

// TestDoneIsKnown: a server does not end before the workers know that all is done,
// though it has said so: the answer may be lost.
func TestDoneIsKnown(t *testing.T) {
	e := embed(t, EmbedOptions{})
	s, err := newService(t.Context(), connect(t, e), Place{Job: "job"}, newServer(t, counting(1)))
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- s.run(t.Context()) }()
	c := dial(t, e.URL(), Options{})
	if err := errors.Join(c.Alive(t.Context(), "w"), labour(t.Context(), c, "other", 0)); err != nil { // does the work
		t.Fatal(err)
	}
	share, err := c.split("w", room(c.job.Tensors))
	if err != nil {
		t.Fatal(err)
	}
	m := pulling(share[0], "w", 1)
	if _, err := c.ask(t.Context(), s.place.subject(), &m); !errors.Is(err, distributed.ErrDone) { // as if that were lost
		t.Fatal(err)
	}
	if s.deserted(farewell) {
		t.Error("the server ends though worker w may not know")
	}
	if _, err := c.Pull(t.Context(), "w", 1, room(c.job.Tensors)); !errors.Is(err, distributed.ErrDone) {
		t.Fatal(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestDoneAgain: a server that is started again when all is done waits for the
// workers of before to hear of it.
func TestDoneAgain(t *testing.T) {
	ps := newServer(t, counting(1))
	if err := labour(t.Context(), ps, "w", 0); err != nil {
		t.Fatal(err)
	}
	e := embed(t, EmbedOptions{})
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	s, err := newService(ctx, connect(t, e), Place{Job: "job"}, ps)
	if err != nil {
		t.Fatal(err)
	}
	go func() { over <- s.run(ctx) }()
	select {
	case err := <-over:
		t.Fatalf("the server ends at once: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	c := dial(t, e.URL(), Options{})
	if _, err := c.Pull(t.Context(), "w", 2, room(c.job.Tensors)); !errors.Is(err, distributed.ErrDone) {
		t.Error(err)
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
}
