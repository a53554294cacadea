package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// The study of batch sizes: 5 passes over 16,384 images by a network of 32 hidden
// units, however large the batch. All sizes go into that number, so that no step
// has fewer examples than others.
const (
	batchExamples = 20_480 // of which a fifth is held out to choose by
	batchEpochs   = 5
	smallBatch    = 32
	largestBatch  = 8192
	seeds         = 3
)

// contender is a way to train with large batches.
type contender struct {
	name    string
	rule    optim.Rule
	options []descent.Option
	warmup  bool    // a linear warm-up over the first epoch
	own     bool    // the rule gathers small batches itself
	power   float64 // of the batch size's growth by which lr grows
	start   float64 // where the choice of lr begins
	like    string  // whose lr at the small batch it takes too, "" is its own
}

func contenders() []contender {
	momentum := descent.Momentum(0.9)
	return []contender{
		{"sgd", optim.SGD, []descent.Option{momentum}, false, false, 1, 0.01, ""},
		{"sgd, warm-up", optim.SGD, []descent.Option{momentum}, true, false, 1, 0.01, "sgd"},
		{"lbsgd", optim.LBSGD, []descent.Option{momentum, descent.Set("warmup", "linear")}, false, true, 0, 0.01, "sgd"},
		{"lamb, warm-up", optim.LAMB, nil, true, false, 0.5, 0.01, ""},
		{"lars, warm-up", optim.LARS, nil, true, false, 1, 1, ""},
		{"lbsgd, warmup=lars", optim.LBSGD, []descent.Option{momentum, descent.Set("warmup", "lars")}, false, true, 1, 0.001, ""},
	}
}

// batches measures accuracy against batch size. "scaled": the learning rate is
// chosen at batches of 32 and grows with the batch by each one's law. "chosen":
// it is chosen anew for every other size, from that of the size before on.
func batches() (*table, error) {
	_, test, learn, held, err := digits(batchExamples)
	if err != nil {
		return nil, err
	}
	t := &table{rows: [][]string{{"way", "rule", "batch", "lr", "seed", "accuracy"}}}
	bases := map[string]float64{}
	for _, c := range contenders() {
		chosen := c.start
		for batch := smallBatch; batch <= largestBatch; batch *= 2 {
			rates := map[string]float64{}
			if everyOther(batch) {
				chosen, err = choose(chosen, 1, func(lr float64) (float64, error) { return c.run(learn, held, batch, lr, 0) })
				if err != nil {
					return nil, err
				}
				rates["chosen"] = chosen
			}
			if batch == smallBatch {
				bases[c.name] = chosen
				if c.like != "" {
					bases[c.name] = bases[c.like]
				}
			}
			rates["scaled"] = bases[c.name] * math.Pow(float64(batch)/smallBatch, c.power)
			for way, lr := range rates {
				for seed := uint64(1); seed <= seeds; seed++ {
					accuracy, err := c.run(learn, test, batch, lr, seed)
					if err != nil {
						return nil, err
					}
					t.add(way, c.name, batch, lr, seed, accuracy)
				}
			}
		}
	}
	t.sort()
	return t, nil
}

// everyOther reports whether a batch is the small one times a power of 4.
func everyOther(batch int) bool { return bits.Len(uint(batch/smallBatch))%2 == 1 }

// run is the accuracy on test after training; that of a guess where it diverges.
func (c contender) run(learn, test *dataset.Data, batch int, lr float64, seed uint64) (float64, error) {
	config := train.Config{
		Train: learn, Test: test, Kind: "mlp", Hidden: []int{32}, Rule: c.rule,
		Options: append(slices.Clone(c.options), descent.LR(lr)),
		Epochs:  batchEpochs, Batch: batch, Seed: seed,
	}
	perEpoch := (learn.N + batch - 1) / batch
	switch {
	case c.own:
		perEpoch = (learn.N + smallBatch - 1) / smallBatch
		config.Batch = smallBatch
		config.Options = append(config.Options, descent.Set("batch_scale", batch/smallBatch),
			descent.Set("updates_per_epoch", perEpoch), descent.Set("warmup_epochs", 1))
	case c.warmup:
		config.Schedule = fmt.Sprintf("warmup:steps=%d", perEpoch)
	}
	result, err := train.Run(context.Background(), config)
	if errors.Is(err, train.ErrDiverged) {
		return 1 / float64(len(test.Classes())), nil
	}
	if err != nil {
		return 0, err
	}
	return *result.TestAccuracy, nil
}
