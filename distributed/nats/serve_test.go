package nats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

// weightsOf are the present weights of a server.
func weightsOf(s *server.Server) (all []float32) {
	w := s.Weights()
	defer w.Release()
	for i := range w.Len() {
		all = append(all, w.Data(i)...)
	}
	return all
}

// FuzzHandle: whatever comes from the net, the server goes on as it was: weights
// move by whole gradients of known pulls only.
func FuzzHandle(f *testing.F) {
	e := embed(f, EmbedOptions{})
	conn := connect(f, e)
	ps := newServer(f, config(model()))
	s, err := newService(f.Context(), conn, Place{Job: "job"}, ps)
	if err != nil {
		f.Fatal(err)
	}
	s.ctx = f.Context()
	before := weightsOf(ps)
	push := func(more string) string {
		return fmt.Sprintf(`{"worker":"w","job":%d,"codec":"float32",%s}`, s.sum, more)
	}
	f.Add([]byte("hello"), uint8(0), uint8(0), uint64(0), uint64(0), uint64(0), "", []byte(nil))
	for k := askJob; k < kinds; k++ {
		f.Add([]byte(nil), uint8(k), uint8(0), uint64(1), uint64(2), uint64(3), push(`"tensors":[1]`), []byte("data"))
	}
	f.Add([]byte(nil), uint8(askPush), uint8(0), uint64(1), uint64(0), uint64(28), push(`"tensors":[1]`), make([]byte, 28))
	f.Add([]byte(nil), uint8(askPush), uint8(0), uint64(1), uint64(0), uint64(math.MaxUint64), push(`"tensors":[-1],"codec":"topk:1e-300"`), make([]byte, 28))
	f.Add([]byte(nil), uint8(askPush), uint8(0), uint64(1), uint64(0), uint64(28), push(`"tensors":[1],"from":"descent.job.worker.>"`), []byte(nil))
	f.Fuzz(func(t *testing.T, b []byte, k, st uint8, id, at, size uint64, text string, data []byte) {
		if k != 0 {
			b = (&message{kind: kind(k), status: status(st), id: id, at: at, size: size, text: []byte(text), data: data}).bytes()
		}
		s.handle(&natsgo.Msg{Subject: s.place.subject(), Reply: "nobody", Data: b})
		s.tasks.Wait()
		if ps.Updates() == 0 {
			for i, v := range weightsOf(ps) {
				if math.Float32bits(v) != math.Float32bits(before[i]) {
					t.Fatalf("weight %d is %v, was %v", i, v, before[i])
				}
			}
		}
	})
}

// TestAnother: two servers at one place are one too many.
func TestAnother(t *testing.T) {
	e, ps := pair(t, config(model()))
	dial(t, e.URL(), Options{}) // when it is answered, the server is there
	err := Serve(t.Context(), connect(t, e), Place{Job: "job"}, ps)
	if err == nil || !strings.Contains(err.Error(), "answers already") {
		t.Errorf("%v", err)
	}
}

func TestPlace(t *testing.T) {
	for _, p := range []Place{{}, {Job: "a.b"}, {Job: "a b"}, {Job: "*"}, {Job: ">"}, {Job: "a", Index: 1}, {Job: "a", Index: -1}, {Job: "a", Servers: -1}, {Job: strings.Repeat("a", 65)}} {
		if err := p.check(); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}

// TestSameName: a second worker of the same name is refused.
func TestSameName(t *testing.T) {
	e, _ := pair(t, config(model()))
	c := dial(t, e.URL(), Options{})
	w, g := room(model()), room(model())
	step(t, c, "w", 5, w, g, quarter)
	if _, err := c.Pull(t.Context(), "w", 1, w); err == nil || !strings.Contains(err.Error(), "worker w is refused: pull 1 comes after 5: has another worker the same name?") {
		t.Errorf("%v", err)
	}
	if err := c.Leave(t.Context(), "w"); err != nil {
		t.Fatal(err)
	}
	step(t, c, "w", 1, w, g, quarter) // one that has left may begin anew
}

// TestOtherJob: a worker goes on with a server that was started again, but not where
// it trains something else now.
func TestOtherJob(t *testing.T) {
	e := embed(t, EmbedOptions{})
	first, again, other := config(model()), config(model()), config(model())
	again.Lease, other.Meta = time.Minute, "other settings"
	place := Place{Job: "job"}
	stop := serve(t, connect(t, e), place, newServer(t, first))
	c := dial(t, e.URL(), Options{})
	w, g := room(model()), room(model())
	step(t, c, "w", 1, w, g, quarter)
	stop()
	stop = serve(t, connect(t, e), place, newServer(t, again))
	step(t, c, "w", 2, w, g, quarter)
	if _, err := c.Pull(t.Context(), "w", 3, w); err != nil {
		t.Fatal(err)
	}
	stop()
	serve(t, connect(t, e), place, newServer(t, other))
	_, pulled := c.Pull(t.Context(), "w", 4, w)
	_, pushed := c.Push(t.Context(), "w", 3, g)
	var refused *distributed.RefusedError
	for _, err := range []error{pulled, pushed} {
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "trains something else") {
			t.Error(err)
		}
	}
}

// TestFreed: weights that were not fetched are given back when the worker pulls anew.
func TestFreed(t *testing.T) {
	e := embed(t, EmbedOptions{})
	s, err := newService(t.Context(), connect(t, e), Place{Job: "job"}, newServer(t, config(model())))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- s.run(ctx) }()
	c := dial(t, e.URL(), Options{})
	shares, err := c.split("w", room(model()))
	if err != nil {
		t.Fatal(err)
	}
	var begun [2]message
	for i := range begun {
		if begun[i], err = c.begin(ctx, shares[0], "w", uint64(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if s.blobs.has(begun[0].at) || !s.blobs.has(begun[1].at) {
		t.Error("the weights of the first pull are kept, or those of the second are not")
	}
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestMemoryBound: a push waits while others have the memory for gradients, and
// then goes on.
func TestMemoryBound(t *testing.T) {
	e := embed(t, EmbedOptions{})
	ps := newServer(t, config(model()))
	s, err := newService(t.Context(), connect(t, e), Place{Job: "job"}, ps)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.memory.Acquire(t.Context(), pushMemory); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- s.run(ctx) }()
	c := dial(t, e.URL(), Options{})
	w, g := room(model()), room(model())
	if _, err := c.Pull(t.Context(), "w", 1, w); err != nil {
		t.Fatal(err)
	}
	pushed := make(chan error, 1)
	go func() {
		_, err := c.Push(t.Context(), "w", 1, g)
		pushed <- err
	}()
	select {
	case err := <-pushed:
		t.Fatalf("pushed without memory: %v", err)
	case <-time.After(hold + hold/2): // it has been told to ask again
	}
	s.memory.Release(pushMemory)
	if err := <-pushed; err != nil || ps.Updates() != 1 {
		t.Errorf("%v, %d updates", err, ps.Updates())
	}
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestFarewell: when all work is done and the workers know it, the server's side ends.
func TestFarewell(t *testing.T) {
	conf := config(model())
	conf.Work = 2
	e := embed(t, EmbedOptions{})
	ps := newServer(t, conf)
	over := make(chan error, 1)
	go func() { over <- Serve(t.Context(), connect(t, e), Place{Job: "job"}, ps) }()
	c := dial(t, e.URL(), Options{})
	w, g := room(model()), room(model())
	step(t, c, "a", 1, w, g, quarter)
	step(t, c, "b", 1, w, g, quarter)
	if _, err := c.Pull(t.Context(), "a", 2, w); !errors.Is(err, distributed.ErrDone) {
		t.Error(err)
	}
	select {
	case err := <-over:
		t.Fatalf("it ends before b knows: %v", err)
	case <-time.After(hold / 2):
	}
	if err := c.Leave(t.Context(), "b"); err != nil {
		t.Error(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestFarewellJoined: a server whose work is done does not end before those know who
// have just asked for the job.
func TestFarewellJoined(t *testing.T) {
	conf := config(model())
	conf.Work = 1
	e := embed(t, EmbedOptions{})
	s, err := newService(t.Context(), connect(t, e), Place{Job: "job"}, newServer(t, conf))
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- s.run(t.Context()) }()
	late, closed := dial(t, e.URL(), Options{}), dial(t, e.URL(), Options{})
	if err := labour(t.Context(), dial(t, e.URL(), Options{}), "w", 0); err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Error(err)
	}
	if s.deserted(farewell) {
		t.Error("the server ends though one who has joined does not know that all is done")
	}
	if _, err := late.Pull(t.Context(), "late", 1, room(model())); !errors.Is(err, distributed.ErrDone) {
		t.Error(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestGone: weights that the server has no more when they are fetched are asked
// for anew.
func TestGone(t *testing.T) {
	e := embed(t, EmbedOptions{})
	ps := newServer(t, config(model()))
	ctx, cancel := context.WithCancel(context.Background())
	s, err := newService(ctx, connect(t, e), Place{Job: "job"}, ps)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- s.run(ctx) }()
	c := dial(t, e.URL(), Options{})
	w := room(model())
	shares, err := c.split("w", w)
	if err != nil {
		t.Fatal(err)
	}
	begin := func() (message, error) { return c.begin(ctx, shares[0], "w", 1) }
	a, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	s.blobs.free(a.at)
	if _, err := c.weights(ctx, shares[0], a, begin); err != nil {
		t.Error(err)
	}
	sameWeights(t, w, model())
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestGatherWaits: weights are gathered when no gradient is on its way to them.
func TestGatherWaits(t *testing.T) {
	e := embed(t, EmbedOptions{})
	ps := newServer(t, config(model()))
	place := Place{"job", 1, 2}
	serve(t, connect(t, e), place, ps)
	w, g := room(model()), room(model())
	if _, err := ps.Pull(t.Context(), "w", 1, w); err != nil {
		t.Fatal(err)
	}
	conn, got := connect(t, e), room(model())
	over := make(chan error, 1)
	go func() { over <- Gather(t.Context(), conn, place, got) }()
	select {
	case err := <-over:
		t.Fatalf("gathered too early: %v", err)
	case <-time.After(hold + hold/2): // it has been told to ask again
	}
	for i := range w {
		quarter(w[i].Data, g[i].Data)
	}
	if _, err := ps.Push(t.Context(), "w", 1, g); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	if _, err := ps.Pull(t.Context(), "w", 2, w); err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got, w)
	defer func(d time.Duration) { settle = d }(settle)
	settle = hold / 5
	if err := Gather(t.Context(), conn, place, got); err != nil { // the pull from before is under way
		t.Error(err)
	}
}
