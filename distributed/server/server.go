package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed"
)

// Server is a parameter server for any number of goroutines: a
// [distributed.ParameterServer]. Close it when it is no longer needed.
type Server struct {
	config Config
	store  *store // nil where there is none

	mu      sync.Mutex // guards what follows; held while an update is made
	core    *Core
	turns   map[string]*turn         // of workers whose pull waits
	flights map[string]chan struct{} // of workers whose push is under way, closed when it is over

	done    chan struct{} // closed when all work is done
	ended   bool          // done is closed
	stuck   bool          // the last push could not be brought to disk
	closed  chan struct{}
	closing sync.Once
	failed  error // of Close
	running sync.WaitGroup
	records atomic.Int64 // bytes of the log since its last snapshot
}

var _ distributed.ParameterServer = (*Server)(nil)

// errClosed is that of a server after Close.
var errClosed = errors.New("server: the server is closed")

// New makes a server, which goes on from its store if that is not empty. What
// does not fit the store is an error that names the first difference.
func New(c Config) (*Server, error) {
	if c.SnapshotEvery == 0 {
		c.SnapshotEvery = time.Minute
	}
	if c.Warn == nil {
		c.Warn = func(error) {}
	}
	core, err := newCore(c)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s := &Server{
		config: core.config, core: core, turns: map[string]*turn{}, flights: map[string]chan struct{}{},
		done: make(chan struct{}), closed: make(chan struct{}),
	}
	if c.Store != "" {
		if s.store, err = openStore(c.Store, core, c.Warn); err != nil {
			return nil, fmt.Errorf("server: %w", err)
		}
		s.records.Store(s.store.replayed)
		s.running.Go(s.snapshots)
	}
	if c.Lease > 0 {
		s.running.Go(s.watch)
	}
	s.wake()
	return s, nil
}

// Close makes a last snapshot and gives the store back. Pulls that wait end with
// an error; pushes under way are finished.
func (s *Server) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.running.Wait()
		if s.store != nil {
			s.failed = errors.Join(s.keep(), s.store.log.Close())
		}
	})
	return s.failed
}

// isClosed reports whether Close has been called.
func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// Job tells what is trained.
func (s *Server) Job(context.Context) (*distributed.Job, error) { return s.core.Job(), nil }

// Alive says that a worker is at work.
func (s *Server) Alive(_ context.Context, worker string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.core.Alive(time.Now(), worker)
	return nil
}

// Leave gives up what the worker has pulled; a pull of it that waits ends with
// [distributed.ErrExpired].
func (s *Server) Leave(_ context.Context, worker string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.core.Leave(worker)
	if t := s.turns[worker]; t != nil {
		t.left = true
		close(t.come)
		delete(s.turns, worker)
	}
	s.wake()
	return nil
}

// watch gives up workers that are not heard of.
func (s *Server) watch() {
	due := time.NewTicker(max(s.config.Lease/4, time.Millisecond))
	defer due.Stop()
	for {
		select {
		case <-s.closed:
			return
		case now := <-due.C:
			s.mu.Lock()
			s.core.Expire(now)
			s.wake()
			s.mu.Unlock()
		}
	}
}

// Done is closed when all work is done.
func (s *Server) Done() <-chan struct{} { return s.done }

// Updates is how many gradients have been applied.
func (s *Server) Updates() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.core.Updates()
}

// Stats are the figures so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.core.Stats()
}

// Weights are the present ones. Release them.
func (s *Server) Weights() *Weights {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.core.Weights()
}

// Eval gives tensors, found by name, the weights to evaluate with; see [Core.Eval].
func (s *Server) Eval(into []distributed.Tensor) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.core.Eval(into)
}

// Copy gives tensors the weights in training and returns copies of the states of the
// same moment; see [Core.Copy].
func (s *Server) Copy(into []distributed.Tensor) ([]descent.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	states, err := s.core.Copy(into)
	return clones(states), err
}
