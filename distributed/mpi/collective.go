//go:build mpi

package mpi

import (
	"errors"
	"fmt"

	"github.com/descent-go/descent/distributed"
)

// collective hands what it is asked to the thread that makes the calls.
type collective struct{ t *thread }

func (c *collective) Rank() int { return c.t.rank }
func (c *collective) Size() int { return c.t.size }

func (c *collective) Start(send, recv [][]byte) distributed.Pending {
	x := &exchange{send: send, recv: recv, done: make(chan struct{})}
	if err := c.check(send, recv); err != nil {
		x.finish(err)
		return x
	}
	copy(recv[c.t.rank], send[c.t.rank])
	if !c.t.do(func(t *thread) { t.begin(x) }) {
		x.finish(errClosed)
	}
	return x
}

func (c *collective) check(send, recv [][]byte) error {
	rank, size := c.t.rank, c.t.size
	if len(send) != size || len(recv) != size {
		return fmt.Errorf("mpi: rank %d gives %d parts to send and %d to receive: one for each of %d ranks is needed",
			rank, len(send), len(recv), size)
	}
	if len(send[rank]) != len(recv[rank]) {
		return fmt.Errorf("mpi: rank %d sends %d bytes to itself and receives %d", rank, len(send[rank]), len(recv[rank]))
	}
	return nil
}

// Abort tells all ranks why, as a text. The process goes on: Close, and exit with
// a code other than 0.
func (c *collective) Abort(err error) {
	if err == nil {
		err = errors.New("aborted without a reason")
	}
	c.t.do(func(t *thread) { t.abort(err) })
}

// Close waits until all ranks close, as MPI demands; a rank that fails meanwhile is
// its error. After a failure it waits for a few seconds only, so that the others
// learn of it; if they do not close it returns the failure once more and leaves the
// rest to mpirun, which ends all ranks when one exits with a code other than 0.
func (c *collective) Close() error {
	c.t.do(func(t *thread) { t.leave() })
	<-c.t.ended
	return c.t.closing
}
