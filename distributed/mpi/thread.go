//go:build mpi

package mpi

// #include "calls.h"
import "C"

import (
	"errors"
	"fmt"
	"time"

	"github.com/descent-go/descent/distributed"
)

var errClosed = errors.New("mpi: the Collective is closed")

// tick is after how many microseconds a waiting thread looks at the clock.
const tick = 100_000

// thread makes all calls of MPI. Its methods but do run on its own goroutine,
// which keeps to one thread of the system.
type thread struct {
	rank, size int
	patience   time.Duration
	queue
	transfers
	begun uint64    // exchanges
	last  time.Time // when anything happened

	peers   []peer
	heard   []byte // the notice that comes next, memory of C
	err     error  // why it is of no more use
	leaving bool
	knew    error     // err when it began to leave
	until   time.Time // after a failure: when it waits no longer for others to leave
	closing error     // what Close returns
}

func (t *thread) run() {
	for !t.over() {
		if t.idle() && !t.leaving {
			<-t.called // notices of others are read with the next exchange
		}
		for _, f := range t.take(false) {
			f(t)
		}
		if !t.idle() || t.leaving {
			t.progress()
		}
	}
	t.end()
	for _, f := range t.take(true) {
		f(t)
	}
	close(t.ended)
}

// begin starts to move the parts of an exchange.
func (t *thread) begin(x *exchange) {
	if t.err != nil {
		x.finish(t.err)
		return
	}
	x.number = t.begun
	t.begun++
	t.last = time.Now()
	x.left = 1 // lest it be done before all parts have begun
	if err := t.beginParts(x); err != nil {
		t.fail(err)
		abandon(x, err)
		return
	}
	x.through()
}

func (t *thread) beginParts(x *exchange) error {
	for i := 1; i < t.size; i++ {
		from := (t.rank + t.size - i) % t.size
		if t.peers[from].misses(x, from) {
			return &distributed.RankError{Rank: from, Err: errLeft}
		}
		if err := t.move(x, from, x.recv[from], receives); err != nil {
			return &distributed.RankError{Rank: from, Err: err}
		}
	}
	for i := 1; i < t.size; i++ {
		to := (t.rank + i) % t.size
		if err := t.move(x, to, x.send[to], sends); err != nil {
			return &distributed.RankError{Rank: to, Err: err}
		}
	}
	return nil
}

// progress waits until something happens, for a while.
func (t *thread) progress() {
	done, err := t.wait(tick)
	switch {
	case err != nil:
		t.fail(&distributed.RankError{Rank: -1, Err: err})
	case len(done) > 0:
		t.last = time.Now()
		t.settle(done)
	case t.err == nil && t.patience > 0 && time.Since(t.last) > t.patience:
		t.fail(&distributed.RankError{Rank: t.missing(), Err: fmt.Errorf("nothing came from it for %v", t.patience)})
	}
}

// settle takes what is done, exchanges first: a notice may tell of what comes after.
func (t *thread) settle(done []transfer) {
	var notices []notice
	for _, d := range done {
		switch {
		case d.err != nil:
			t.fail(&distributed.RankError{Rank: d.peer, Err: d.err})
			if d.x != nil {
				abandon(d.x, t.err)
			}
		case d.way == hears:
			notices = append(notices, readNotice(d.peer, t.heard[:d.length]))
		default:
			d.x.through()
		}
	}
	for _, n := range notices {
		t.hear(n)
	}
	if len(notices) == 0 {
		return
	}
	if err := t.awaitNotice(); err != nil {
		t.fail(&distributed.RankError{Rank: t.rank, Err: err})
	}
}

// fail ends the use of the Collective.
func (t *thread) fail(err error) {
	if t.err != nil {
		return
	}
	t.err = err
	t.until = time.Now().Add(grace)
	t.giveUp(err)
}

// missing is a rank that is waited for.
func (t *thread) missing() int {
	for _, d := range t.under {
		if d.ofExchange() {
			return d.peer
		}
	}
	return t.absent()
}
