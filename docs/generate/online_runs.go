package main

import (
	"fmt"
	"io"
	"math"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// fading is the formula of docs/online.md that is the reader's own.
const fading = `# Follow the regularised leader, whose past fades: with keep = 1 it is ftrl.
hyper lr = 0.1 (0,inf), l1 = 0 [0,inf), beta = 1 [0,inf), keep = 0.995 (0,1]
state z, n, d

n = keep*n + g^2
next = (beta + sqrt(n))/lr
z = keep*z + g - (next - keep*d)*w
d = next
w = where(abs(z) <= l1, 0, (sign(z)*l1 - z)/d)
`

// outcome is what came of learning a stream.
type outcome struct {
	loss    float64 // mean of what was predicted before it was learned
	next    float64 // mean of what was only predicted
	nonzero int
	weights int // features with a state
}

// run learns the examples of a stream, of which the last ones are only
// predicted.
func run(l *online.Learner, examples []online.Example, only int) outcome {
	var out outcome
	learned := len(examples) - only
	for i := range examples {
		x := &examples[i]
		if i < learned {
			out.loss += float64(l.Learn(x).Loss) / float64(learned)
		} else {
			out.next += float64(l.Predict(x).Loss) / float64(only)
		}
	}
	out.nonzero = l.NonZero()
	return out
}

// entrant is a rule of the table, at one of several learning rates.
type entrant struct {
	name, option string
	make         func(lr float64) (optim.Rule, []descent.Option, error)
	usual        float64 // the learning rate unless told otherwise, 0 where there is none
}

// rates are the learning rates that are tried.
var rates1 = []float64{0.003, 0.01, 0.03, 0.1, 0.3, 1}

// own is a rule of package online.
func own(rule func(lr float64) optim.Rule) func(float64) (optim.Rule, []descent.Option, error) {
	return func(lr float64) (optim.Rule, []descent.Option, error) { return rule(lr), nil, nil }
}

// of is a rule of package optim.
func of(rule optim.Rule, more ...descent.Option) func(float64) (optim.Rule, []descent.Option, error) {
	return func(lr float64) (optim.Rule, []descent.Option, error) {
		return rule, append([]descent.Option{descent.LR(lr)}, more...), nil
	}
}

func ownFormula(lr float64) (optim.Rule, []descent.Option, error) {
	rule, err := optim.Parse("fading", fading)
	return rule, []descent.Option{descent.LR(lr)}, err
}

func vowpal(lr float64) optim.Rule {
	v := online.DefaultVW()
	v.LR = lr
	return v
}

var _ = io.EOF
var _ = math.Abs
var _ = fmt.Sprint
