package server

import (
	"context"
	"time"

	"github.com/descent-go/descent/distributed"
)

// turn is what calls of a worker's pull wait for.
type turn struct {
	come  chan struct{} // closed when it has come
	calls int           // that wait
	left  bool          // it does not come: the worker has left
}

// Pull fills tensors, found by name, with the weights of one moment, and gives the
// ticket for the gradient at them; see [distributed.ParameterServer]. The same
// pull again gives the same ticket, and the same weights where they are kept; see
// [Core.Pull].
func (s *Server) Pull(ctx context.Context, worker string, seq uint64, into []distributed.Tensor) (distributed.Ticket, error) {
	if err := s.core.fit(into); err != nil {
		return distributed.Ticket{}, &distributed.RefusedError{Worker: worker, Err: err}
	}
	ticket, weights, err := s.Acquire(ctx, worker, seq)
	if err != nil {
		return ticket, err
	}
	defer weights.Release()
	for _, x := range into {
		copy(x.Data, weights.Data(s.core.byName[x.Name]))
	}
	return ticket, nil
}

// Acquire is Pull for one who shows the weights to others without a copy of their
// own: release them then.
func (s *Server) Acquire(ctx context.Context, worker string, seq uint64) (distributed.Ticket, *Weights, error) {
	for {
		if err := ctx.Err(); err != nil {
			return distributed.Ticket{}, nil, err
		}
		ticket, weights, t, err := s.try(worker, seq)
		if t == nil {
			return ticket, weights, err
		}
		if err := s.await(ctx, t.come); err != nil {
			s.forget(worker, t)
			return distributed.Ticket{}, nil, err
		}
		if t.left {
			return distributed.Ticket{}, nil, distributed.ErrExpired
		}
	}
}

// try pulls, or gives what is to be waited for.
func (s *Server) try(worker string, seq uint64) (distributed.Ticket, *Weights, *turn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return distributed.Ticket{}, nil, nil, errClosed
	}
	defer s.wake() // the pull before may have been given up
	ticket, weights, err := s.core.Pull(time.Now(), worker, seq)
	switch {
	case err == errBusy:
		return ticket, nil, &turn{come: s.flights[worker]}, nil
	case err == ErrWait:
		t := s.turns[worker]
		if t == nil {
			t = &turn{come: make(chan struct{})}
			s.turns[worker] = t
		}
		t.calls++
		return ticket, nil, t, nil
	}
	return ticket, weights, nil, err
}

// await waits for something to come.
func (s *Server) await(ctx context.Context, come <-chan struct{}) error {
	select {
	case <-come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return errClosed
	}
}

// forget takes a worker out of the queue when none of its calls waits any more.
func (s *Server) forget(worker string, t *turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.calls--; t.calls == 0 && s.turns[worker] == t {
		delete(s.turns, worker)
		s.core.Forget(worker)
		s.wake()
	}
}

// wake tells those whose turn has come. It is called after whatever may have made
// room, with the lock.
func (s *Server) wake() {
	for {
		name, ok := s.core.Next(time.Now())
		if !ok {
			break
		}
		if t := s.turns[name]; t != nil {
			close(t.come)
			delete(s.turns, name)
		}
	}
	if s.core.Done() && !s.ended {
		s.ended = true
		close(s.done)
	}
}
