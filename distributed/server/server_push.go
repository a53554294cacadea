package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/descent-go/descent/distributed"
)

// Push applies the gradients of a pull, of all tensors or of some; see
// [distributed.ParameterServer]. Gradients of wrong names, shapes or lengths, and
// those that hold a NaN or an infinity, are a [distributed.RefusedError]. With a
// store, an error of the disk leaves everything as it was: the push can be sent
// again, when there is space say.
func (s *Server) Push(ctx context.Context, worker string, seq uint64, grads []distributed.Tensor) (distributed.Ack, error) {
	if err := ctx.Err(); err != nil {
		return distributed.Ack{}, err
	}
	if err := s.core.check(grads); err != nil {
		return distributed.Ack{}, s.refuse(worker, seq, err)
	}
	for {
		w, ack, flight, err := s.begin(worker, seq)
		if w != nil {
			return s.commit(w, grads)
		}
		if flight == nil {
			return ack, err
		}
		if err := s.await(ctx, flight); err != nil {
			return distributed.Ack{}, err
		}
	}
}

// refuse gives the pull of a wrong push up, and warns of it.
func (s *Server) refuse(worker string, seq uint64, why error) error {
	s.mu.Lock()
	err := s.core.refuse(worker, seq, why)
	s.wake()
	s.mu.Unlock()
	s.config.Warn(err)
	return err
}

// begin gives the worker whose push is to be made, or the answer, or the flight of
// the same push that is to be waited for.
func (s *Server) begin(worker string, seq uint64) (*worker, distributed.Ack, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return nil, distributed.Ack{}, nil, errClosed
	}
	w, again, err := s.core.begin(time.Now(), worker, seq)
	switch {
	case err == errBusy:
		return nil, distributed.Ack{}, s.flights[worker], nil
	case err != nil || again:
		return nil, ackOf(w), nil, err
	}
	s.flights[worker] = make(chan struct{})
	return w, distributed.Ack{}, nil, nil
}

// commit brings a push to disk, where there is a store, and applies it.
func (s *Server) commit(w *worker, grads []distributed.Tensor) (ack distributed.Ack, err error) {
	var failed error // of the update
	apply := func(uint64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		ack, failed = s.core.apply(w, grads)
		if failed == nil && s.config.Updated != nil {
			s.config.Updated(s.core, w.name)
		}
	}
	if s.store == nil {
		apply(0)
	} else {
		err = s.append(w, grads, apply)
	}
	if s.land(w, err != nil) || failed != nil {
		s.config.Warn(s.warning(err, failed))
	}
	return ack, errors.Join(err, failed)
}

// warning is what the one who runs the server is told of a push that went wrong.
func (s *Server) warning(err, failed error) error {
	if errors.Is(err, ErrFull) {
		return fmt.Errorf("server: the disk of %s is full: workers wait until there is space: %w", s.config.Store, err)
	}
	return errors.Join(err, failed)
}

// land ends the flight of a push, and reports whether it is the first that could not
// be brought to disk, which others that are sent again and again follow.
func (s *Server) land(w *worker, lost bool) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if lost {
		s.core.undo(time.Now(), w)
	}
	close(s.flights[w.name])
	delete(s.flights, w.name)
	s.wake()
	first, s.stuck = lost && !s.stuck, lost
	return first
}
