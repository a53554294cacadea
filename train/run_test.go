package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/optim"
)

var digits = sync.OnceValues(func() (train, test *dataset.Data) {
	train, test, err := dataset.MNIST()
	if err != nil {
		panic(err)
	}
	return train, test
})

// part is the first n examples of data.
func part(d *dataset.Data, n int) *dataset.Data {
	c := *d
	c.N, c.X, c.Y = n, d.X[:n*d.Features()], d.Y[:n]
	return &c
}

// small is a run of two epochs of five steps, the last of them smaller.
func small() Config {
	train, test := digits()
	return Config{Train: part(train, 300), Test: part(test, 100), Hidden: []int{16}, Epochs: 2, Seed: 7}
}

// alone is the place of a worker that trains alone.
func alone() distributed.Collective { return distributed.Local(1)[0] }

func mustRun(t *testing.T, c Config) *Result {
	t.Helper()
	r, err := Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// interrupted runs c until it has made so many steps.
func interrupted(t *testing.T, c Config, steps int) *Result {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.Progress = func(p Progress) {
		if p.Step >= steps {
			cancel()
		}
	}
	r, err := Run(ctx, c)
	if !errors.Is(err, context.Canceled) || r == nil || !r.Interrupted || r.Steps != steps {
		t.Fatalf("interrupted after %d steps: %+v, %v", steps, r, err)
	}
	return r
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestLearns trains each kind of network on 2000 digits.
func TestLearns(t *testing.T) {
	train, test := digits()
	for kind, want := range map[string]float64{"logistic": 0.75, "": 0.8, "cnn": 0.75} {
		t.Run(kind, func(t *testing.T) {
			c := Config{Train: part(train, 2000), Test: part(test, 500), Kind: kind, Epochs: 2, Options: []descent.Option{descent.LR(0.003)}}
			var last Progress
			c.Progress = func(p Progress) { last = p }
			r := mustRun(t, c)
			if *r.TestAccuracy < want || r.Optimizer != "adam" || r.StateBytes != 8 || r.Epochs != 2 || r.Steps != 64 || r.Interrupted {
				t.Errorf("accuracy %v of %+v, want at least %v", *r.TestAccuracy, r, want)
			}
			if last.TestAccuracy != *r.TestAccuracy || last.TestLoss != *r.TestLoss || r.TestRMSE != nil {
				t.Errorf("last progress %+v, result %+v", last, r)
			}
			if d := last.Accuracy - *r.TestAccuracy; math.Abs(d) > 0.1 {
				t.Errorf("accuracy of training %v, of testing %v", last.Accuracy, *r.TestAccuracy)
			}
		})
	}
}

// TestStateType trains with states in bfloat16, which costs at most a hundredth
// of the accuracy and halves the states.
func TestStateType(t *testing.T) {
	train, test := digits()
	c := Config{Train: part(train, 4000), Test: part(test, 2000), Epochs: 2}
	want := mustRun(t, c)
	c.StateType = descent.BF16
	got := mustRun(t, c)
	c.StateType, c.Options = descent.AsComputed, []descent.Option{descent.StateType(descent.BF16)}
	if r := mustRun(t, c); *r.TestLoss != *got.TestLoss {
		t.Errorf("as an option it gives loss %v, in the Config %v", *r.TestLoss, *got.TestLoss)
	}
	if *got.TestAccuracy < *want.TestAccuracy-0.01 || *got.TestLoss == *want.TestLoss || got.StateBytes != 4 {
		t.Errorf("accuracy %v and %d bytes of state, float32 has %v", *got.TestAccuracy, got.StateBytes, *want.TestAccuracy)
	}
}

// TestProgress follows a run step by step.
func TestProgress(t *testing.T) {
	c := small()
	c.Schedule = "polynomial"
	c.Options = []descent.Option{descent.LR(0.01)}
	var all []Progress
	c.Progress = func(p Progress) { all = append(all, p) }
	mustRun(t, c)
	if len(all) != 12 {
		t.Fatalf("%d reports, want 10 of steps and 2 of epochs", len(all))
	}
	step := 0
	for i, p := range all {
		if p.EpochEnd != (i == 5 || i == 11) || p.EpochEnd == math.IsNaN(p.TestLoss) || p.EpochEnd == math.IsNaN(p.TestAccuracy) {
			t.Errorf("report %d: %+v", i, p)
		}
		if !p.EpochEnd {
			if want := 0.01 * (1 - float64(step)/10); math.Abs(p.LR-want) > 1e-9 {
				t.Errorf("step %d: learning rate %v, want %v", step, p.LR, want)
			}
			step++
		}
		if p.Step != step || p.Steps != 10 || p.Epochs != 2 || p.Epoch != (step+4)/5 || p.Elapsed <= 0 || !(p.Loss > 0) || !(p.Accuracy >= 0 && p.Accuracy <= 1) {
			t.Errorf("step %d: %+v", step, p)
		}
	}
}

// TestExamplesOrder: every epoch has each once, in an order of its own that the seed decides.
func TestExamplesOrder(t *testing.T) {
	orders := map[string]bool{}
	for _, seed := range []uint64{7, 8} {
		c := small()
		c.Seed = seed
		r, err := newRun(c.withDefaults(), nil, alone())
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		for range 2 {
			count := map[float32]int{}
			for range r.perEpoch {
				r.load()
				for _, y := range r.parts.y {
					count[y]++
				}
				r.step++
			}
			for _, y := range c.Train.Y {
				count[y]--
			}
			for class, n := range count {
				if n != 0 {
					t.Errorf("class %v: %d too many in an epoch", class, n)
				}
			}
			sorted := slices.Sorted(slices.Values(r.batches.order))
			if sorted[0] != 0 || sorted[299] != 299 || len(slices.Compact(sorted)) != 300 {
				t.Error("an epoch has not each example once")
			}
			orders[text(r.batches.order)] = true
		}
	}
	if len(orders) != 4 {
		t.Errorf("%d different orders in 2 epochs with 2 seeds", len(orders))
	}
}

// TestSeedOfDraws steps by noise alone from biases that are 0.
func TestSeedOfDraws(t *testing.T) {
	draws := map[string]bool{}
	for _, seed := range []uint64{7, 8, 7} {
		c := small()
		c.Rule, c.Seed = optim.SGLD, seed
		r, err := newRun(c.withDefaults(), nil, alone())
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		if err := r.opt.Step(); err != nil {
			t.Fatal(err)
		}
		draws[text(r.model.Params()[1].Value)] = true
	}
	if len(draws) != 2 {
		t.Errorf("%d different draws with 2 seeds", len(draws))
	}
}

func TestThreadsGiveTheSameBits(t *testing.T) {
	c := small()
	folder := t.TempDir()
	var files []string
	for _, threads := range []int{1, 3} {
		c.Threads, c.Save = threads, filepath.Join(folder, "m.safetensors")
		mustRun(t, c)
		files = append(files, read(t, c.Save))
	}
	if files[0] != files[1] {
		t.Error("1 and 3 threads give different files")
	}
}

// TestEveryRule trains with each rule that stands alone.
func TestEveryRule(t *testing.T) {
	c := small()
	c.Epochs = 1
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !info.Link && !strings.HasPrefix(info.Summary, "Link: ") {
			c.Rule = rule
			if r := mustRun(t, c); r.Optimizer != name || r.Steps != 5 {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

// TestDivergedRun checks that a run that diverges leaves the file of a good one.
func TestDivergedRun(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "m.safetensors")
	mustRun(t, c)
	good := read(t, c.Save)
	c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(1e30)}
	_, err := Run(context.Background(), c)
	if !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "step 2 of 10") || !strings.Contains(err.Error(), "a smaller learning rate than 1e+30") {
		t.Errorf("error %v", err)
	}
	// The loss of the only step is finite, what it leads to is not.
	c.Options = []descent.Option{descent.LR(3e38), descent.Rescale(1e10)}
	ctx, cancel := context.WithCancel(context.Background())
	c.Progress = func(Progress) { cancel() }
	if _, err := Run(ctx, c); !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "after step 1") {
		t.Errorf("interrupted after a step to infinity: %v", err)
	}
	c.Batch, c.Epochs, c.Progress = 300, 1, nil
	if _, err := Run(context.Background(), c); !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "the test loss is") {
		t.Errorf("one step to infinity: %v", err)
	}
	if read(t, c.Save) != good {
		t.Error("the good file was replaced")
	}
}

func TestInterruptedAtOnce(t *testing.T) {
	c := small()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := Run(ctx, c)
	if err != context.Canceled || r == nil || r.Steps != 0 || r.Epochs != 0 || !r.Interrupted || r.TestAccuracy == nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestSaveFails(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "none", "m.safetensors")
	want := mustRun(t, small())
	r, err := Run(context.Background(), c)
	if !errors.Is(err, ErrNotSaved) || !strings.Contains(err.Error(), "not written") {
		t.Errorf("error %v", err)
	}
	if r == nil || r.Steps != 10 || *r.TestLoss != *want.TestLoss {
		t.Errorf("the result is %+v, want %+v", r, want)
	}

	ctx, cancel := context.WithCancel(context.Background())
	c.Progress = func(Progress) { cancel() }
	r, err = Run(ctx, c)
	if !errors.Is(err, ErrNotSaved) || !errors.Is(err, context.Canceled) || r == nil || !r.Interrupted || !(*r.TestLoss > 0) {
		t.Errorf("interrupted: %+v, %v", r, err)
	}
}

// TestSaveFailsOnce has no folder to save to until the second epoch.
func TestSaveFailsOnce(t *testing.T) {
	c := small()
	c.Save = filepath.Join(t.TempDir(), "late", "m.safetensors")
	var ends []error
	c.Progress = func(p Progress) {
		if !p.EpochEnd {
			return
		}
		ends = append(ends, p.SaveError)
		if err := os.MkdirAll(filepath.Dir(c.Save), 0o777); err != nil {
			t.Error(err)
		}
	}
	mustRun(t, c)
	if len(ends) != 2 || !errors.Is(ends[0], ErrNotSaved) || ends[1] != nil {
		t.Errorf("saving at the ends of epochs: %v", ends)
	}
	if _, err := checkpoint.Load(c.Save); err != nil {
		t.Error(err)
	}
}

// TestEpochMean compares an epoch with a measurement: with steps of length 0 all
// batches, of which the last is smaller, meet the same weights.
func TestEpochMean(t *testing.T) {
	c := small()
	c.Rule, c.Options = optim.SGD, []descent.Option{descent.LR(0)}
	var ends []Progress
	c.Progress = func(p Progress) {
		if p.EpochEnd {
			ends = append(ends, p)
		}
	}
	c.Test = c.Train
	mustRun(t, c)
	for i, p := range ends {
		if math.Abs(p.Loss-p.TestLoss) > 1e-5 || math.Abs(p.Accuracy-p.TestAccuracy) > 1e-9 {
			t.Errorf("epoch %d: loss %v and accuracy %v, measured %v and %v", i+1, p.Loss, p.Accuracy, p.TestLoss, p.TestAccuracy)
		}
	}
	// With steps, the second epoch knows nothing of the first.
	c.Options, c.Batch, ends = []descent.Option{descent.LR(0.1)}, 300, nil
	mustRun(t, c)
	if len(ends) != 2 || math.Abs(ends[1].Loss-ends[0].TestLoss) > 1e-5 {
		t.Errorf("the loss of one batch is not that measured before it: %+v", ends)
	}
}

func TestRunErrors(t *testing.T) {
	train, _ := digits()
	houses := openHouses(t)
	noTarget := part(train, 10)
	noTarget.Y = nil
	for want, change := range map[string]func(*Config){
		"no Train data":                       func(c *Config) { c.Train, c.Test = nil, nil }, // the first is told
		"no Test data":                        func(c *Config) { c.Test = nil },
		"MNIST (Train) has no examples":       func(c *Config) { c.Train = part(c.Train, 0) },
		"MNIST (Test) has no examples":        func(c *Config) { c.Test = part(c.Test, 0) },
		"MNIST (Test) has no target":          func(c *Config) { c.Test = noTarget },
		"read both by the same schema":        func(c *Config) { c.Test = houses },
		`unknown kind "rnn"`:                  func(c *Config) { c.Kind = "rnn" },
		`kind "logistic" has no hidden`:       func(c *Config) { c.Kind = "logistic" },
		"epochs -1 and batch 0":               func(c *Config) { c.Epochs = -1 },
		"epochs of 5 steps are more steps":    func(c *Config) { c.Epochs = math.MaxInt / 4 },
		"Threads(-1)":                         func(c *Config) { c.Threads = -1 },
		`unknown name "cosin"`:                func(c *Config) { c.Schedule = "cosin" },
		"adam has no hyperparameter momentum": func(c *Config) { c.Options = []descent.Option{descent.Momentum(0.9)} },
		"adadelta has no hyperparameter lr":   func(c *Config) { c.Rule, c.Schedule = optim.AdaDelta, "cosine" },
		"clip-norm is a link":                 func(c *Config) { c.Rule = optim.ClipNorm },
	} {
		c := small()
		change(&c)
		if _, err := Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	c := small()
	c.Epochs = math.MaxInt / 4
	if _, err := NewTask(c); err == nil || !strings.Contains(err.Error(), "more steps than") {
		t.Errorf("a task of too many steps: error %v", err)
	}
}

// TestEval checks that a rule's weights to evaluate with are tested and saved,
// and that it is its own that are trained.
func TestEval(t *testing.T) {
	c := small()
	rule, err := optim.Parse("averaged", `
		hyper lr = 0.1
		state mean

		w = w - lr*g
		mean = mean + (w - mean)/t
		eval w = mean
	`)
	if err != nil {
		t.Fatal(err)
	}
	c.Rule, c.Save = rule, filepath.Join(t.TempDir(), "m.safetensors")
	r := mustRun(t, c)
	f, err := checkpoint.Load(c.Save)
	if err != nil {
		t.Fatal(err)
	}
	weight, _ := f.Tensor("fc1.weight")
	mean, _ := f.Tensor("optimizer/fc1.weight/mean")
	trained, _ := f.Tensor("training/fc1.weight")
	if !slices.Equal(weight.F32, mean.F32) || slices.Equal(weight.F32, trained.F32) || trained.F32 == nil {
		t.Error("the file has not the averaged weights and those in training")
	}
	c.Rule, c.Save = optim.SGD, filepath.Join(t.TempDir(), "sgd.safetensors")
	c.Options = []descent.Option{descent.LR(0.1)}
	if plain := mustRun(t, c); *plain.TestLoss == *r.TestLoss {
		t.Error("the averaged weights give the test loss of those in training")
	}
	if f, err = checkpoint.Load(c.Save); err != nil {
		t.Fatal(err)
	}
	if weight, _ := f.Tensor("fc1.weight"); !slices.Equal(weight.F32, trained.F32) {
		t.Error("evaluation has changed the training")
	}
}
