package train

import (
	"fmt"
	"sync"
	"testing"

	"github.com/descent-go/descent/distributed"
)

// mnist are the networks of the command line on images of 28×28, in batches of 64.
var mnist = map[string]Spec{
	"logistic": {Kind: "logistic", Input: []int{784}, Outputs: 10, Batch: 64},
	"mlp":      {Kind: "mlp", Input: []int{784}, Outputs: 10, Hidden: []int{128}, Batch: 64},
	"cnn":      {Kind: "cnn", Input: []int{1, 28, 28}, Outputs: 10, Batch: 64},
}

// BenchmarkGradient measures Load and Gradient of one batch.
func BenchmarkGradient(b *testing.B) {
	for name, s := range mnist {
		b.Run(name, func(b *testing.B) {
			m := newTest(b, s)
			x, y := batch(s, s.Batch, 1)
			for b.Loop() {
				step(b, m, x, y)
			}
		})
	}
}

// BenchmarkOutputs measures the outputs of 10,000 images.
func BenchmarkOutputs(b *testing.B) {
	for name, s := range mnist {
		b.Run(name, func(b *testing.B) {
			m := newTest(b, s)
			x, _ := batch(s, 10_000, 1)
			for b.Loop() {
				if _, err := m.Outputs(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStep measures whole steps of a run of the mlp, Adam's among them; what
// is not the gradient is to be compared with BenchmarkGradient/mlp.
func BenchmarkStep(b *testing.B) {
	train, test := digits()
	r, err := newRun(Config{Train: train, Test: test, Hidden: []int{128}, Epochs: 100}.withDefaults(), nil, alone())
	if err != nil {
		b.Fatal(err)
	}
	defer r.close()
	for b.Loop() {
		if err := r.next(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWorkers measures steps of several workers, for a small network and a
// larger one with larger batches.
func BenchmarkWorkers(b *testing.B) {
	train, test := digits()
	for _, c := range []Config{
		{Hidden: []int{200}, Batch: 64},
		{Hidden: []int{400, 400, 400}, Batch: 256},
	} {
		c.Train, c.Test, c.Epochs = train, part(test, 100), 1000
		for _, c.Workers = range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%v/%d", c.Hidden, c.Workers), func(b *testing.B) { benchmarkWorkers(b, c.withDefaults()) })
		}
	}
}

func benchmarkWorkers(b *testing.B, c Config) {
	var all sync.WaitGroup
	made, begin := make(chan error), make(chan struct{})
	for _, peers := range distributed.Local(c.Workers) {
		all.Go(func() {
			r, err := newRun(c, nil, peers)
			made <- err
			if err != nil {
				return
			}
			defer r.close()
			<-begin
			for range b.N {
				if err := r.next(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	for range c.Workers {
		if err := <-made; err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	close(begin)
	all.Wait()
}
