package distributed_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/descent-go/descent/distributed"
)

// what rank from sends to rank to in the k-th exchange.
func letter(k, from, to, size int) []byte {
	x := make([]byte, size)
	for i := range x {
		x[i] = byte(i + 3*k + 5*from + 7*to)
	}
	return x
}

// plan is what ranks do in a test: sizes of all parts, how many exchanges are
// under way at a time, who gives up when and how.
type exchanges struct {
	ranks, count int
	sizes        []int // of a part, by (k*ranks + from)*ranks + to
	window       []int // by rank
	breaks       int   // the rank that gives up, -1 for none
	at           int   // the exchange before which it does
	aborts       bool  // by Abort, else by Close
}

func randomExchanges(seed uint64) *exchanges {
	rng := rand.New(rand.NewPCG(seed, 1))
	e := &exchanges{ranks: 1 + rng.IntN(5), count: rng.IntN(12), breaks: -1}
	for range e.count * e.ranks * e.ranks {
		e.sizes = append(e.sizes, []int{0, 1, 50, 5000, 9000}[rng.IntN(5)])
	}
	for range e.ranks {
		e.window = append(e.window, 1+rng.IntN(4))
	}
	if e.count > 0 && rng.IntN(2) == 0 {
		e.breaks, e.at, e.aborts = rng.IntN(e.ranks), rng.IntN(e.count), rng.IntN(2) == 0
	}
	return e
}

// run plays a rank: several exchanges are under way, and waited for in any order.
func (e *exchanges) run(c distributed.Collective, seed uint64) error {
	type flight struct {
		k          int
		send, recv [][]byte
		distributed.Pending
	}
	rng := rand.New(rand.NewPCG(seed, uint64(c.Rank())))
	var open []flight
	var first error
	wait := func() {
		i := rng.IntN(len(open))
		f := open[i]
		open = append(open[:i], open[i+1:]...)
		if err := f.Wait(); err != nil {
			first = errors.Join(first, err)
			spoil(f.send, f.recv)
			return
		}
		for r, have := range f.recv {
			if string(have) != string(letter(f.k, r, c.Rank(), len(have))) {
				first = errors.Join(first, fmt.Errorf("exchange %d: rank %d has other bytes of rank %d", f.k, c.Rank(), r))
			}
		}
	}
	for k := range e.count {
		if c.Rank() == e.breaks && k == e.at {
			if e.aborts {
				c.Abort(errors.New("the disk is full"))
			}
			err := c.Close()
			for _, f := range open {
				spoil(f.send, f.recv)
			}
			return err
		}
		send, recv := make([][]byte, e.ranks), make([][]byte, e.ranks)
		for r := range send {
			send[r] = letter(k, c.Rank(), r, e.sizes[(k*e.ranks+c.Rank())*e.ranks+r])
			recv[r] = make([]byte, e.sizes[(k*e.ranks+r)*e.ranks+c.Rank()])
		}
		open = append(open, flight{k, send, recv, c.Start(send, recv)})
		for len(open) >= e.window[c.Rank()] {
			wait()
		}
	}
	for len(open) > 0 {
		wait()
	}
	return first
}

// spoil writes to memory that nobody may touch any more, as the race detector sees.
func spoil(parts ...[][]byte) {
	for _, list := range parts {
		for _, part := range list {
			for i := range part {
				part[i] = 0xff
			}
		}
	}
}

// check runs all ranks and says what is wrong with how they end.
func (e *exchanges) check(t *testing.T, seed uint64) {
	everywhere(distributed.Local(e.ranks), func(c distributed.Collective) {
		err := e.run(c, seed)
		var lost *distributed.RankError
		switch {
		case e.breaks < 0 || e.ranks == 1 || c.Rank() == e.breaks:
			if err != nil {
				t.Errorf("seed %d, rank %d: %v", seed, c.Rank(), err)
			}
		case !errors.As(err, &lost) || lost.Rank != e.breaks || e.aborts != strings.Contains(err.Error(), "the disk is full"):
			t.Errorf("seed %d, rank %d: %v; expected an error about rank %d", seed, c.Rank(), err, e.breaks)
		}
		c.Close()
	})
}

// Whatever the order of events, bytes arrive, and nobody waits for one who has gone.
func TestExchanges(t *testing.T) {
	for seed := range uint64(1000) {
		randomExchanges(seed).check(t, seed)
	}
}

func FuzzExchanges(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { randomExchanges(seed).check(t, seed) })
}

// A rank need not wait for others to wait.
func TestExchangeWithoutWaiting(t *testing.T) {
	ranks := distributed.Local(2)
	there, here := make([]byte, 8000), make([]byte, 8000)
	ranks[0].Start([][]byte{nil, letter(0, 0, 1, 8000)}, [][]byte{nil, here})
	if err := ranks[1].Start([][]byte{letter(0, 1, 0, 8000), nil}, [][]byte{there, nil}).Wait(); err != nil {
		t.Fatal(err)
	}
	if string(there) != string(letter(0, 0, 1, 8000)) || string(here) != string(letter(0, 1, 0, 8000)) {
		t.Error("the bytes have not arrived")
	}
}

// After its end a Collective says so, and closing it again does no harm.
func TestAfterClose(t *testing.T) {
	ranks := distributed.Local(2)
	for range 2 {
		if err := ranks[0].Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := distributed.Barrier(ranks[0]); err == nil || !strings.Contains(err.Error(), "rank 0: its Collective is closed") {
		t.Errorf("by itself: %v", err)
	}
	if err := distributed.Barrier(ranks[1]); err == nil || !strings.Contains(err.Error(), "rank 0: it has left") {
		t.Errorf("by the other: %v", err)
	}
	ranks = distributed.Local(2)
	ranks[1].Abort(nil)
	if err := distributed.Barrier(ranks[0]); err == nil || !strings.Contains(err.Error(), "rank 1: aborted without a reason") {
		t.Errorf("aborted: %v", err)
	}
	if n := len(distributed.Local(-1)) + len(distributed.Local(0)); n != 0 {
		t.Errorf("%d ranks of none", n)
	}
}
