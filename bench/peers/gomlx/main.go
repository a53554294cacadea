// Command gomlx is the peer for GoMLX's optimizers on its backend in Go. It is
// a module of its own, so that descent's does not require GoMLX.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"
	"github.com/gomlx/gomlx/pkg/ml/train/optimizers"

	"github.com/descent-go/descent/bench/peers/protocol"
)

// rules are those that compute what descent's do; GoMLX's rmsprop corrects for
// having started at zero.
var rules = map[string]func() optimizers.Interface{
	"sgd": func() optimizers.Interface {
		return optimizers.StochasticGradientDescent().WithLearningRate(0.01).WithDecay(false).Done()
	},
	"adam": func() optimizers.Interface { return optimizers.Adam().LearningRate(0.001).Epsilon(1e-8).Done() },
}

// updater is what the optimizers above are for gradients that are there.
type updater interface {
	UpdateGraphWithGradients(ctx *context.Context, grads []*graph.Node, loss dtypes.DType)
}

// peer keeps weights and gradients as variables of a context.
type peer struct {
	context        *context.Context
	exec           *context.Exec
	weights, grads []*context.Variable
}

func (p *peer) Prepare(w protocol.Work) error {
	make, ok := rules[w.Rule]
	if !ok {
		return protocol.ErrNoRule
	}
	runtime.GOMAXPROCS(w.Threads)
	backend, err := simplego.New("")
	if err != nil {
		return err
	}
	*p = peer{context: context.New()}
	weights, grads := protocol.Fill(w.All())
	for i := range w.Tensors {
		variable := func(name string, x []float32) *context.Variable {
			t := tensors.FromFlatDataAndDimensions(x[i*w.Weights:(i+1)*w.Weights], w.Weights)
			return p.context.VariableWithValue(fmt.Sprint(name, i), t)
		}
		p.weights = append(p.weights, variable("w", weights))
		p.grads = append(p.grads, variable("g", grads).SetTrainable(false))
	}
	update := make().(updater)
	p.exec, err = context.NewExec(backend, p.context, func(ctx *context.Context, g *graph.Graph) *graph.Node {
		var nodes []*graph.Node
		for i, grad := range p.grads {
			p.weights[i].ValueGraph(g) // an optimizer moves what the graph uses
			nodes = append(nodes, grad.ValueGraph(g))
		}
		update.UpdateGraphWithGradients(ctx, nodes, dtypes.Float32)
		return graph.ScalarZero(g, dtypes.Float32)
	})
	return err
}

func (p *peer) Run(steps int) (time.Duration, error) {
	begin := time.Now()
	for range steps {
		if _, err := p.exec.Exec(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}

func (p *peer) Scale(factor float32) error {
	for _, grad := range p.grads {
		t, err := grad.Value()
		if err != nil {
			return err
		}
		tensors.MustMutableFlatData(t, func(x []float32) {
			for i := range x {
				x[i] *= factor
			}
		})
	}
	return nil
}

func (p *peer) Moved() (float64, error) {
	var all []float32
	for _, weight := range p.weights {
		t, err := weight.Value()
		if err != nil {
			return 0, err
		}
		all = append(all, tensors.MustCopyFlatData[float32](t)...)
	}
	return protocol.Distance(all), nil
}

func (p *peer) Drop() error {
	if p.exec != nil {
		p.exec.Finalize()
	}
	*p = peer{}
	runtime.GC()
	return nil
}

func main() {
	if err := protocol.Serve(&peer{}, os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}
