//go:build mpi

package mpi

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/descent-go/descent/distributed"
)

func TestExchange(t *testing.T) { succeeds(t, "exchange") }

// Parts of every length, empty ones among them, several exchanges under way.
func init() {
	scenes["exchange"] = func(c distributed.Collective) error {
		lengths := rand.New(rand.NewPCG(1, 2))
		type flight struct {
			recv, want [][]byte
			p          distributed.Pending
		}
		var flights []flight
		for k := range 100 {
			send, recv, want := letters(c, k, lengths)
			flights = append(flights, flight{recv, want, c.Start(send, recv)})
			if k%7 == 6 {
				runtime.GC()
				for _, f := range slices.Backward(flights) { // in any order
					if err := f.p.Wait(); err != nil {
						return err
					}
					if !slices.EqualFunc(f.recv, f.want, bytes.Equal) {
						return fmt.Errorf("exchange %d: other bytes came than were sent", k)
					}
				}
				flights = flights[:0]
			}
		}
		for _, f := range flights {
			if err := f.p.Wait(); err != nil {
				return err
			}
		}
		return nil
	}
}

// letters are what this rank sends and receives in the k-th exchange; all ranks
// draw the same lengths.
func letters(c distributed.Collective, k int, lengths *rand.Rand) (send, recv, want [][]byte) {
	for from := range c.Size() {
		for to := range c.Size() {
			length := []int{0, 1, 1000, 100_000, 3_000_000}[lengths.IntN(5)]
			letter := bytes.Repeat([]byte{byte(k), byte(from), byte(to)}, length/3+1)[:length]
			if from == c.Rank() {
				send = append(send, letter)
			}
			if to == c.Rank() {
				recv, want = append(recv, make([]byte, length)), append(want, letter)
			}
		}
	}
	return send, recv, want
}

func TestPieces(t *testing.T) { succeeds(t, "pieces", 2) }

// What is longer than MPI can count goes in pieces.
func init() {
	scenes["pieces"] = func(c distributed.Collective) error {
		longest = 1000
		return scenes["exchange"](c)
	}
}

func TestOperations(t *testing.T) { succeeds(t, "operations") }

// Every operation gives to the bit what it gives in one process.
func init() {
	scenes["operations"] = func(c distributed.Collective) error {
		for _, n := range []int{0, 1, 3, 1000, 1_000_003} {
			for _, op := range []distributed.Op{distributed.Sum, distributed.Mean, distributed.Max, distributed.Min} {
				if err := same[float32](c, n, op); err != nil {
					return fmt.Errorf("float32, %d numbers, op %v: %w", n, op, err)
				}
				if err := same[float64](c, n, op); err != nil {
					return fmt.Errorf("float64, %d numbers, op %v: %w", n, op, err)
				}
			}
		}
		return distributed.Barrier(c)
	}
}

// same makes the operations here and on ranks of this process, and compares.
func same[T distributed.Number](c distributed.Collective, n int, op distributed.Op) error {
	ranks := distributed.Local(c.Size())
	results := make([][]T, c.Size())
	failures := make(chan error, c.Size())
	for r, local := range ranks {
		go func() {
			var err error
			results[r], err = operate[T](local, n, op)
			failures <- err
		}()
	}
	for range ranks {
		if err := <-failures; err != nil {
			return err
		}
	}
	got, err := operate[T](c, n, op)
	if err == nil && !slices.Equal(got, results[c.Rank()]) {
		err = errors.New("another result than in one process")
	}
	return err
}

// operate is all that the operations make of numbers, which each rank draws.
func operate[T distributed.Number](c distributed.Collective, n int, op distributed.Op) ([]T, error) {
	draw := rand.New(rand.NewPCG(uint64(c.Rank()), uint64(n)))
	x := make([]T, n)
	for i := range x {
		x[i] = T(draw.NormFloat64() * 1e3)
	}
	starts := make([]int, c.Size())
	for r := range starts {
		starts[r] = r * r * n / (c.Size() * c.Size()) // uneven
	}
	ends := append(slices.Clone(starts[1:]), n)
	own := make([]T, ends[c.Rank()]-starts[c.Rank()])
	err := distributed.ReduceScatter(c, own, x, starts, op)
	all := slices.Clone(x)
	copy(all[starts[c.Rank()]:], own)
	reduced, cast := slices.Clone(x), slices.Clone(x)
	err = errors.Join(err,
		distributed.AllGather(c, all, starts),
		distributed.AllReduce(c, reduced, op),
		distributed.Broadcast(c, cast, c.Size()-1))
	return slices.Concat(own, all, reduced, cast), err
}
