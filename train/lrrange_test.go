package train

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestFindLR finds learning rates with which SGD and Adam are known to learn
// digits, the same twice.
func TestFindLR(t *testing.T) {
	for _, test := range []struct {
		rule      optim.Rule
		low, high float64
	}{{optim.SGD, 0.01, 0.5}, {optim.Adam, 1e-4, 1e-2}} {
		c := small()
		c.Rule, c.Schedule, c.Epochs = test.rule, "cosine", 99
		steps := 0
		c.Progress = func(p Progress) {
			steps++
			if p.Step != steps || p.Steps != 200 || p.Epochs != 40 {
				t.Errorf("step %d: %+v", steps, p)
			}
		}
		found, err := FindLR(context.Background(), c, LRRange{Low: 1e-6, High: 100, Steps: 200})
		if err != nil {
			t.Fatal(err)
		}
		if found.Steepest < test.low || found.Steepest > test.high || found.Lowest <= found.Steepest || !found.Exploded {
			t.Errorf("%s: suggestion %v, lowest at %v, exploded %v", c.Rule.Name(), found.Steepest, found.Lowest, found.Exploded)
		}
		for i, p := range found.Points {
			if want := 1e-6 * math.Pow(1e8, float64(i)/199); !near(p.LR, want) || !(p.Loss > 0) {
				t.Errorf("%s: point %d: %+v, expected learning rate %v", c.Rule.Name(), i, p, want)
			}
		}
		if len(found.Points) != steps {
			t.Errorf("%d points of %d steps", len(found.Points), steps)
		}
		steps = 0
		again, err := FindLR(context.Background(), c, LRRange{Low: 1e-6, High: 100, Steps: 200})
		if err != nil || text(again) != text(found) {
			t.Errorf("the second time it is another: %v", err)
		}
	}
}

// TestSmooth holds the average against its definition.
func TestSmooth(t *testing.T) {
	var c LRCurve
	losses := []float64{4, 1, 3, 3, 0.5}
	for i, loss := range losses {
		c.add(math.Pow(10, float64(i)), loss)
	}
	sum, logs, weights := 0.0, 0.0, 0.0
	for i, loss := range losses {
		w := math.Pow(0.95, float64(len(losses)-1-i))
		sum, logs, weights = sum+w*loss, logs+w*float64(i), weights+w
	}
	if p := c.Points[4]; !near(p.SmoothLoss, sum/weights) || !near(p.SmoothLR, math.Pow(10, logs/weights)) || p.Loss != 0.5 || p.LR != 1e4 {
		t.Errorf("%+v, expected average loss %v at %v", p, sum/weights, math.Pow(10, logs/weights))
	}
	c.add(1e5, 1000)
	if !c.Exploded {
		t.Error("a loss of 1000 is no explosion")
	}
}

// TestSuggest has a loss that falls fastest at 1e-3 and is lowest at 1e-1.
func TestSuggest(t *testing.T) {
	var falling, flat LRCurve
	for i := range 300 {
		x := -6 + 6*float64(i)/299
		falling.add(math.Pow(10, x), 3-math.Tanh(2*(x+3))+math.Exp(10*(x+0.7)))
		flat.add(math.Pow(10, x), 2-0.04*math.Tanh(2*(x+3)))
	}
	falling.suggest()
	flat.suggest()
	if s := falling.Steepest; s < 0.7e-3 || s > 1.5e-3 {
		t.Errorf("suggestion %v, expected 0.001", s)
	}
	if l := falling.Lowest; l < 0.03 || l > 0.2 {
		t.Errorf("lowest at %v, expected 0.1", l)
	}
	for _, first := range []float64{1.9, 4} { // by chance
		var noisy LRCurve
		for i := range 300 {
			loss := 2.0
			if i == 0 {
				loss = first
			}
			noisy.add(math.Pow(10, -6+float64(i)/99), loss)
		}
		noisy.suggest()
		if noisy.Steepest != 0 {
			t.Errorf("the first loss is %v and %v is suggested", first, noisy.Steepest)
		}
	}
	if flat.Steepest != 0 || flat.Lowest != 0 {
		t.Errorf("the loss has fallen by a fiftieth and %v is suggested", flat.Steepest)
	}
}

func TestFindLRErrors(t *testing.T) {
	for want, test := range map[string]struct {
		change func(*Config)
		over   LRRange
	}{
		"adadelta: the optimizer has no learning rate": {func(c *Config) { c.Rule = optim.AdaDelta }, LRRange{}},
		"expected the first above 0":                   {nil, LRRange{Low: -1}},
		"learning rates from 2 to 1":                   {nil, LRRange{Low: 2, High: 1}},
		"to +Inf":                                      {nil, LRRange{High: math.Inf(1)}},
		"a range test of 49 steps":                     {nil, LRRange{Steps: 49}},
		"no Train data":                                {func(c *Config) { c.Train = nil }, LRRange{}},
		"unknown kind":                                 {func(c *Config) { c.Kind = "tree" }, LRRange{}},
		"lr = 0.0":                                     {func(c *Config) { c.Rule = parseRule(t, "short", "hyper lr = 0.01 [0,0.05)\nw = w - lr*g") }, LRRange{}},
		"hyperparameter momentom":                      {func(c *Config) { c.Options = []descent.Option{descent.Set("momentom", "1")} }, LRRange{}},
	} {
		c := small()
		if test.change != nil {
			test.change(&c)
		}
		if found, err := FindLR(context.Background(), c, test.over); err == nil || !strings.Contains(err.Error(), want) || found != nil {
			t.Errorf("%v, error %v, expected %q", found, err, want)
		}
	}
	c := small()
	c.Rule = optim.COCOB
	if _, err := FindLR(context.Background(), c, LRRange{}); !errors.Is(err, ErrNoLR) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.Rule, c.Progress = nil, func(Progress) { cancel() }
	if found, err := FindLR(ctx, c, LRRange{}); err != context.Canceled || found != nil {
		t.Errorf("interrupted: %v, %v", found, err)
	}
}
