package distributed

import "fmt"

// Collective joins ranks that work in step. What it moves is bytes: [AllReduce],
// [ReduceScatter], [AllGather], [Broadcast] and [Barrier] are made of its
// exchanges. Every rank must call the same operations in the same order; each
// rank has a Collective of its own, which one goroutine at a time uses. Numbers
// travel as they are in memory: all ranks must have the same order of bytes.
type Collective interface {
	// Rank is which of the ranks this is, from 0.
	Rank() int
	// Size is how many ranks there are.
	Size() int
	// Start begins an exchange: send[r] goes to rank r, and recv[r] is filled with
	// what rank r sends here, whose length must be the same. A part to or from a
	// rank may be empty; what a rank sends to itself is copied too. The memory of
	// both belongs to the exchange until Wait returns. Several may be under way:
	// the n-th of one rank is the n-th of all.
	Start(send, recv [][]byte) Pending
	// Close leaves. Ranks that exchange with this one afterwards get a [RankError].
	// A rank that cannot go on says why by Abort.
	Close() error
	// Abort ends the work of all ranks, which get a [RankError] with this error.
	Abort(err error)
}

// Pending is an exchange under way.
type Pending interface {
	// Wait, called once, returns when all parts have come and what was sent may be changed. An
	// error, a [RankError] where a rank is lost, ends the use of the Collective.
	Wait() error
}

// RankError says that a rank is lost or has failed.
type RankError struct {
	Rank int   // which, -1 where that is not known
	Err  error // why
}

// Error names the rank.
func (e *RankError) Error() string {
	if e.Rank < 0 {
		return fmt.Sprintf("distributed: a rank is lost: %v", e.Err)
	}
	return fmt.Sprintf("distributed: rank %d: %v", e.Rank, e.Err)
}

// Unwrap is why the rank is lost.
func (e *RankError) Unwrap() error { return e.Err }
