//go:build mpi

package mpi

// #include "calls.h"
import "C"

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// longest is how many bytes MPI moves at once: it counts them by int. Tests lower it.
var longest = 1 << 30

// way is where a transfer goes.
type way int

const (
	receives way = iota
	sends
	hears // receives a notice, from any rank
	tells // sends one
)

// transfer is what MPI has been asked to move.
type transfer struct {
	x      *exchange // whose part it is; of notices that are sent their own, nil where one is received
	peer   int
	way    way
	length int
	done   bool
	err    error
}

func (d transfer) ofExchange() bool { return d.way == receives || d.way == sends }

func (d transfer) sent() C.int {
	if d.way == sends || d.way == tells {
		return 1
	}
	return 0
}

// transfers are those under way.
type transfers struct {
	requests []C.MPI_Request
	under    []transfer // what each of the requests moves
	outcomes []C.outcome
}

// idle tells whether nothing moves: there is but the receive of notices.
func (t *transfers) idle() bool { return len(t.under) <= 1 }

// move begins to move data of x, in pieces where it is long.
func (t *transfers) move(x *exchange, peer int, data []byte, w way) error {
	for piece := range slices.Chunk(data, longest) {
		x.pins.Pin(&piece[0])
		if err := t.add(transfer{x: x, peer: peer, way: w, length: len(piece)}, piece); err != nil {
			return err
		}
		x.left++
	}
	return nil
}

func (t *transfers) add(d transfer, data []byte) error {
	var request C.MPI_Request
	var code C.int
	p, n := unsafe.Pointer(&data[0]), C.int(len(data))
	switch d.way {
	case receives:
		code = C.receive_part(p, n, C.int(d.peer), &request)
	case hears:
		code = C.receive_notice(p, n, &request)
	case sends:
		code = C.send_part(p, n, C.int(d.peer), &request)
	case tells:
		code = C.send_notice(p, n, C.int(d.peer), &request)
	}
	if code != C.MPI_SUCCESS {
		return explain(code)
	}
	t.requests = append(t.requests, request)
	t.under = append(t.under, d)
	return nil
}

// wait waits, for at most so many microseconds, until transfers are done, and
// returns these.
func (t *transfers) wait(microseconds int) ([]transfer, error) {
	t.outcomes = slices.Grow(t.outcomes[:0], len(t.requests))[:len(t.requests)]
	n := C.wait_some(C.int(len(t.requests)), unsafe.SliceData(t.requests), C.longlong(microseconds), unsafe.SliceData(t.outcomes))
	if n < 0 {
		return nil, errors.New("MPI cannot tell what became of an exchange")
	}
	var done []transfer
	for _, o := range t.outcomes[:n] {
		t.under[o.index].done = true
		done = append(done, outcomeOf(t.under[o.index], o))
	}
	t.keep(func(d transfer) bool { return !d.done })
	return done, nil
}

// outcomeOf is a transfer that is done.
func outcomeOf(d transfer, o C.outcome) transfer {
	switch {
	case o.error != C.MPI_SUCCESS:
		d.err = explain(o.error)
	case d.way == receives && d.length != int(o.length):
		d.err = fmt.Errorf("it sends %d bytes where %d are expected", o.length, d.length)
	case d.way == hears:
		d.peer, d.length = int(o.source), int(o.length)
	}
	return d
}

// keep forgets all transfers but the wanted.
func (t *transfers) keep(wanted func(transfer) bool) {
	n := 0
	for i, d := range t.under {
		if wanted(d) {
			t.requests[n], t.under[n] = t.requests[i], d
			n++
		}
	}
	t.requests, t.under = t.requests[:n], t.under[:n]
}

// giveUp ends the exchanges with an error. Notices stay under way.
func (t *transfers) giveUp(err error) {
	for i, d := range t.under {
		if d.ofExchange() {
			C.forget(&t.requests[i], d.sent())
			abandon(d.x, err)
		}
	}
	t.keep(func(d transfer) bool { return !d.ofExchange() })
}
