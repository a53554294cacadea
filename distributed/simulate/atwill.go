package simulate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/train"
)

// atWill are workers that go each at its own pace, against a parameter server.
type atWill struct {
	*run
	core    *server.Core
	workers []worker
	events  events
	in, out float64 // when the server's links are free
	grads   []distributed.Tensor
	into    []distributed.Tensor
}

type worker struct {
	rand    *rand.Rand
	seq     uint64 // of its last pull
	ticket  distributed.Ticket
	weights *server.Weights
	took    float64 // for the gradient under way
}

func newAtWill(r *run, options []descent.Option) (*atWill, error) {
	a := &atWill{run: r, workers: make([]worker, r.Workers)}
	for _, t := range r.tensors {
		a.into = append(a.into, distributed.Tensor{Name: t.Name, Shape: t.Shape, Data: t.Value})
		a.grads = append(a.grads, distributed.Tensor{Name: t.Name, Shape: t.Shape, Data: t.Grad})
	}
	var err error
	a.core, err = server.NewCore(server.Config{Rule: r.task.Rule, Options: options, Tensors: a.into, MaxDelay: r.MaxDelay, Work: r.work()})
	if err != nil {
		return nil, err
	}
	for w, source := range sources(r.Seed, r.Workers) {
		a.workers[w].rand = source
		if err := a.ask(w); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// clock is the simulated time as the server takes it.
func (a *atWill) clock() time.Time { return time.Unix(0, int64(a.now*1e9)) }

// ask asks for weights, anew or again. A worker that has to wait hears from grant.
func (a *atWill) ask(w int) error {
	k := &a.workers[w]
	ticket, weights, err := a.core.Pull(a.clock(), strconv.Itoa(w), k.seq+1)
	switch {
	case errors.Is(err, server.ErrWait), errors.Is(err, distributed.ErrDone):
		return nil
	case err != nil:
		return err
	}
	k.seq, k.ticket, k.weights = k.seq+1, ticket, weights
	k.took = a.Delay.draw(w, a.Workers, k.rand)
	a.out = max(a.out, a.now) + a.Network.send(a.bytes)
	a.events.add(a.out+a.Network.latency+k.took, w, computed)
	return nil
}

// advance goes on until a gradient has been applied.
func (a *atWill) advance() (bool, error) {
	for {
		e, ok := a.events.next()
		if !ok {
			return false, a.complete()
		}
		a.now = e.at
		if e.kind == arrived {
			return true, a.apply(e.worker)
		}
		a.in = max(a.in, a.now) + a.Network.send(a.bytes)
		a.events.add(a.in+a.Network.latency, e.worker, arrived)
	}
}

// complete sees that all is done where nothing happens any more.
func (a *atWill) complete() error {
	if left := a.work() - a.result.Batches; left > 0 {
		return fmt.Errorf("simulate: nothing happens any more, and %d batches are left: a mistake of this package", left)
	}
	return nil
}

// apply computes the gradient that has come from a worker, and makes the update.
func (a *atWill) apply(w int) error {
	k := &a.workers[w]
	for i, t := range a.tensors {
		copy(t.Value, k.weights.Data(i))
	}
	k.weights.Release()
	k.weights = nil
	if err := a.gradient(k.ticket.Work); err != nil {
		return err
	}
	ack, err := a.core.Push(a.clock(), strconv.Itoa(w), k.seq, a.grads)
	var infinite *descent.NotFiniteError
	if errors.As(err, &infinite) {
		return fmt.Errorf("%w: %w", train.ErrDiverged, err)
	}
	if err != nil {
		return err
	}
	a.computed += k.took
	a.result.Updates++
	a.result.Delays.add(ack.Delay)
	return errors.Join(a.grant(), a.ask(w))
}

// grant lets those who wait have weights, as far as that may be.
func (a *atWill) grant() error {
	for {
		name, ok := a.core.Next(a.clock())
		if !ok {
			return nil
		}
		w, err := strconv.Atoi(name)
		if err != nil {
			return err
		}
		if err := a.ask(w); err != nil {
			return err
		}
	}
}

func (a *atWill) evaluate(measure func() error) error {
	if err := a.core.Eval(a.into); err != nil { // the model's own weights are put in place before each gradient
		return err
	}
	return measure()
}

func (a *atWill) close() error { return nil }
