package simulate_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed/simulate"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/train"
)

// digits are a few of MNIST's.
var digits = sync.OnceValues(func() (learn, test *dataset.Data) {
	all, held, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	return first(all, 500), first(held, 200)
})

func first(d *dataset.Data, n int) *dataset.Data {
	part := *d
	part.N, part.X, part.Y = n, d.X[:n*d.Features()], d.Y[:n]
	return &part
}

// small is a simulation of 4 epochs of 16 batches, the last of each smaller.
func small(t *testing.T, rule optim.Rule, workers int, delay, network string, options ...descent.Option) simulate.Config {
	t.Helper()
	learn, test := digits()
	c := simulate.Config{
		Train: learn, Test: test, Kind: "logistic", Rule: rule, Options: append(options, descent.LR(0.1)), Epochs: 4, Batch: 32, Seed: 3,
		Workers: workers, MaxDelay: -1, Points: 4,
	}
	var err error
	if c.Delay, err = simulate.ParseDelay(delay); err != nil {
		t.Fatal(err)
	}
	if c.Network, err = simulate.ParseNetwork(network); err != nil {
		t.Fatal(err)
	}
	return c
}

func run(t *testing.T, c simulate.Config) *simulate.Result {
	t.Helper()
	r, err := simulate.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if r.Batches != 64 || len(r.Points) != c.Points+1 || r.Last().Batches != 64 {
		t.Fatalf("%d batches, measured at %v; expected 64, the last measured", r.Batches, r.Points)
	}
	return r
}

// text is all of a result but the time that it took.
func text(t *testing.T, r *simulate.Result) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAlone: one worker, or workers that take turns, train as train.Run does.
func TestAlone(t *testing.T) {
	learn, test := digits()
	for _, rule := range []optim.Rule{optim.SGD, optim.Adam, optim.DCASGD, optim.DCASGDAdaptive} {
		want, err := train.Run(t.Context(), train.Config{
			Train: learn, Test: test, Kind: "logistic", Rule: rule, Options: []descent.Option{descent.LR(0.1)}, Epochs: 4, Batch: 32, Seed: 3,
			Schedule: "cosine",
		})
		if err != nil {
			t.Fatal(err)
		}
		turns := small(t, rule, 5, "pareto", "none")
		turns.MaxDelay = 0
		step := small(t, rule, 1, "constant", "")
		step.Sync = true
		for name, c := range map[string]simulate.Config{"one": small(t, rule, 1, "exponential", ""), "turns": turns, "in step": step} {
			c.Schedule = "cosine"
			r := run(t, c)
			last := r.Last()
			if *last.TestAccuracy != *want.TestAccuracy || last.TestLoss != *want.TestLoss {
				t.Errorf("%s, %s: accuracy %v, loss %v; train.Run gives %v, %v", rule.Name(), name, *last.TestAccuracy, last.TestLoss, *want.TestAccuracy, *want.TestLoss)
			}
			if r.Delays.Max != 0 {
				t.Errorf("%s, %s: a gradient is %d updates late", rule.Name(), name, r.Delays.Max)
			}
		}
	}
}

// TestSame: the same settings give the same result, on one processor too; another
// seed gives another.
func TestSame(t *testing.T) {
	c := small(t, optim.DCASGD, 7, "lognormal:sigma=1", "")
	want := text(t, run(t, c))
	before := runtime.GOMAXPROCS(1)
	got := text(t, run(t, c))
	runtime.GOMAXPROCS(before)
	if got != want {
		t.Errorf("on one processor\n%s\nexpected\n%s", got, want)
	}
	c.Seed++
	if text(t, run(t, c)) == want {
		t.Error("another seed gives the same result")
	}
}

// TestLate: workers that all take as long come in turn, each as late as there are
// others; what is late matters, and dcasgd's lambda too.
func TestLate(t *testing.T) {
	results := map[string]float64{}
	for name, options := range map[string][]descent.Option{"sgd": nil, "dcasgd": {descent.Set("lambda", 2)}, "dcasgd without lambda": {descent.Set("lambda", 0)}} {
		rule := optim.DCASGD
		if name == "sgd" {
			rule = optim.SGD
		}
		r := run(t, small(t, rule, 8, "constant:mean=50ms", "none", options...))
		if d := r.Delays; d.Max != 7 || d.Mean != (28+56*7)/64. || d.Counts[0] != 1 || d.Counts[3] != 4+56 {
			t.Errorf("%s: delays %+v", name, d)
		}
		if math.Abs(r.Seconds-8*0.05) > 1e-12 || math.Abs(r.Throughput-160) > 1e-9 || math.Abs(r.Utilisation-1) > 1e-12 {
			t.Errorf("%s: %v s, %v batches/s, utilisation %v", name, r.Seconds, r.Throughput, r.Utilisation)
		}
		results[name] = r.Last().TestLoss
	}
	if results["sgd"] != results["dcasgd without lambda"] || results["sgd"] == results["dcasgd"] {
		t.Errorf("losses %v: expected those of sgd and of dcasgd without lambda to be the same, dcasgd's another", results)
	}
	if alone := run(t, small(t, optim.SGD, 1, "constant", "none")); alone.Last().TestLoss == results["sgd"] {
		t.Error("delays change nothing")
	}
}

// TestBound: no gradient is later than MaxDelay, and all work is done.
func TestBound(t *testing.T) {
	for _, bound := range []int{0, 1, 3, 10} {
		c := small(t, optim.SGD, 12, "pareto:alpha=1.2", "")
		c.MaxDelay = bound
		if r := run(t, c); r.Delays.Max > bound {
			t.Errorf("bound %d: a gradient is %d updates late", bound, r.Delays.Max)
		}
	}
	if r := run(t, small(t, optim.SGD, 12, "pareto:alpha=1.2", "")); r.Delays.Max <= 10 {
		t.Errorf("without a bound no gradient is more than %d updates late", r.Delays.Max)
	}
}

// TestNetwork: times that one can work out.
func TestNetwork(t *testing.T) {
	const bytes = 4 * (784*10 + 10)
	alone := run(t, small(t, optim.SGD, 1, "constant:mean=10ms", "latency=1ms,bandwidth=10Mbit"))
	send := 8 * float64(bytes) / 10e6
	if want := 64 * (0.01 + 2*0.001 + 2*send); alone.Bytes != bytes || math.Abs(alone.Seconds-want) > 1e-9 {
		t.Errorf("one worker: %d bytes, %v s; expected %d, %v", alone.Bytes, alone.Seconds, bytes, want)
	}
	crowd := run(t, small(t, optim.SGD, 32, "constant:mean=10ms", "latency=1ms,bandwidth=10Mbit"))
	if least := 64 * send; crowd.Seconds < least || crowd.Seconds > least+send+0.012+1e-9 {
		t.Errorf("many workers: %v s; the server's link alone needs %v", crowd.Seconds, least)
	}
	busy := small(t, optim.SGD, 32, "exponential:mean=500ms", "latency=1ms,bandwidth=10Mbit")
	busy.Points = 64
	points := run(t, busy).Points
	for i := 2; i < len(points); i++ {
		if between := points[i].Seconds - points[i-1].Seconds; between < send-1e-9 {
			t.Errorf("gradients %d and %d come %v s after each other; one takes the link %v", i-1, i, between, send)
		}
	}
	c := small(t, optim.SGD, 10, "constant:mean=10ms", "latency=1ms,bandwidth=10Mbit")
	c.Sync = true
	step := run(t, c)
	// 6 rounds of 10 and one of 4
	want := 7*0.01 + 6*18*(0.001+send/10) + 6*(0.001+send/4)
	if step.Updates != 7 || math.Abs(step.Seconds-want) > 1e-9 {
		t.Errorf("in step: %d updates, %v s; expected 7, %v", step.Updates, step.Seconds, want)
	}
}

// TestInStep: N workers in step are one with batches N times as large.
func TestInStep(t *testing.T) {
	c := small(t, optim.SGD, 4, "uniform", "none")
	c.Train = first(c.Train, 512) // 16 whole batches
	c.Sync = true
	got := run(t, c)
	if got.Updates != 16 || got.Utilisation <= 0.5 || got.Utilisation >= 1 {
		t.Errorf("%d updates, utilisation %v: expected 16, and some waiting", got.Updates, got.Utilisation)
	}
	c.Batch, c.Workers = 128, 1
	want, err := simulate.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := got.Last().TestLoss, want.Last().TestLoss; math.Abs(a-b) > 1e-4*b {
		t.Errorf("loss %v; one worker with the large batch %v", a, b)
	}
}

// TestEnds: what ends a simulation early comes with the result until then.
func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := small(t, optim.SGD, 3, "exponential", "")
	c.Progress = func(p simulate.Progress) {
		if p.Batches == 20 {
			cancel()
		}
	}
	if r, err := simulate.Run(ctx, c); !errors.Is(err, context.Canceled) || !r.Interrupted || r.Batches != 20 || r.Last().Batches != 20 {
		t.Errorf("interrupted: %+v, %v", r, err)
	}
	c = small(t, optim.SGD, 3, "exponential", "")
	c.Options = []descent.Option{descent.LR(1e38)}
	for _, c.Sync = range []bool{false, true} {
		r, err := simulate.Run(t.Context(), c)
		if !errors.Is(err, train.ErrDiverged) || r == nil || !r.Diverged {
			t.Errorf("in step %v: an enormous learning rate: %v", c.Sync, err)
		}
	}
	c.Test = first(c.Test, 1)
	c.Test.X = slices.Repeat([]float32{3e38}, len(c.Test.X))
	if r, err := simulate.Run(t.Context(), c); !errors.Is(err, train.ErrDiverged) || r != nil {
		t.Errorf("a test that overflows from the beginning: %+v, %v", r, err)
	}
}

// TestRegression: numbers are predicted too.
func TestRegression(t *testing.T) {
	learn, test, err := dataset.OpenSplit("testdata/line.csv", dataset.Options{Target: "y"}, 0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := small(t, optim.SGD, 4, "exponential", "")
	c.Train, c.Test, c.Batch, c.Epochs = learn, test, 4, 40
	r, err := simulate.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if first, last := r.Points[0], r.Last(); last.TestAccuracy != nil || !(last.TestLoss < first.TestLoss/100) {
		t.Errorf("from %v to %v, accuracy %v", first.TestLoss, last.TestLoss, last.TestAccuracy)
	}
}

// TestMistakes: settings that make no sense.
func TestMistakes(t *testing.T) {
	for want, change := range map[string]func(*simulate.Config){
		"no Train data":      func(c *simulate.Config) { c.Train = nil },
		"0 workers":          func(c *simulate.Config) { c.Workers = 0 },
		"65 workers for 64":  func(c *simulate.Config) { c.Workers = 65 },
		"MaxDelay -2":        func(c *simulate.Config) { c.MaxDelay = -2 },
		"epochs -1":          func(c *simulate.Config) { c.Epochs = -1 },
		"clip-norm":          func(c *simulate.Config) { c.Rule = optim.Chain(optim.ClipNorm, optim.SGD) },
		"nag":                func(c *simulate.Config) { c.Rule = optim.NAG },
		"unknown name":       func(c *simulate.Config) { c.Schedule = "cosinus-like" },
		"several gradients":  func(c *simulate.Config) { c.Rule, c.Sync = optim.NAG, true },
		"no hyperparameter ": func(c *simulate.Config) { c.Options = []descent.Option{descent.Set("lamda", 1)} },
	} {
		c := small(t, optim.SGD, 4, "constant", "")
		change(&c)
		if _, err := simulate.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; expected one with %q", err, want)
		}
	}
}
