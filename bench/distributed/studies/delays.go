package main

import (
	"context"
	"errors"
	"math"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed/simulate"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// The study of delays: 3 passes over 20,000 images in batches of 32 by a network
// of 32 hidden units. With N workers whose times are exponential a gradient is N-1
// updates late on average.
const (
	delayExamples = 20_000
	delayEpochs   = 3
	delayBatch    = 32
	mostWorkers   = 256
)

// late is a rule under delays, with the values that its settings are chosen from:
// as many pairs for each.
type late struct {
	name           string
	rule           optim.Rule
	rates, lambdas []float64 // no lambda: the rule has none
}

var (
	rates     = []float64{0.3, 0.1, 0.03, 0.01, 0.003}
	lateRules = []late{
		{"sgd", optim.SGD, spread(0.3, 0.003, 20), []float64{0}},
		{"dcasgd", optim.DCASGD, rates, []float64{1, 5, 25, 125}},
		{"dcasgd-adaptive", optim.DCASGDAdaptive, rates, []float64{0.2, 1, 5, 25}},
	}
)

// spread are n numbers at equal ratios.
func spread(from, to float64, n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = from * math.Pow(to/from, float64(i)/float64(n-1))
	}
	return all
}

// delays measures accuracy against the number of workers. "same lr": the learning
// rate is that which suits sgd without delay, lambda is chosen for each number.
// "chosen": both are.
func delays() (*table, error) {
	learn, test, choiceLearn, choiceTest, err := digits(delayExamples)
	if err != nil {
		return nil, err
	}
	t := &table{rows: [][]string{{"way", "rule", "workers", "lr", "lambda", "seed", "accuracy", "mean delay"}}}
	alone := 0.0
	for _, l := range lateRules {
		for workers := 1; workers <= mostWorkers; workers *= 4 {
			lr, lambda, scores, err := l.choose(choiceLearn, choiceTest, workers)
			if err != nil {
				return nil, err
			}
			if l.name == "sgd" && workers == 1 {
				alone = nearest(rates, lr)
			}
			ways := []settings{{"chosen", lr, lambda}, {"same lr", alone, l.best(alone, scores)}}
			for _, way := range ways {
				for seed := uint64(1); seed <= seeds; seed++ {
					accuracy, _, delay, err := l.run(learn, test, workers, way.lr, way.lambda, seed)
					if err != nil {
						return nil, err
					}
					t.add(way.name, l.name, workers, way.lr, way.lambda, seed, accuracy, delay)
				}
			}
		}
	}
	t.sort()
	return t, nil
}

type settings struct {
	name       string
	lr, lambda float64
}

// choose finds the pair with the lowest loss, and gives the losses of all.
func (l late) choose(learn, test *dataset.Data, workers int) (lr, lambda float64, losses map[[2]float64]float64, err error) {
	losses = map[[2]float64]float64{}
	lowest := math.Inf(1)
	for _, r := range l.rates {
		for _, x := range l.lambdas {
			if workers == 1 {
				x = l.lambdas[0] // without delay it changes nothing
			}
			pair := [2]float64{r, x}
			if _, done := losses[pair]; done {
				continue
			}
			_, loss, _, err := l.run(learn, test, workers, r, x, 0)
			if err != nil {
				return 0, 0, nil, err
			}
			if losses[pair] = loss; loss < lowest {
				lowest, lr, lambda = loss, r, x
			}
		}
	}
	return lr, lambda, losses, nil
}

// best is the lambda with the lowest loss at a learning rate.
func (l late) best(lr float64, losses map[[2]float64]float64) float64 {
	best, lowest := l.lambdas[0], math.Inf(1)
	for _, x := range l.lambdas {
		if loss, ok := losses[[2]float64{lr, x}]; ok && loss < lowest {
			best, lowest = x, loss
		}
	}
	return best
}

// nearest is the one of some values that is nearest by its logarithm.
func nearest(values []float64, v float64) float64 {
	best := values[0]
	for _, x := range values {
		if math.Abs(math.Log(x/v)) < math.Abs(math.Log(best/v)) {
			best = x
		}
	}
	return best
}

// run is the accuracy and the loss on test after training, where it diverges the
// accuracy of a guess and infinity; and the mean delay.
func (l late) run(learn, test *dataset.Data, workers int, lr, lambda float64, seed uint64) (accuracy, loss, delay float64, err error) {
	times, err := simulate.ParseDelay("exponential")
	if err != nil {
		return 0, 0, 0, err
	}
	c := simulate.Config{
		Train: learn, Test: test, Hidden: []int{32}, Rule: l.rule, Options: []descent.Option{descent.LR(lr)},
		Epochs: delayEpochs, Batch: delayBatch, Seed: seed,
		Workers: workers, Delay: times, MaxDelay: -1, Points: 1,
	}
	if lambda > 0 {
		c.Options = append(c.Options, descent.Set("lambda", lambda))
	}
	result, err := simulate.Run(context.Background(), c)
	if errors.Is(err, train.ErrDiverged) {
		return 1 / float64(len(test.Classes())), math.Inf(1), result.Delays.Mean, nil
	}
	if err != nil {
		return 0, 0, 0, err
	}
	return *result.Last().TestAccuracy, result.Last().TestLoss, result.Delays.Mean, nil
}
