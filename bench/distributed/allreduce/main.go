//go:build mpi

// Command allreduce times distributed.AllReduce over MPI beside MPI_Allreduce, in
// turns on the same numbers:
//
//	CC=mpicc go build -tags mpi ./bench/distributed/allreduce
//	mpirun --oversubscribe --bind-to none -n 2 ./allreduce
//
// Both add float32 numbers. Ours adds in order of the ranks, so that the result is
// the same bits on every engine; MPI's order is its own.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/mpi"
)

func main() {
	rounds := flag.Int("rounds", 15, "how often each is timed")
	largest := flag.Int("mib", 100, "MiB of the largest array")
	flag.Parse()
	if err := run(*rounds, *largest<<20); err != nil {
		fmt.Fprintln(os.Stderr, "allreduce:", err)
		os.Exit(1)
	}
}

func run(rounds, largest int) error {
	c, err := mpi.Open()
	if err != nil {
		return err
	}
	if c.Rank() == 0 {
		fmt.Printf("%d ranks; median of %d, least in brackets, of the slowest rank\n%12s %20s %20s %8s\n",
			c.Size(), rounds, "bytes", "descent", "MPI_Allreduce", "ratio")
	}
	for size := largest; size >= 4; size /= 10 {
		if err := compare(c, make([]float32, size/4), rounds); err != nil {
			c.Abort(err)
			c.Close()
			return err
		}
	}
	return c.Close()
}

// compare prints a line about one size.
func compare(c distributed.Collective, x []float32, rounds int) error {
	entrants := []func() error{
		func() error { return distributed.AllReduce(c, x, distributed.Sum) },
		func() error { return allReduce(x) },
	}
	times := make([][]float64, len(entrants))
	for range rounds + 1 { // the first warms up
		for i, entrant := range entrants {
			for k := range x {
				x[k] = float32(c.Rank() + k%7)
			}
			seconds, err := slowest(c, entrant)
			if err != nil {
				return err
			}
			times[i] = append(times[i], seconds)
		}
	}
	if c.Rank() == 0 {
		ours, theirs := times[0][1:], times[1][1:]
		fmt.Printf("%12d %s %s %8.2f\n", 4*len(x), show(ours), show(theirs), median(ours)/median(theirs))
	}
	return nil
}

// slowest is how many seconds the slowest rank takes.
func slowest(c distributed.Collective, f func() error) (float64, error) {
	if err := distributed.Barrier(c); err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := f(); err != nil {
		return 0, err
	}
	seconds := []float64{time.Since(begin).Seconds()}
	err := distributed.AllReduce(c, seconds, distributed.Max)
	return seconds[0], err
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

func show(x []float64) string {
	duration := func(s float64) time.Duration {
		return time.Duration(s * 1e9).Round(time.Duration(max(s*1e6, 100)))
	}
	return fmt.Sprintf("%20s", fmt.Sprintf("%v (%v)", duration(median(x)), duration(slices.Min(x))))
}
