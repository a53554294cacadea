// Command ddp times synchronous training of a network on the images of MNIST by
// workers of this process, and beside it, in turns, PyTorch's DistributedDataParallel
// with gloo: the same layers, the same batch, a processor a worker, sgd.
//
//	go run ./bench/distributed/ddp -python python3
//
// Without -python it is descent alone. A second table shows what a step costs by
// the size of the network, a third what a worker keeps of Adam's states.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/descent-go/descent/dataset"
)

// network is what is trained: its hidden layers, between 784 inputs and 10 outputs.
type network struct {
	hidden []int
	batch  int // examples a step, of all workers
	steps  int // that are timed
}

var networks = []network{
	{[]int{200}, 64, 300},
	{[]int{200}, 512, 60},
	{[]int{1000, 1000}, 256, 10},
}

func main() {
	python := flag.String("python", "", "the Python that has torch")
	rounds := flag.Int("rounds", 3, "how often each is timed; the median is shown")
	workers := flag.Int("workers", 2, "workers")
	flag.Parse()
	if err := run(*python, *workers, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "ddp:", err)
		os.Exit(1)
	}
}

func run(python string, workers, rounds int) error {
	train, test, err := dataset.MNIST()
	if err != nil {
		return err
	}
	test.N, test.X, test.Y = 64, test.X[:64*test.Features()], test.Y[:64] // it is not timed
	b := &bench{train: train, test: test, python: python, rounds: rounds}
	if err := b.versus(workers); err != nil {
		return err
	}
	if err := b.sizes(workers); err != nil {
		return err
	}
	return b.memory()
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}
