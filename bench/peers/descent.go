package main

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/bench/peers/protocol"
	"github.com/descent-go/descent/optim"
)

// recipe makes a rule of a case, with options.
type recipe func(rule string) (optim.Rule, []descent.Option, error)

// builtIn gives the rules as they are.
func builtIn(rule string) (optim.Rule, []descent.Option, error) {
	if rule == "momentum" {
		return optim.SGD, []descent.Option{descent.Momentum(0.9)}, nil
	}
	r, err := optim.Lookup(rule)
	return r, nil, err
}

// own is adam as somebody may write it who does not know that it is there.
const own = `
	hyper rate = 0.001, b1 = 0.9, b2 = 0.999, tiny = 1e-8
	state mean, square

	mean = b1*mean + (1-b1)*g
	square = b2*square + (1-b2)*g*g
	w = w - rate * (mean/(1-b1^t)) / (sqrt(square/(1-b2^t)) + tiny)
`

// ownFormula gives that formula.
func ownFormula(rule string) (optim.Rule, []descent.Option, error) {
	if rule != "adam" {
		return nil, nil, protocol.ErrNoRule
	}
	r, err := optim.Parse("own", own)
	return r, nil, err
}

// lowStates gives adam with states in bfloat16.
func lowStates(rule string) (optim.Rule, []descent.Option, error) {
	if rule != "adam" {
		return nil, nil, protocol.ErrNoRule
	}
	return optim.Adam, []descent.Option{descent.StateType(descent.BF16)}, nil
}

// newFormula gives another formula each time, so that nothing compiled before
// can be of use: adam with a negligible term.
func newFormula() recipe {
	n := 0
	return func(string) (optim.Rule, []descent.Option, error) {
		n++
		r, err := optim.Parse("own", strings.Replace(own, "g*g", fmt.Sprintf("(g*g + %de-30*g^3)", n), 1))
		return r, nil, err
	}
}

// local is descent as a peer, in the conductor's process. The optimizer is
// made within the first step, so that its time is that step's.
type local struct {
	recipe         recipe
	work           protocol.Work
	weights, grads []float32
	opt            *descent.Optimizer
}

func (l *local) Prepare(w protocol.Work) error {
	if _, _, err := l.recipe(w.Rule); err != nil {
		return err
	}
	l.work = w
	l.weights, l.grads = protocol.Fill(w.All())
	return nil
}

func (l *local) make() error {
	rule, options, err := l.recipe(l.work.Rule)
	if err != nil {
		return err
	}
	var params []descent.Param
	for i, n := 0, l.work.Weights; i < l.work.Tensors; i++ {
		params = append(params, descent.NewParam(fmt.Sprint("t", i), l.weights[i*n:(i+1)*n], l.grads[i*n:(i+1)*n]))
	}
	l.opt, err = descent.New(rule, params, append(options, descent.Threads(l.work.Threads))...)
	return err
}

func (l *local) Run(steps int) (time.Duration, error) {
	begin := time.Now()
	if l.opt == nil {
		if err := l.make(); err != nil {
			return 0, err
		}
	}
	for range steps {
		if err := l.opt.Step(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}

func (l *local) Scale(factor float32) error {
	for i := range l.grads {
		l.grads[i] *= factor
	}
	return nil
}

func (l *local) Moved() (float64, error) { return protocol.Distance(l.weights), nil }

func (l *local) Drop() error {
	var err error
	if l.opt != nil {
		err = l.opt.Close()
	}
	*l = local{recipe: l.recipe}
	debug.FreeOSMemory()
	return err
}
