// Command gorgonia is the peer for Gorgonia's solvers. They use one thread and
// leave the gradients 0, so that these are set anew between steps, which is not
// timed.
package main

import (
	"log"
	"os"
	"runtime"
	"time"

	_ "go4.org/unsafe/assume-no-moving-gc" // the version that knows this release of Go
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/descent-go/descent/bench/peers/protocol"
)

var solvers = map[string]func() gorgonia.Solver{
	"sgd": func() gorgonia.Solver { return gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.01)) },
	"momentum": func() gorgonia.Solver {
		return gorgonia.NewMomentum(gorgonia.WithLearnRate(0.01), gorgonia.WithMomentum(0.9))
	},
	"rmsprop": func() gorgonia.Solver {
		return gorgonia.NewRMSPropSolver(gorgonia.WithLearnRate(0.001), gorgonia.WithRho(0.9))
	},
	"adagrad": func() gorgonia.Solver {
		return gorgonia.NewAdaGradSolver(gorgonia.WithLearnRate(0.01), gorgonia.WithEps(1e-7))
	},
	"adam": func() gorgonia.Solver { return gorgonia.NewAdamSolver(gorgonia.WithLearnRate(0.001)) },
}

// variable is a tensor with its gradient.
type variable struct{ value, grad *tensor.Dense }

func (v variable) Value() gorgonia.Value         { return v.value }
func (v variable) Grad() (gorgonia.Value, error) { return v.grad, nil }

// peer has all tensors' weights and gradients in one array each; given are the
// gradients to set.
type peer struct {
	solver                gorgonia.Solver
	model                 []gorgonia.ValueGrad
	weights, grads, given []float32
}

func (p *peer) Prepare(w protocol.Work) error {
	make, ok := solvers[w.Rule]
	if !ok {
		return protocol.ErrNoRule
	}
	runtime.GOMAXPROCS(w.Threads)
	*p = peer{solver: make()}
	p.weights, p.given = protocol.Fill(w.All())
	p.grads = append(p.grads, p.given...)
	for i := 0; i < w.All(); i += w.Weights {
		of := func(x []float32) *tensor.Dense {
			return tensor.New(tensor.WithShape(w.Weights), tensor.WithBacking(x[i:i+w.Weights]))
		}
		p.model = append(p.model, variable{of(p.weights), of(p.grads)})
	}
	return nil
}

func (p *peer) Run(steps int) (time.Duration, error) {
	var total time.Duration
	for range steps {
		copy(p.grads, p.given)
		begin := time.Now()
		if err := p.solver.Step(p.model); err != nil {
			return 0, err
		}
		total += time.Since(begin)
	}
	return total, nil
}

func (p *peer) Scale(factor float32) error {
	for i := range p.given {
		p.given[i] *= factor
	}
	return nil
}

func (p *peer) Moved() (float64, error) { return protocol.Distance(p.weights), nil }

func (p *peer) Drop() error {
	*p = peer{}
	runtime.GC()
	return nil
}

func main() {
	if err := protocol.Serve(&peer{}, os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}
