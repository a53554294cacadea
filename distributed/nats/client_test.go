package nats

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/distributed/wire"
)

// step pulls, and pushes a gradient that fill makes of the weights.
func step(t testing.TB, ps distributed.ParameterServer, worker string, seq uint64, w, g []distributed.Tensor, fill func(w, g []float32)) distributed.Ack {
	t.Helper()
	if _, err := ps.Pull(t.Context(), worker, seq, w); err != nil {
		t.Fatal(err)
	}
	for i := range w {
		fill(w[i].Data, g[i].Data)
	}
	ack, err := ps.Push(t.Context(), worker, seq, g)
	if err != nil {
		t.Fatal(err)
	}
	return ack
}

// quarter is a gradient of a quarter of the weights.
func quarter(w, g []float32) {
	for i, v := range w {
		g[i] = v / 4
	}
}

// sameWeights compares weights by their bits.
func sameWeights(t testing.TB, got, want []distributed.Tensor) {
	t.Helper()
	for i := range want {
		if !slices.Equal(got[i].Data, want[i].Data) {
			t.Errorf("tensor %s differs", want[i].Name)
		}
	}
}

// TestSame: over NATS everything is as it is without, to the bit.
func TestSame(t *testing.T) {
	direct := newServer(t, config(model()))
	e, _ := pair(t, config(model()))
	c := dial(t, e.URL(), Options{})
	a, b, g := room(model()), room(model()), room(model())
	for seq := uint64(1); seq <= 3; seq++ {
		want := step(t, direct, "w", seq, a, g, quarter)
		if got := step(t, c, "w", seq, b, g, quarter); got != want {
			t.Errorf("push %d: %+v, expected %+v", seq, got, want)
		}
		sameWeights(t, b, a)
	}
	job, err := c.Job(t.Context())
	if err != nil || job.Meta != "settings" || len(job.Tensors) != 3 || job.Tensors[0].Name != "t0" {
		t.Errorf("the job is %+v, %v", job, err)
	}
}

// TestServers: three servers are as one; the first one gathers their weights and
// ends them.
func TestServers(t *testing.T) {
	direct := newServer(t, config(model()))
	e := embed(t, EmbedOptions{MaxPayload: 10_000})
	over := make(chan error, 3)
	for i := range 3 {
		c := config(nil)
		if i == 0 {
			c.Work = 3
		}
		for _, m := range model() {
			if server.Of(m.Name, 3) == i {
				c.Tensors = append(c.Tensors, m)
			}
		}
		conn, ps := connect(t, e), newServer(t, c)
		go func() { over <- Serve(t.Context(), conn, Place{"job", i, 3}, ps) }()
	}
	c := dial(t, e.URL(), Options{})
	a, b, g := room(model()), room(model()), room(model())
	for seq := uint64(1); seq <= 3; seq++ {
		step(t, direct, "w", seq, a, g, quarter)
		step(t, c, "w", seq, b, g, quarter)
		sameWeights(t, b, a)
	}
	if _, err := c.Pull(t.Context(), "w", 4, b); !errors.Is(err, distributed.ErrDone) {
		t.Error(err)
	}
	if err := <-over; err != nil { // the first one's end
		t.Error(err)
	}
	conn, first, rest := connect(t, e), Place{"job", 0, 3}, []distributed.Tensor{}
	for i, x := range a {
		quarter(x.Data, g[i].Data)
		for j := range x.Data {
			x.Data[j] -= g[i].Data[j] // the last step
		}
		if server.Of(x.Name, 3) > 0 {
			rest = append(rest, x)
		}
	}
	got := room(rest)
	if err := Gather(t.Context(), conn, first, got); err != nil {
		t.Error(err)
	}
	sameWeights(t, got, rest)
	if err := End(t.Context(), conn, first); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-over; err != nil {
			t.Error(err)
		}
	}
}

// TestPushTwice: the same push is applied once.
func TestPushTwice(t *testing.T) {
	e, ps := pair(t, config(model()))
	c := dial(t, e.URL(), Options{})
	w, g := room(model()), room(model())
	step(t, c, "w", 1, w, g, quarter)
	ack, err := c.Push(t.Context(), "w", 1, g)
	if err != nil || ack.Version != 1 || ps.Updates() != 1 {
		t.Errorf("%+v, %v; %d updates", ack, err, ps.Updates())
	}
}

// TestWire: what a form loses comes with the next gradients.
func TestWire(t *testing.T) {
	for _, name := range []string{"float16", "bfloat16", "topk:0.25"} {
		codec, err := wire.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := pair(t, config(model()))
		c := dial(t, e.URL(), Options{Wire: codec})
		w, g := room(model()), room(model())
		const steps = 40
		for seq := uint64(1); seq <= steps; seq++ {
			step(t, c, "w", seq, w, g, func(_, g []float32) {
				for i := range g {
					g[i] = 0.1001 * float32(1+i%3)
				}
			})
		}
		if _, err := c.Pull(t.Context(), "w", steps+1, w); err != nil {
			t.Fatal(err)
		}
		for i, m := range model() {
			for j, v := range w[i].Data {
				want := m.Data[j] - steps*0.1001*float32(1+j%3)
				if d := v - want; d > 2.5 || d < -2.5 {
					t.Fatalf("%s: tensor %d element %d is %v, expected about %v", name, i, j, v, want)
				}
			}
		}
	}
}

// TestErrors: those of the server keep what they are.
func TestErrors(t *testing.T) {
	conf := config(model())
	conf.Work = 1
	e, _ := pair(t, conf)
	c := dial(t, e.URL(), Options{})
	w, g := room(model()), room(model())
	if _, err := c.Push(t.Context(), "w", 7, g); !errors.Is(err, distributed.ErrExpired) {
		t.Errorf("a push without a pull: %v", err)
	}
	if _, err := c.Pull(t.Context(), "w", 8, w); err != nil {
		t.Fatal(err)
	}
	g[1].Data[3] = float32(nan())
	_, err := c.Push(t.Context(), "w", 8, g)
	var wrong *distributed.RefusedError
	if !errors.As(err, &wrong) || wrong.Worker != "w" || !strings.Contains(err.Error(), "t1") {
		t.Errorf("a gradient that is no number: %v", err)
	}
	g[1].Data[3] = 1
	if step(t, c, "w", 9, w, g, quarter); t.Failed() {
		return
	}
	if _, err := c.Pull(t.Context(), "w", 10, w); !errors.Is(err, distributed.ErrDone) {
		t.Errorf("all work is done: %v", err)
	}
	for want, wrong := range map[string][]distributed.Tensor{
		"none of this name":      {{Name: "x", Shape: []int{1}, Data: make([]float32, 1)}},
		"3 elements, expected 7": {{Name: "t1", Shape: []int{3}, Data: make([]float32, 3)}},
	} {
		if _, err := c.Push(t.Context(), "w", 9, wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
}
