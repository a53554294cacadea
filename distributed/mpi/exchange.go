//go:build mpi

package mpi

import "runtime"

// exchange is one under way. After Start it is the thread's, until done is closed.
type exchange struct {
	send, recv [][]byte
	number     uint64 // from 0, the same on all ranks
	left       int    // pieces that are not through
	pins       runtime.Pinner
	over       bool
	err        error
	done       chan struct{}
}

// Wait waits for the thread.
func (x *exchange) Wait() error {
	<-x.done
	return x.err
}

// through counts a piece that has been moved.
func (x *exchange) through() {
	if x.left--; x.left == 0 && !x.over {
		x.pins.Unpin()
		x.finish(nil)
	}
}

func (x *exchange) finish(err error) {
	x.over, x.err = true, err
	close(x.done)
}

// abandoned keeps alive what MPI may still touch.
var abandoned []*exchange

// abandon ends an exchange that is not through.
func abandon(x *exchange, err error) {
	if !x.over {
		abandoned = append(abandoned, x)
		x.finish(err)
	}
}
