package server

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// start is when the tests' time begins.
var start = time.Unix(1000, 0)

// model is two tensors, one longer than a chunk of the engine.
func model() []distributed.Tensor {
	r := rand.New(rand.NewPCG(1, 1))
	return []distributed.Tensor{random(r, "fc.weight", 100, 90), random(r, "fc.bias", 90)}
}

func random(r *rand.Rand, name string, shape ...int) distributed.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	t := distributed.Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
	for i := range t.Data {
		t.Data[i] = r.Float32() - 0.5
	}
	return t
}

// gradients are those of a push, the same each time for the same number.
func gradients(number uint64) []distributed.Tensor {
	r := rand.New(rand.NewPCG(number, 2))
	return []distributed.Tensor{random(r, "fc.weight", 100, 90), random(r, "fc.bias", 90)}
}

func clone(tensors []distributed.Tensor) []distributed.Tensor {
	out := slices.Clone(tensors)
	for i := range out {
		out[i].Data = slices.Clone(out[i].Data)
	}
	return out
}

func newTestCore(t testing.TB, c Config) *Core {
	t.Helper()
	if c.Tensors == nil {
		c.Tensors = model()
	}
	if c.Rule == nil {
		c.Rule = optim.SGD
	}
	core, err := NewCore(c)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

func newTestServer(t testing.TB, c Config) *Server {
	t.Helper()
	if c.Tensors == nil {
		c.Tensors = model()
	}
	if c.Rule == nil {
		c.Rule = optim.SGD
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// pull is a pull that must be granted.
func pull(t testing.TB, c *Core, worker string, seq uint64) (distributed.Ticket, *Weights) {
	t.Helper()
	ticket, w, err := c.Pull(start, worker, seq)
	if err != nil {
		t.Fatalf("pull %d of %s: %v", seq, worker, err)
	}
	return ticket, w
}

// push is a push that must be applied.
func push(t testing.TB, c *Core, worker string, seq uint64, grads []distributed.Tensor) distributed.Ack {
	t.Helper()
	ack, err := c.Push(start, worker, seq, grads)
	if err != nil {
		t.Fatalf("push %d of %s: %v", seq, worker, err)
	}
	return ack
}

// holds are the weights in training.
func holds(t testing.TB, c interface {
	Copy([]distributed.Tensor) ([]descent.State, error)
}) ([]distributed.Tensor, []descent.State) {
	t.Helper()
	into := model()
	states, err := c.Copy(into)
	if err != nil {
		t.Fatal(err)
	}
	return into, states
}

// same reports whether tensors are equal to the bit.
func same(a, b []distributed.Tensor) bool {
	return slices.EqualFunc(a, b, func(a, b distributed.Tensor) bool {
		return a.Name == b.Name && slices.EqualFunc(a.Data, b.Data, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
	})
}

// alone trains with one optimizer for all tensors.
func alone(t testing.TB, rule optim.Rule, numbers []uint64, options ...descent.Option) ([]distributed.Tensor, *descent.Optimizer) {
	t.Helper()
	tensors := model()
	var params []descent.Param
	for _, x := range tensors {
		params = append(params, descent.NewParam(x.Name, x.Data, []float32(nil), x.Shape...))
	}
	o, err := descent.New(rule, params, options...)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers {
		for _, g := range gradients(n) {
			if err := descent.SetGrad(o, g.Name, g.Data); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Step(); err != nil {
			t.Fatal(err)
		}
	}
	return tensors, o
}

var ctx = context.Background()
