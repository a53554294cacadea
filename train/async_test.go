package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

func mustRunAsync(t *testing.T, c Config, o AsyncOptions) *Result {
	t.Helper()
	r, err := RunAsync(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told keeps the progress of a run, but for what times and workers say.
func told(c *Config) *[]string {
	all := &[]string{}
	c.Progress = func(p Progress) {
		p.Elapsed, p.Workers = 0, 0
		*all = append(*all, fmt.Sprintf("%+v", p))
	}
	return all
}

// TestTurns lets workers take turns, so that nothing is late: the run is that of one
// worker, to the bit, in all that it tells, writes down and saves; with dcasgd it is
// sgd's.
func TestTurns(t *testing.T) {
	for _, rule := range []optim.Rule{optim.Adam, optim.DCASGD, optim.Chain(optim.SGD, optim.EMA)} {
		alone := small()
		alone.Rule, alone.Schedule, alone.Options = rule, "cosine", []descent.Option{descent.LR(0.02)}
		alone.Save, alone.History = filepath.Join(t.TempDir(), "alone.safetensors"), &History{}
		want := told(&alone)
		expected := mustRun(t, alone)

		async := alone
		async.Workers, async.Checkpoint = 3, filepath.Join(t.TempDir(), "log")
		async.Save, async.History = filepath.Join(t.TempDir(), "async.safetensors"), &History{}
		got := told(&async)
		result := mustRunAsync(t, async, AsyncOptions{})
		if result.Workers != 3 || *result.TestLoss != *expected.TestLoss || result.Steps != 10 || result.Epochs != 2 || result.StateBytes != expected.StateBytes {
			t.Errorf("%s: %+v; alone %+v", rule.Name(), result, expected)
		}
		if read(t, async.Save) != read(t, alone.Save) {
			t.Errorf("%s: other bits are saved", rule.Name())
		}
		if a, b := strings.Join(*got, "\n"), strings.Join(*want, "\n"); a != b {
			t.Errorf("%s: told\n%s\nalone\n%s", rule.Name(), a, b)
		}
		if a, b := fmt.Sprint(async.History.Steps), fmt.Sprint(alone.History.Steps); a != b {
			t.Errorf("%s: steps %s; alone %s", rule.Name(), a, b)
		}
		if a, b := fmt.Sprint(async.History.Tests), fmt.Sprint(alone.History.Tests); a != b {
			t.Errorf("%s: tests %s; alone %s", rule.Name(), a, b)
		}
	}
}

// TestAsync trains with workers that do not wait.
func TestAsync(t *testing.T) {
	train, test := digits()
	c := Config{Train: part(train, 2000), Test: part(test, 500), Hidden: []int{64}, Epochs: 4, Workers: 4, Options: []descent.Option{descent.LR(0.003)}}
	c.History = &History{}
	var ends []int
	last := 0
	c.Progress = func(p Progress) {
		if p.Step < last || p.Workers != 4 {
			t.Errorf("step %d after %d, %d workers", p.Step, last, p.Workers)
		}
		last = p.Step
		if p.EpochEnd {
			ends = append(ends, p.Step)
			if math.IsNaN(p.Loss) || math.IsNaN(p.TestLoss) {
				t.Errorf("%+v", p)
			}
		}
	}
	r := mustRunAsync(t, c, AsyncOptions{MaxDelay: -1})
	if *r.TestAccuracy < 0.75 || r.Delays == nil || r.Delays.Largest < 1 || r.Delays.Mean > float64(r.Delays.Largest) || r.Steps != 128 || fmt.Sprint(ends) != "[32 64 96 128]" || len(c.History.Steps) != 128 || c.History.Workers != 4 {
		t.Errorf("accuracy %v, %+v, epochs end at %v, %d steps", *r.TestAccuracy, r, ends, len(c.History.Steps))
	}
}

// TestAsyncResume interrupts runs of workers that take turns and goes on, from the
// log and from a file, with another number of workers: the end is that of a run which
// was not interrupted.
func TestAsyncResume(t *testing.T) {
	whole := small()
	whole.Rule, whole.Save = optim.Adam, filepath.Join(t.TempDir(), "whole.safetensors")
	mustRun(t, whole)
	for _, from := range []string{"log", "file"} {
		c := whole
		c.Workers, c.Save = 2, filepath.Join(t.TempDir(), "a.safetensors")
		if from == "log" {
			c.Checkpoint = filepath.Join(t.TempDir(), "log")
		}
		first := interruptedAsync(t, c, 2)
		again := Config{Train: c.Train, Test: c.Test, Workers: 3, Save: filepath.Join(t.TempDir(), "b.safetensors"), Resume: c.Save, History: &History{}}
		if from == "log" {
			again.Resume = c.Checkpoint
		}
		if r := mustRunAsync(t, again, AsyncOptions{}); r.Steps != 10 || r.Optimizer != "adam" {
			t.Errorf("%+v", r)
		}
		if read(t, again.Save) != read(t, whole.Save) {
			t.Errorf("from the %s other bits are saved", from)
		}
		if again.History.First != first || len(again.History.Steps) != 10-first {
			t.Errorf("from the %s: the history begins after step %d with %d steps; there were %d", from, again.History.First, len(again.History.Steps), first)
		}
		if from == "file" {
			continue
		}
		again.History, again.Checkpoint = nil, again.Resume+"/"
		if r := mustRunAsync(t, again, AsyncOptions{}); r.Steps != 10 || *r.TestLoss == 0 { // at its end, of a folder that is named twice
			t.Errorf("%+v", r)
		}
		again.Checkpoint = ""
		if _, err := Run(context.Background(), again); err == nil || !strings.Contains(err.Error(), "is the log of an asynchronous run") {
			t.Error(err)
		}
		step := small()
		step.Checkpoint = c.Checkpoint
		if _, err := Run(context.Background(), step); err == nil || !strings.Contains(err.Error(), "is the log of an asynchronous run") {
			t.Error(err)
		}
		again.Epochs = 1
		if _, err := RunAsync(context.Background(), again, AsyncOptions{}); err == nil || !strings.Contains(err.Error(), "is a run with Epochs 2: give as many or more, not 1") {
			t.Error(err)
		}
		again.Resume, again.Checkpoint = "", c.Checkpoint
		if _, err := RunAsync(context.Background(), again, AsyncOptions{}); err == nil || !strings.Contains(err.Error(), "has a run already: resume from it") {
			t.Error(err)
		}
		again.Resume, again.Checkpoint = c.Checkpoint, t.TempDir()
		if _, err := RunAsync(context.Background(), again, AsyncOptions{}); err == nil || !strings.Contains(err.Error(), "give no other folder for it") {
			t.Error(err)
		}
	}
}

// TestMoments measures slowly what a worker moves fast, an epoch with each update: no
// more than one model waits to be measured. What the server warns of is told.
func TestMoments(t *testing.T) {
	c := small()
	c.Batch, c.Epochs, c.History = 300, 10, &History{}
	var a *Async
	warnings, ends := 0, 0
	c.Progress = func(p Progress) {
		if p.Warning != nil {
			warnings++
		}
		if !p.EpochEnd {
			return
		}
		ends++
		time.Sleep(5 * time.Millisecond)
		if n := len(a.events); n > 0 {
			t.Errorf("%d epochs wait to be measured", n)
		}
	}
	a, err := NewAsync(c, AsyncOptions{MaxDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		a.warn(errors.New("a warning"))
	}
	worked := make(chan error)
	go func() { worked <- Work(context.Background(), a.Server(), c.Train, "me", nil) }()
	r, err := a.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if h := c.History; r.Workers != 1 || len(h.Steps) != 10 || !math.IsNaN(h.Steps[9].Loss) || h.Steps[9].LR != 0.001 || len(h.Tests) != 10 {
		t.Errorf("%+v, of a worker elsewhere the history has %+v", r, h.Steps)
	}
	if err := errors.Join(<-worked, a.Close()); err != nil || warnings != 1 || ends != 10 {
		t.Errorf("%v, %d warnings, %d epochs", err, warnings, ends)
	}
}

// TestPresent counts workers that come from elsewhere.
func TestPresent(t *testing.T) {
	a := &Async{workers: 1, came: map[string]bool{}}
	for i, name := range []string{"a", "b", "b", "c"} {
		a.came[name] = true
		if n, want := a.present(), []int{1, 2, 2, 3}[i]; n != want {
			t.Errorf("%d workers, expected %d", n, want)
		}
	}
}

// interruptedAsync runs c until it has made so many steps, or a few more, which it
// returns.
func interruptedAsync(t *testing.T, c Config, steps int) int {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.Progress = func(p Progress) {
		if p.Step >= steps {
			cancel()
		}
	}
	r, err := RunAsync(ctx, c, AsyncOptions{})
	if !errors.Is(err, context.Canceled) || r == nil || !r.Interrupted || r.Steps < steps || r.Steps == 10 {
		t.Fatalf("interrupted after %d steps: %+v, %v", steps, r, err)
	}
	return r.Steps
}

// TestAsyncTwice goes on from a file with a log, and from the log.
func TestAsyncTwice(t *testing.T) {
	whole := small()
	whole.Rule, whole.Save = optim.DCASGD, filepath.Join(t.TempDir(), "whole.safetensors")
	mustRun(t, whole)
	c := whole
	c.Workers, c.Save = 2, filepath.Join(t.TempDir(), "part.safetensors")
	interruptedAsync(t, c, 1)
	c.Resume, c.Checkpoint = c.Save, filepath.Join(t.TempDir(), "log")
	interruptedAsync(t, c, 4)
	c.Resume, c.Workers = c.Checkpoint, 3
	if r := mustRunAsync(t, c, AsyncOptions{}); r.Steps != 10 || read(t, c.Save) != read(t, whole.Save) {
		t.Errorf("%+v, or other bits are saved", r)
	}
}

// TestAsyncFromStep goes on without a step in common from workers that had one.
func TestAsyncFromStep(t *testing.T) {
	whole := small()
	whole.Checkpoint, whole.Workers, whole.Epochs = filepath.Join(t.TempDir(), "folder"), 2, 1
	mustRun(t, whole)
	c := Config{Train: whole.Train, Test: whole.Test, Resume: whole.Checkpoint, Epochs: 2, Workers: 2, Save: filepath.Join(t.TempDir(), "a.safetensors")}
	if r := mustRunAsync(t, c, AsyncOptions{}); r.Steps != 10 {
		t.Errorf("%+v", r)
	}
	f, err := checkpoint.Load(c.Save)
	if err != nil {
		t.Fatal(err)
	}
	if updates, ok := f.Tensor("optimizer/descent.updates"); !ok || updates.F64[0] != 10 {
		t.Errorf("%v, %v", updates, ok)
	}
}

// An error begins with the name of its package, once is enough.
var (
	named = regexp.MustCompile(`^(train|checkpoint|server): `)
	twice = regexp.MustCompile(`^((train|checkpoint|server): ){2}`)
)

func TestAsyncErrors(t *testing.T) {
	for want, change := range map[string]func(*Config, *AsyncOptions){
		"Collective, Accumulate and Wire are for workers in step": func(c *Config, _ *AsyncOptions) { c.Accumulate = 2 },
		"11 workers: the run has 10 batches: take fewer":          func(c *Config, _ *AsyncOptions) { c.Workers = 11 },
		"option MaxDelay is -2":                                   func(_ *Config, o *AsyncOptions) { o.MaxDelay = -2 },
		"server 2 of 2: expected a number from 0 to one less":     func(_ *Config, o *AsyncOptions) { o.Index, o.Servers = 2, 2 },
		"of several servers the first can save":                   func(c *Config, o *AsyncOptions) { c.Save, o.Servers = "x", 2 },
		"prodigy keeps one number over all parameters (":          func(c *Config, _ *AsyncOptions) { c.Rule = optim.Prodigy },
		"option ClipNorm is about all parameters":                 func(c *Config, _ *AsyncOptions) { c.Options = []descent.Option{descent.ClipNorm(1)} },
		"has checkpoints of workers in step: give the server's log another folder": func(c *Config, _ *AsyncOptions) {
			c.Checkpoint = filepath.Join(t.TempDir(), "run")
			mustRun(t, *c)
			c.Resume = c.Checkpoint
		},
		"has made all 10 steps that Epochs 2 asks for: give more epochs": func(c *Config, _ *AsyncOptions) {
			c.Save = filepath.Join(t.TempDir(), "whole.safetensors")
			mustRun(t, *c)
			c.Resume = c.Save
		},
		"no such file":          func(c *Config, _ *AsyncOptions) { c.Resume = "none.safetensors" },
		"training has diverged": func(c *Config, _ *AsyncOptions) { c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(1e30)} },
	} {
		c, o := small(), AsyncOptions{MaxDelay: -1}
		c.Workers = 2
		change(&c, &o)
		r, err := RunAsync(context.Background(), c, o)
		if err == nil || !named.MatchString(err.Error()) || twice.MatchString(err.Error()) || !strings.Contains(err.Error(), want) || r != nil {
			t.Errorf("%+v, %v; want %s", r, err, want)
		}
		if strings.Contains(want, "diverged") && (!errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "worker ")) {
			t.Error(err)
		}
	}
}

// TestAsyncDiverged has workers elsewhere find out that the weights are of no use,
// and one that alone is broken.
func TestAsyncDiverged(t *testing.T) {
	c := small()
	c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(1e30)}
	a, err := NewAsync(c, AsyncOptions{MaxDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	go Work(context.Background(), a.Server(), c.Train, "elsewhere", func(WorkProgress) {})
	if _, err := a.Run(context.Background()); !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "worker elsewhere") {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}

	c.Options = nil
	if a, err = NewAsync(c, AsyncOptions{MaxDelay: -1}); err != nil {
		t.Fatal(err)
	}
	broken := a.tensors()
	if _, err := a.Server().Pull(context.Background(), "broken", 1, nil); err != nil {
		t.Fatal(err)
	}
	broken[0].Data = slices.Repeat([]float32{float32(math.NaN())}, len(broken[0].Data))
	go func() {
		_, err := a.Server().Push(context.Background(), "broken", 1, broken)
		if _, refused := errors.AsType[*distributed.RefusedError](err); !refused {
			t.Error(err)
		}
		Work(context.Background(), a.Server(), c.Train, "whole", func(WorkProgress) {})
	}()
	if r, err := a.Run(context.Background()); err != nil || r.Steps != 10 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestShares has two servers that share the tensors out.
func TestShares(t *testing.T) {
	names := map[string]int{}
	for index := range 2 {
		a, err := NewAsync(small(), AsyncOptions{Servers: 2, Index: index, MaxDelay: -1})
		if err != nil {
			t.Fatal(err)
		}
		job, err := a.Server().Job(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if work := map[int]int{0: 10, 1: 0}[index]; job.Work != work {
			t.Errorf("server %d hands out %d units", index, job.Work)
		}
		for _, x := range job.Tensors {
			names[x.Name]++
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if r, err := a.Run(ctx); !errors.Is(err, context.Canceled) || r == nil {
			t.Errorf("%+v, %v", r, err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(names) != 4 {
		t.Errorf("tensors %v", names)
	}
	for name, n := range names {
		if n != 1 {
			t.Errorf("%d servers have %s", n, name)
		}
	}
}

var _ distributed.ParameterServer = (*unwilling)(nil)
