package server

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

// drive is a worker that sends everything twice at a time.
func drive(s *Server, name string, gradient func(unit int) []distributed.Tensor) error {
	for seq := uint64(1); ; seq++ {
		ticket, err := twice(func() (distributed.Ticket, error) { return s.Pull(ctx, name, seq, model()) })
		if errors.Is(err, distributed.ErrDone) {
			return nil
		}
		if err != nil {
			return err
		}
		grads := gradient(ticket.Work)
		if _, err := twice(func() (distributed.Ack, error) { return s.Push(ctx, name, seq, grads) }); err != nil {
			return err
		}
	}
}

// twice calls f from two goroutines.
func twice[T any](f func() (T, error)) (T, error) {
	other := make(chan error)
	go func() { _, err := f(); other <- err }()
	x, err := f()
	return x, errors.Join(err, <-other)
}

// TestWorkers trains with goroutines: every unit is applied once, none later than
// the bound, and the bits are those of the same pushes one after the other.
func TestWorkers(t *testing.T) {
	const units = 120
	for _, bound := range []int{-1, 0, 3} {
		for _, rule := range []optim.Rule{optim.SGD, optim.DCASGD} {
			s := newTestServer(t, Config{Rule: rule, MaxDelay: bound, Work: units, Lease: time.Minute})
			var mu sync.Mutex
			times := make([]int, units)
			var all sync.WaitGroup
			for i := range 6 {
				all.Go(func() {
					err := drive(s, fmt.Sprint(i), func(unit int) []distributed.Tensor {
						mu.Lock()
						defer mu.Unlock()
						times[unit]++
						return gradients(uint64(unit))
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			<-s.Done()
			for unit, n := range times {
				if n != 1 {
					t.Errorf("unit %d was handed out %d times", unit, n)
				}
			}
			stats := s.Stats()
			if s.Updates() != units || stats.WorkDone != units || bound >= 0 && stats.MaxDelay() > bound {
				t.Errorf("bound %d: %+v", bound, stats)
			}
		}
	}
}

// TestPullWaits cancels a pull that waits, and closes the server under another.
func TestPullWaits(t *testing.T) {
	s := newTestServer(t, Config{})
	if _, err := s.Pull(ctx, "a", 1, model()); err != nil {
		t.Fatal(err)
	}
	waiting, cancel := context.WithCancel(ctx)
	errs := make(chan error, 2)
	go func() { _, err := s.Pull(waiting, "b", 1, model()); errs <- err }()
	until(t, func() bool { return s.Stats().Waiting == 1 })
	cancel()
	if err := <-errs; err != context.Canceled || s.Stats().Waiting != 0 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
	if _, err := s.Push(waiting, "a", 1, gradients(1)); err != context.Canceled || s.Updates() != 0 {
		t.Errorf("%v, %d updates", err, s.Updates())
	}
	if _, err := s.Pull(waiting, "a", 2, model()); err != context.Canceled {
		t.Error(err)
	}
	go func() { _, err := s.Pull(ctx, "c", 1, model()); errs <- err }()
	until(t, func() bool { return s.Stats().Waiting == 1 })
	if err := s.Leave(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; err != distributed.ErrExpired || s.Stats().Waiting != 0 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
	go func() { _, err := s.Pull(ctx, "c", 1, model()); errs <- err }()
	go func() { _, err := s.Pull(ctx, "b", 1, model()); errs <- err }()
	until(t, func() bool { return s.Stats().Waiting == 2 })
	if err := s.Leave(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; err != errClosed {
		t.Error(err)
	}
	for _, worker := range []string{"b", "c"} {
		if _, err := s.Pull(ctx, worker, 2, model()); err != errClosed {
			t.Error(err)
		}
		if _, err := s.Push(ctx, worker, 1, gradients(1)); err != errClosed {
			t.Error(err)
		}
	}
}

// until waits for what goroutines are about to do.
func until(t *testing.T, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}

// TestLost is a worker that is not heard of: who waits gets its turn and its work.
func TestLost(t *testing.T) {
	s := newTestServer(t, Config{Lease: 20 * time.Millisecond, Work: 1})
	if _, err := s.Pull(ctx, "a", 1, model()); err != nil {
		t.Fatal(err)
	}
	ticket, err := s.Pull(ctx, "b", 1, model())
	if err != nil || ticket.Work != 0 || s.Stats().Lost == 0 { // b's own pull may be lost too by now
		t.Errorf("%+v, %v, %+v", ticket, err, s.Stats())
	}
	if err := s.Alive(ctx, "nobody"); err != nil {
		t.Error(err)
	}
}

func TestWrongTensors(t *testing.T) {
	var warned []error
	s := newTestServer(t, Config{Warn: func(err error) { warned = append(warned, err) }})
	into := model()
	into[0].Data = into[0].Data[1:]
	var refused *distributed.RefusedError
	if _, err := s.Pull(ctx, "a", 1, into); !errors.As(err, &refused) {
		t.Error(err)
	}
	if err := s.Eval(into); err == nil {
		t.Error("no error")
	}
	if _, err := s.Copy(into); err == nil {
		t.Error("no error")
	}
	if _, err := s.Push(ctx, "a", 1, into); !errors.As(err, &refused) || s.Stats().Refused != 1 || len(warned) != 1 || warned[0] != err {
		t.Error(err, warned)
	}
	job, err := s.Job(ctx)
	if err != nil || len(job.Tensors) != 2 || job.Tensors[0].Data != nil || job.Rule == "" {
		t.Errorf("%+v, %v", job, err)
	}
}

// TestAllocations is that pulls make no copies of their own once there were some:
// the model takes 36 kB.
func TestAllocations(t *testing.T) {
	for _, rule := range []optim.Rule{optim.SGD, optim.DCASGD} {
		s := newTestServer(t, Config{Rule: rule, MaxDelay: -1})
		grads := gradients(1)
		seq := uint64(0)
		acquire := func() {
			_, w, err := s.Acquire(ctx, "a", seq)
			if err != nil {
				t.Fatal(err)
			}
			w.Release()
		}
		steps := func() {
			for range 50 {
				seq++
				acquire()
				if _, err := s.Push(ctx, "a", seq, grads); err != nil {
					t.Fatal(err)
				}
			}
		}
		steps()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		steps()
		runtime.ReadMemStats(&after)
		if n := (after.TotalAlloc - before.TotalAlloc) / 50; n > 2000 {
			t.Errorf("%s: %d bytes for a pull and a push", rule.Name(), n)
		}
		seq++
		if n := testing.AllocsPerRun(50, acquire); n > 0 {
			t.Errorf("%s: %v allocations for a pull", rule.Name(), n)
		}
	}
}
