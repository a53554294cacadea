//go:build mpi

package mpi

// #include <stdlib.h>
// #include "calls.h"
import "C"

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/descent-go/descent/distributed"
)

// grace is how long a rank that has failed waits for the others to hear of it.
const grace = 5 * time.Second

var errLeft = errors.New("it has left, others wait for it")

// notice is what a rank tells all others: that it leaves, that a rank has failed.
type notice struct {
	from    int
	leaves  bool
	begun   uint64 // exchanges, when it leaves
	culprit int    // the rank that has failed, -1 where none has or it is not known
	why     string // empty where none has
}

// A notice is the fields in this order, in so many bytes at most.
const (
	noticeHead  = 1 + 8 + 8
	noticeBytes = 1024
)

func (n notice) bytes() []byte {
	b := make([]byte, noticeHead, noticeBytes)
	if n.leaves {
		b[0] = 1
	}
	binary.LittleEndian.PutUint64(b[1:], n.begun)
	binary.LittleEndian.PutUint64(b[9:], uint64(int64(n.culprit)))
	return append(b, n.why[:min(len(n.why), noticeBytes-noticeHead)]...)
}

func readNotice(from int, b []byte) notice {
	return notice{
		from:    from,
		leaves:  b[0] == 1,
		begun:   binary.LittleEndian.Uint64(b[1:]),
		culprit: int(int64(binary.LittleEndian.Uint64(b[9:]))),
		why:     string(b[noticeHead:]),
	}
}

// peer is what is known of another rank.
type peer struct {
	left  bool
	begun uint64 // exchanges, when it left
}

// misses tells whether a rank has left before an exchange that needs it.
func (p peer) misses(x *exchange, rank int) bool {
	return p.left && x.number >= p.begun && len(x.send[rank])+len(x.recv[rank]) > 0
}

// awaitNotice receives the next notice.
func (t *thread) awaitNotice() error {
	if t.heard == nil {
		t.heard = unsafe.Slice((*byte)(C.malloc(noticeBytes)), noticeBytes)
	}
	return t.add(transfer{way: hears, length: noticeBytes}, t.heard)
}

// tell sends a notice to all others.
func (t *thread) tell(leaves bool) {
	n := notice{leaves: leaves, begun: t.begun, culprit: -1}
	var failed *distributed.RankError
	if errors.As(t.err, &failed) {
		n.culprit, n.why = failed.Rank, failed.Err.Error()
	}
	x := &exchange{left: 1, done: make(chan struct{})}
	data := n.bytes()
	for r := range t.size {
		if r != t.rank {
			t.move(x, r, data, tells) // to whom it cannot be sent cannot be told
		}
	}
	abandoned = append(abandoned, x) // it may still be under way when this rank has left
	x.through()
}

func (t *thread) hear(n notice) {
	if n.leaves {
		t.peers[n.from] = peer{true, n.begun}
	}
	if n.why != "" {
		t.fail(&distributed.RankError{Rank: n.culprit, Err: errors.New(n.why)})
	}
	for _, d := range t.under {
		if d.ofExchange() && t.peers[d.peer].misses(d.x, d.peer) {
			t.fail(&distributed.RankError{Rank: d.peer, Err: errLeft})
			return
		}
	}
}

// abort fails on this rank and tells the others.
func (t *thread) abort(err error) {
	if t.err == nil {
		t.fail(&distributed.RankError{Rank: t.rank, Err: err})
		t.tell(false)
	}
}

// leave tells the others that this rank takes part no longer.
func (t *thread) leave() {
	if t.leaving {
		return
	}
	if slices.ContainsFunc(t.under, transfer.ofExchange) {
		t.abort(errors.New("it was closed while an exchange was under way"))
	}
	t.leaving, t.knew = true, t.err
	t.last, t.until = time.Now(), time.Now().Add(grace)
	t.tell(true)
}

// absent is a rank that has not left, -1 where all have.
func (t *thread) absent() int {
	for r, p := range t.peers {
		if r != t.rank && !p.left {
			return r
		}
	}
	return -1
}

// over tells whether a thread that leaves has nothing left to wait for.
func (t *thread) over() bool {
	return t.leaving && (t.absent() < 0 && t.idle() || t.err != nil && time.Now().After(t.until))
}

// end ends MPI unless a rank does not leave, which would be waited for. A failure
// of which not all know is said once more, since mpirun may end rank 0 before it
// has spoken.
func (t *thread) end() {
	unheard := t.absent() >= 0
	if t.knew == nil || unheard {
		t.closing = t.err
	}
	if !unheard {
		for i := range t.requests { // of notices alone
			C.forget(&t.requests[i], 0)
		}
		if code := C.close_mpi(); code != C.MPI_SUCCESS {
			t.closing = fmt.Errorf("mpi: MPI does not end: %w", explain(code))
		}
	}
	t.err = errClosed
}
