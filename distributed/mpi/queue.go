//go:build mpi

package mpi

// #include "calls.h"
import "C"

import "sync"

// queue is what the thread is asked to do.
type queue struct {
	mu     sync.Mutex
	asked  []func(*thread)
	closed bool
	called chan struct{} // wakes a thread that is idle
	ended  chan struct{} // closed when the thread has ended
}

func newQueue() queue {
	return queue{called: make(chan struct{}, 1), ended: make(chan struct{})}
}

// do has the thread do something and tells whether it will.
func (q *queue) do(f func(*thread)) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.asked = append(q.asked, f)
	C.wake() // in a call of C
	select {
	case q.called <- struct{}{}:
	default:
	}
	return true
}

// take is what the thread has to do. After the last time nothing more is asked.
func (q *queue) take(last bool) []func(*thread) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = last
	asked := q.asked
	q.asked = nil
	return asked
}
