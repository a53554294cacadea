package main

import (
	"errors"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
)

// outcome is what came of learning a stream.
type outcome struct {
	loss    float64 // mean of the losses of what was predicted before it was learned
	next    float64 // mean of those of the last examples, that were only predicted
	nonzero int
	file    counter // the size of the model's file
	frozen  counter // that of a model that only predicts
}

// counter counts what is written.
type counter int

// Write counts.
func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// run learns the examples of a stream but the last ones, which it predicts.
func run(l *online.Learner, examples []online.Example, last int) (outcome, error) {
	var out outcome
	learned := len(examples) - last
	for i := range examples {
		x := &examples[i]
		if i < learned {
			out.loss += float64(l.Learn(x).Loss) / float64(learned)
		} else {
			out.next += float64(l.Predict(x).Loss) / float64(last)
		}
	}
	out.nonzero = l.NonZero()
	return out, errors.Join(l.Save(&out.file), l.Freeze().Save(&out.frozen))
}

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

// entrant is a rule of the table.
type entrant struct {
	option string  // that asks for it
	lr     float64 // unless told otherwise; 0: it has none
	learner
}

// learner makes a learner with a learning rate.
type learner func(lr float64) (*online.Learner, error)

var entrants = []entrant{
	{"", 0.5, vowpal(func(lr float64) optim.Rule {
		v := online.DefaultVW()
		v.LR = lr
		return v
	})},
	{"--sgd", 10, vowpal(func(lr float64) optim.Rule {
		return online.VW{LR: lr, PowerT: 0.5, InitialT: 1, DecayLR: 1}
	})},
	{"--coin", 0, vowpal(func(float64) optim.Rule { return online.Coin{Alpha: 4, Beta: 1} })},
	{"--pistol", 0, vowpal(func(float64) optim.Rule { return online.Pistol{Alpha: 1, Beta: 0.5} })},
	{"--ftrl", 0.5, ruled(optim.FTRL, descent.Set("l1", 0.0))},
	{"--ftrl --ftrl_beta 0.01", 0.5, ruled(optim.FTRL, descent.Set("l1", 0.0), descent.Set("beta", 0.01))},
	{"--optimizer ftml", 0.0025, ruled(optim.FTML)},
	{"--optimizer adagrad", 0.01, ruled(optim.AdaGrad)},
	{"--optimizer adam", 0.001, ruled(optim.Adam)},
	{"--optimizer sgd", 0.01, ruled(optim.SGD)},
	{"--formula fading.rule", 0.1, func(lr float64) (*online.Learner, error) {
		rule, err := optim.Parse("fading", fading)
		if err != nil {
			return nil, err
		}
		return ruled(rule)(lr)
	}},
}

// vowpal learns clicks by one of Vowpal Wabbit's rules.
func vowpal(rule func(lr float64) optim.Rule) learner {
	return func(lr float64) (*online.Learner, error) {
		return online.New(rule(lr), online.Options{Loss: online.Logistic})
	}
}

// ruled learns clicks by one of descent's.
func ruled(rule optim.Rule, more ...descent.Option) learner {
	return func(lr float64) (*online.Learner, error) {
		return online.New(rule, online.Options{Loss: online.Logistic}, append(more, descent.LR(lr))...)
	}
}

// loss is what a rule reaches on a stream with a learning rate.
func (e entrant) loss(s stream, lr float64) (float64, error) {
	examples, err := s.examples()
	if err != nil {
		return 0, err
	}
	l, err := e.learner(lr)
	if err != nil {
		return 0, err
	}
	out, err := run(l, examples, 0)
	return out.loss, err
}
