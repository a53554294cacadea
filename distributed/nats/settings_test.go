package nats

import (
	"strings"
	"testing"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/optim"
)

// TestSmallMessages: NATS takes messages that are shorter than what else travels with
// a question or an answer.
func TestSmallMessages(t *testing.T) {
	for _, payload := range []int{1000, 8192} {
		e := embed(t, EmbedOptions{MaxPayload: payload})
		tensors := []distributed.Tensor{{Name: "t0", Shape: []int{5000}, Data: make([]float32, 5000)}}
		c := config(tensors)
		c.Meta = strings.Repeat("settings ", 1000)
		ps := newServer(t, c)
		serve(t, connect(t, e), Place{Job: "job"}, ps)
		w := dial(t, e.URL(), Options{})
		into, grads := room(tensors), room(tensors)
		step(t, w, "w", 1, into, grads, quarter)
		if ps.Updates() != 1 {
			t.Errorf("messages of %d bytes: %d updates", payload, ps.Updates())
		}
	}
}

// TestServersDiffer: servers of one job that train with other settings are refused by
// the first difference.
func TestServersDiffer(t *testing.T) {
	for want, change := range map[string]func(*server.Config){
		`the first one has "lr":0.5, server 1 has "lr":0.25`:               func(c *server.Config) { c.Meta = `{"seed":1,"hypers":{"lr":0.25},"batch":8}` },
		`the first one has "batch":8, server 1 has "epochs":9`:             func(c *server.Config) { c.Meta = `{"seed":1,"hypers":{"lr":0.5},"epochs":9}` },
		"server 1 has hyper lr = 0.0001 [0,inf): start them with the same": func(c *server.Config) { c.Rule = optim.Lion },
	} {
		e := embed(t, EmbedOptions{})
		for i := range 2 {
			c := config(nil)
			c.Meta = `{"seed":1,"hypers":{"lr":0.5},"batch":8}`
			if i == 1 {
				change(&c)
			}
			for _, m := range model() {
				if server.Of(m.Name, 2) == i {
					c.Tensors = append(c.Tensors, m)
				}
			}
			serve(t, connect(t, e), Place{"job", i, 2}, newServer(t, c))
		}
		c, err := Dial(t.Context(), Options{Job: "job", Connection: Connection{URL: e.URL()}})
		if err == nil {
			_ = c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
