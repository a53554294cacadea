package train

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

// outcome is all that a run gives.
type outcome struct {
	file     string
	result   Result
	history  History
	progress []Progress
}

// outcomeOf runs c.
func outcomeOf(t *testing.T, c Config) outcome {
	t.Helper()
	var o outcome
	c.Save = filepath.Join(t.TempDir(), "m.safetensors")
	c.History = &o.history
	c.Progress = func(p Progress) {
		p.Elapsed, p.Workers = 0, 0
		o.progress = append(o.progress, p)
	}
	o.result = *mustRun(t, c)
	o.result.Seconds, o.result.Workers, o.result.StateBytes = 0, 0, 0
	o.file = read(t, c.Save)
	return o
}

// same compares what runs have given, to the bit.
func (o outcome) same(t *testing.T, want outcome) {
	t.Helper()
	if o.file != want.file {
		t.Error("the files differ")
	}
	// NaN, as the accuracy of a regression, is not equal to itself.
	for _, pair := range [][2]any{{o.result, want.result}, {o.history.Steps, want.history.Steps}, {o.history.Norms, want.history.Norms},
		{o.history.Tests, want.history.Tests}, {o.progress, want.progress}} {
		if a, b := fmt.Sprintf("%+v", deref(pair[0])), fmt.Sprintf("%+v", deref(pair[1])); a != b {
			t.Errorf("%.300s\nexpected\n%.300s", a, b)
		}
	}
	if !reflect.DeepEqual(o.history.Tested.Outputs, want.history.Tested.Outputs) {
		t.Error("the outputs for the test differ")
	}
}

// deref shows a result by its numbers and not where they are.
func deref(v any) any {
	if r, ok := v.(Result); ok {
		return text(r)
	}
	return v
}

// standing are the rules that stand alone.
func standing(t *testing.T) map[string]optim.Rule {
	t.Helper()
	all := map[string]optim.Rule{}
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !info.Link {
			all[name] = rule
		}
	}
	return all
}

// TestWorkers compares several workers with one that computes the same parts, for
// every rule; the last batch of an epoch has two examples for three workers.
func TestWorkers(t *testing.T) {
	houses := openHouses(t)
	for name, rule := range standing(t) {
		t.Run(name, func(t *testing.T) {
			c := small()
			c.Train, c.Batch, c.Rule = part(c.Train, 202), 50, rule
			if _, ok := rule.(optim.Stepper); ok { // slow for as many columns as digits have
				c.Train, c.Test, c.Batch = houses, houses, 66
			}
			one, three := c, c
			one.Accumulate, three.Workers = 3, 3
			outcomeOf(t, three).same(t, outcomeOf(t, one))
		})
	}
}

// TestWorkersShapes does so for networks, tasks and numbers of workers.
func TestWorkersShapes(t *testing.T) {
	houses := openHouses(t)
	for name, change := range map[string]func(*Config){
		"logistic":   func(c *Config) { c.Kind, c.Hidden = "logistic", nil },
		"cnn":        func(c *Config) { c.Kind, c.Hidden = "cnn", nil; c.Train = part(c.Train, 100) },
		"few tests":  func(c *Config) { c.Test = part(c.Test, 3) },
		"deep":       func(c *Config) { c.Hidden = []int{9, 8, 7} },
		"regression": func(c *Config) { c.Train, c.Test = houses, houses },
		"clipped":    func(c *Config) { c.Options = []descent.Option{descent.ClipNorm(0.1)} },
		"chain":      func(c *Config) { c.Rule = optim.Chain(optim.Centralize, optim.SAM, optim.Adam, optim.Lookahead) },
		"formula":    func(c *Config) { c.Rule = parseRule(t, "mine", mine) },
		"bf16":       func(c *Config) { c.StateType = descent.BF16 },
		"schedule":   func(c *Config) { c.Schedule = "warmup:steps=30%,then=cosine" },
		"accumulate": func(c *Config) { c.Options = []descent.Option{descent.Accumulate(2)} },
		"lbsgd": func(c *Config) {
			c.Rule = optim.LBSGD
			c.Options = []descent.Option{descent.Set("batch_scale", 2), descent.Set("warmup", "linear")}
		},
	} {
		for _, n := range []int{2, 4, 7} {
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				c := small()
				change(&c)
				one, many := c, c
				one.Accumulate, many.Workers = n, n
				outcomeOf(t, many).same(t, outcomeOf(t, one))
			})
		}
	}
}

// TestAccumulate compares parts with the whole batch, whose gradient has other roundings.
func TestAccumulate(t *testing.T) {
	c := small()
	c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(0.1)}
	want := mustRun(t, c)
	for _, n := range []int{2, 3, 64} {
		c.Accumulate = n
		if got := mustRun(t, c); math.Abs(*got.TestLoss-*want.TestLoss) > 1e-5 {
			t.Errorf("%d parts: loss %v, the whole batch %v", n, *got.TestLoss, *want.TestLoss)
		}
	}
}

// A wire that loses nothing changes nothing, also where one worker computes all parts.
func TestAccumulateWire(t *testing.T) {
	all, err := wire.TopK(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Config{{Accumulate: 4}, {Workers: 4}} {
		with := small()
		with.Accumulate, with.Workers = c.Accumulate, c.Workers
		want := *mustRun(t, with).TestLoss
		with.Wire = all
		if loss := *mustRun(t, with).TestLoss; loss != want {
			t.Errorf("%d parts, %d workers: test loss %v, without a wire %v", c.Accumulate, c.Workers, loss, want)
		}
	}
}

// TestWorkersStates: each of several workers keeps its share of the states.
func TestWorkersStates(t *testing.T) {
	c := small()
	c.Hidden, c.Epochs = nil, 1
	for workers, want := range map[int]int{1: 8, 2: 4, 4: 2} {
		c.Workers = workers
		if r := mustRun(t, c); r.StateBytes != want || r.Workers != workers {
			t.Errorf("%d workers: one keeps %d bytes a weight, expected %d", r.Workers, r.StateBytes, want)
		}
	}
}

func TestWorkersErrors(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"workers -1, accumulate 0":              func(c *Config) { c.Workers = -1 },
		"65 workers: a batch has 64 examples":   func(c *Config) { c.Workers = 65 },
		"65 parts of each batch: a batch has":   func(c *Config) { c.Accumulate = 65 },
		"301 workers: MNIST has 300 examples":   func(c *Config) { c.Workers, c.Batch = 301, 1000 },
		"one of several workers and Accumulate": func(c *Config) { c.Workers, c.Accumulate = 2, 2 },
		"one of Workers, those of this process": func(c *Config) { c.Workers, c.Collective = 2, alone() },
		"adam has no hyperparameter momentum":   func(c *Config) { c.Workers, c.Options = 2, []descent.Option{descent.Momentum(0.9)} },
		`unknown kind "rnn"`:                    func(c *Config) { c.Workers, c.Kind = 2, "rnn" },
	} {
		c := small()
		change(&c)
		if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A worker whose part of the test cannot be computed is named, with the reason.
func TestWorkersTestFails(t *testing.T) {
	c := small()
	c.Workers, c.Test = 2, changed(c.Test, 0, 0)
	c.Test.X[len(c.Test.X)-1] = float32(math.NaN())
	_, err := Run(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "rank 1: ") || !strings.Contains(err.Error(), "input 783 is NaN") {
		t.Error(err)
	}
}
