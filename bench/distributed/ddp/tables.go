package main

import (
	"fmt"
	"strings"

	"github.com/descent-go/descent/dataset"
)

type bench struct {
	train, test *dataset.Data
	python      string
	rounds      int
}

// versus compares one worker and several, with torch's where there is a Python.
func (b *bench) versus(workers int) error {
	fmt.Printf("steps a second of sgd; median of %d\n%-16s %6s %8s %10s %10s\n", b.rounds, "hidden layers", "batch", "workers", "descent", "torch")
	for _, n := range networks {
		counts := []int{1, workers}
		ours, theirs := make([][]float64, len(counts)), make([][]float64, len(counts))
		for range b.rounds {
			for i, w := range counts {
				seconds, _, err := b.ours(n, w, "sgd")
				if err != nil {
					return err
				}
				ours[i] = append(ours[i], float64(n.steps)/seconds)
				if b.python == "" {
					continue
				}
				if seconds, err = b.torch(n, w); err != nil {
					return err
				}
				theirs[i] = append(theirs[i], float64(n.steps)/seconds)
			}
		}
		for i, w := range counts {
			hidden, torch := strings.Trim(fmt.Sprint(n.hidden), "[]"), "-"
			if b.python != "" {
				torch = fmt.Sprintf("%.1f", median(theirs[i]))
			}
			fmt.Printf("%-16s %6d %8d %10.1f %10s\n", hidden, n.batch, w, median(ours[i]), torch)
		}
	}
	return nil
}

// sizes shows the time of a step against the size of the network.
func (b *bench) sizes(workers int) error {
	fmt.Printf("\nmilliseconds a step of adam, a batch of 64; median of %d\n%10s %10s %10s\n", b.rounds, "weights", "1 worker", fmt.Sprint(workers, " workers"))
	for _, width := range []int{20, 200, 2000, 6000} {
		n := network{[]int{width}, 64, max(5, 10_000/width)}
		times := make([][]float64, 2)
		for range b.rounds {
			for i, w := range []int{1, workers} {
				seconds, _, err := b.ours(n, w, "adam")
				if err != nil {
					return err
				}
				times[i] = append(times[i], 1000*seconds/float64(n.steps))
			}
		}
		fmt.Printf("%10d %10.2f %10.2f\n", 785*width+11*width+10-width, median(times[0]), median(times[1]))
	}
	return nil
}

// memory shows how the states are divided.
func (b *bench) memory() error {
	fmt.Printf("\nbytes of adam's states a weight that a worker keeps, the one that keeps most, of 784-1000-1000-10\n%8s %8s\n", "workers", "bytes")
	for _, w := range []int{1, 2, 4, 8} {
		_, bytes, err := b.ours(network{[]int{1000, 1000}, 64, 2}, w, "adam")
		if err != nil {
			return err
		}
		fmt.Printf("%8d %8d\n", w, bytes)
	}
	return nil
}
