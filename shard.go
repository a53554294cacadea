package descent

import (
	"errors"
	"fmt"

	"github.com/descent-go/descent/internal/plan"
)

// Peers are the optimizers of several processes, the ranks, that train one model
// together. Package distributed makes them; Local and MPI are there.
type Peers interface {
	// Rank is which of them this is, from 0.
	Rank() int
	// Size is how many there are.
	Size() int
	// Gather gives the numbers of all ranks, in order of the ranks: own are this
	// one's, and counts says how many each rank has. All ranks call it at the same
	// places. The result may be overwritten by the next call. An error ends the step
	// or the Eval that called it, and nothing has changed.
	Gather(own []float64, counts []int) ([]float64, error)
}

// Shard splits the weights over several ranks, each of which has an optimizer
// made with the same rule, options and parameters: all parameters laid end to
// end in their order, each rank has the run of them that [Optimizer.Shares]
// says. It keeps the states of these weights only, reads their gradients only and
// moves them only: what it has of other ranks' weights is for the caller to
// renew, before a function of StepFunc computes gradients too. Gradients must
// be the sums or means over all ranks. Norms and other reductions are over all
// weights, and the result of every step is to the bit that of one optimizer.
//
// All ranks call the same methods in the same order. Parameters cannot be added
// later nor have gradients of some rows. Rules that are no formula move all
// weights together and are not split: every rank has everything. With one rank
// it is as without.
//
// A gradient may have been given whole or, by [SetGrad], for the share only.
func Shard(peers Peers) Option {
	return func(s *settings) { s.peers, s.sharded = peers, true }
}

// checkPeers reports peers that make no sense.
func (s *settings) checkPeers() error {
	switch {
	case !s.sharded:
		return nil
	case s.peers == nil:
		return errors.New("Shard(nil): expected peers")
	case s.peers.Size() < 1 || s.peers.Rank() < 0 || s.peers.Rank() >= s.peers.Size():
		return fmt.Errorf("Shard: rank %d of %d: expected a rank from 0 to below their number", s.peers.Rank(), s.peers.Size())
	}
	return nil
}

// isSplit reports whether other ranks have weights.
func (o *Optimizer) isSplit() bool { return o.e != nil && o.e.Peers != nil }

// Range is weights of a parameter: From to below To, row by row.
type Range struct {
	Param    string
	From, To int
}

// Shares lists, for every rank of [Shard], the weights that it moves and keeps
// the states of, in the order of the parameters: whole chunks of 8192 weights or
// whole rows, whatever the rule sums over. Without Shard there is one rank, which
// has all. Rules that are no formula are not split: each rank has all.
func (o *Optimizer) Shares() [][]Range {
	if o.e == nil {
		return nil
	}
	ranks := 1
	if o.settings.sharded {
		ranks = o.settings.peers.Size()
	}
	shares := make([][]Range, ranks)
	for r := range shares {
		for _, p := range o.params {
			if from, to := o.e.Part(p.t, r); from < to {
				shares[r] = append(shares[r], Range{p.name, from, to})
			}
		}
	}
	return shares
}

// cover gives of a state's array what is to be put into another, which may be a
// part of it. It reports whether all of that is there.
func (s State) cover(want State) (plan.Vector, bool) {
	v, n := s.vector(), want.vector().Len()
	at := want.From - s.From
	if s.From < 0 || v.Len() > want.size()-s.From || at < 0 || at+n > v.Len() {
		return plan.Vector{}, false
	}
	return v.Slice(at, at+n), true
}

// size is the number of values on all ranks.
func (s State) size() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}
