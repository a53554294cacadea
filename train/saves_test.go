package train

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/dataset"
	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/optim"
)

// TestCheckpoints interrupts runs of three workers and goes on from the folder with
// as many, which must give what the run gives that is not interrupted, and with
// two, which must give what one gives that computes two parts from there.
func TestCheckpoints(t *testing.T) {
	runs := resumed(t)
	runs["muon"] = func(c *Config) { c.Rule = optim.Muon }
	runs["topk"] = func(c *Config) { c.Wire, _ = wire.TopK(0.1) }
	runs["float16"] = func(c *Config) { c.Wire = wire.Float16 }
	for name, change := range runs {
		t.Run(name, func(t *testing.T) {
			c := small()
			c.Workers = 3
			change(&c)
			folder := t.TempDir()
			save := func(c Config, name string) string {
				t.Helper()
				c.Save = filepath.Join(folder, name)
				mustRun(t, c)
				return read(t, c.Save)
			}
			whole := save(c, "whole")
			c.Checkpoint = filepath.Join(folder, "run")
			interrupted(t, c, 3)
			c.Resume = c.Checkpoint
			interrupted(t, c, 5)
			c.Checkpoint = ""
			if save(c, "rest") != whole {
				t.Error("resumed by as many workers the file is another than uninterrupted")
			}
			if c.Wire != nil { // of the parts one worker sends the mean
				return
			}
			c.Workers = 2
			two := save(c, "two")
			c.Workers, c.Accumulate = 1, 2
			if save(c, "one") != two {
				t.Error("two workers go on otherwise than one that computes their parts")
			}
		})
	}
}

// latest is the step of the last checkpoint, 0 for none.
func latest(t *testing.T, folder string) int {
	t.Helper()
	s, err := checkpoint.Folder(folder).Latest()
	if errors.Is(err, checkpoint.ErrNone) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Step
}

// TestEvery looks for the last checkpoint after every step.
func TestEvery(t *testing.T) {
	for every, want := range map[time.Duration][]int{
		0:               {0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 10},
		time.Nanosecond: {0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10},
		time.Hour:       {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10},
	} {
		c := small()
		c.Workers, c.Every, c.Checkpoint = 2, every, t.TempDir()
		var got []int
		c.Progress = func(Progress) { got = append(got, latest(t, c.Checkpoint)) }
		mustRun(t, c)
		if !slices.Equal(got, want) {
			t.Errorf("every %v: after each step the last checkpoint is of %v, expected %v", every, got, want)
		}
	}
}

// TestCheckpointFails puts a file in the folder's place and takes it away again.
func TestCheckpointFails(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder in use cannot be taken away there")
	}
	c := small()
	c.Workers, c.Every = 2, time.Nanosecond
	c.Checkpoint = filepath.Join(t.TempDir(), "run")
	for _, mended := range []bool{true, false} {
		failed := 0
		c.Progress = func(p Progress) {
			if p.SaveError != nil {
				failed++
			}
			var err error
			switch {
			case p.Step == 2 && failed == 0:
				err = errors.Join(os.RemoveAll(c.Checkpoint), os.WriteFile(c.Checkpoint, nil, 0o666))
			case p.Step == 7 && mended:
				err = errors.Join(os.RemoveAll(c.Checkpoint), os.Mkdir(c.Checkpoint, 0o777))
			}
			if err != nil {
				t.Error(err)
			}
		}
		r, err := Run(t.Context(), c)
		if r == nil || r.Steps != 10 || failed < 5 {
			t.Errorf("the result is %+v after %d failures", r, failed)
		}
		if mended && err != nil || !mended && (!errors.Is(err, ErrNotSaved) || !strings.Contains(err.Error(), c.Checkpoint)) {
			t.Errorf("mended %v: error %v", mended, err)
		}
		if err := os.RemoveAll(c.Checkpoint); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwoRuns: one that begins while another saves in the folder is refused.
func TestTwoRuns(t *testing.T) {
	c := small()
	c.Checkpoint = t.TempDir()
	other := c
	c.Progress = func(p Progress) {
		if p.Step > 1 {
			return
		}
		if _, err := Run(t.Context(), other); err == nil || !strings.Contains(err.Error(), c.Checkpoint+" is in use by another process") {
			t.Errorf("error %v", err)
		}
	}
	mustRun(t, c)
}

// TestCheckpointFolders has folders that are none to save in, or to resume from.
func TestCheckpointFolders(t *testing.T) {
	folder := t.TempDir()
	c := small()
	c.Workers, c.Checkpoint = 2, filepath.Join(folder, "run")
	mustRun(t, c)
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"run has a checkpoint of step 10, this run begins at 0: resume from it": func(*Config) {},
		"no such file": func(c *Config) { c.Checkpoint = filepath.Join(folder, "none", "run") },
		"file":         func(c *Config) { c.Checkpoint = file },
		"there is no whole checkpoint (expected a folder that a run has saved checkpoints in)": func(c *Config) { c.Checkpoint, c.Resume = "", t.TempDir() },
		"is one of several checkpoints: resume from the folder ":                               func(c *Config) { c.Resume = filepath.Join(c.Checkpoint, "step-000005") },
		"[16] in the file, [8]": func(c *Config) { c.Resume, c.Hidden = c.Checkpoint, []int{8} },
		"every -1s":             func(c *Config) { c.Every = -time.Second },
		"and Epochs 1 asks for 5: give more epochs": func(c *Config) { c.Resume, c.Epochs = c.Checkpoint, 1 },
	} {
		c := c
		change(&c)
		if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) || twice.MatchString(err.Error()) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestDamagedCheckpoint passes over the newest and says so.
func TestDamagedCheckpoint(t *testing.T) {
	c := small()
	c.Workers, c.Checkpoint = 2, t.TempDir()
	mustRun(t, c)
	parts, err := filepath.Glob(filepath.Join(c.Checkpoint, "step-000010", "part-*"))
	if err != nil || len(parts) != 2 {
		t.Fatal(parts, err)
	}
	if err := os.Truncate(parts[1], 100); err != nil {
		t.Fatal(err)
	}
	var notes []string
	c.Note = func(text string) { notes = append(notes, text) }
	c.Resume = c.Checkpoint
	c.Progress = func(p Progress) {
		if p.Step == 6 && latest(t, c.Checkpoint) != 5 {
			t.Error("it does not go on from step 5")
		}
	}
	mustRun(t, c)
	if len(notes) != 1 || !strings.Contains(notes[0], "step-000010 is passed over") {
		t.Errorf("it notes %q", notes)
	}
	if latest(t, c.Checkpoint) != 10 {
		t.Error("the damaged checkpoint is not replaced")
	}
}

// ranks runs a Config for each of some ranks and gives what they return.
func ranks(ctx []context.Context, c []Config) (results []*Result, errs []error) {
	results, errs = make([]*Result, len(c)), make([]error, len(c))
	var all sync.WaitGroup
	for i, peers := range distributed.Local(len(c)) {
		c[i].Collective = peers
		all.Go(func() {
			defer peers.Close()
			results[i], errs[i] = Run(ctx[i], c[i])
		})
	}
	all.Wait()
	return results, errs
}

// changed is data with n numbers that are others.
func changed(d *dataset.Data, at, n int) *dataset.Data {
	c := *d
	c.X = slices.Clone(d.X)
	for i := range n {
		c.X[at+i] = 3e38
	}
	return &c
}

// TestRanksDiffer has a second rank with other settings.
func TestRanksDiffer(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"model: mlp":                    func(c *Config) { c.Kind, c.Hidden = "logistic", nil },
		"hidden layers: [16]":           func(c *Config) { c.Hidden = []int{8} },
		"training examples: 300":        func(c *Config) { c.Train = part(c.Train, 290) },
		"checksum of the training data": func(c *Config) { c.Train = changed(c.Train, 7, 1) },
		"checksum of the test data":     func(c *Config) { c.Test = changed(c.Test, 7, 1) },
		"batch: 64":                     func(c *Config) { c.Batch = 50 },
		"epochs: 2":                     func(c *Config) { c.Epochs = 3 },
		"seed: 7":                       func(c *Config) { c.Seed = 8 },
		"schedule: ":                    func(c *Config) { c.Schedule = "cosine" },
		"checkpoints: false":            func(c *Config) { c.Checkpoint = t.TempDir() },
		"keeps a history: false":        func(c *Config) { c.History = &History{} },
		"sgd":                           func(c *Config) { c.Rule = optim.SGD },
		"lr":                            func(c *Config) { c.Options = []descent.Option{descent.LR(0.1)} },
		"float16":                       func(c *Config) { c.Wire = wire.Float16 },
	} {
		other := small()
		change(&other)
		ctx := []context.Context{t.Context(), t.Context()}
		results, errs := ranks(ctx, []Config{small(), other})
		for rank, err := range errs {
			if err == nil || results[rank] != nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "rank 1") {
				t.Errorf("rank %d: error %v, want %q", rank, err, want)
			}
		}
	}
}

// TestColumnsDiffer names the first column that does, and not all.
func TestColumnsDiffer(t *testing.T) {
	c, houses := small(), openHouses(t)
	c.Train, c.Test = houses, houses
	other, changed := c, *houses
	changed.Schema.Columns = slices.Clone(houses.Schema.Columns)
	changed.Schema.Columns[1].Mean++
	other.Train = &changed
	_, errs := ranks([]context.Context{t.Context(), t.Context()}, []Config{c, other})
	if err := errs[0]; err == nil || !strings.Contains(err.Error(), "column 2: ") || strings.Contains(err.Error(), houses.Schema.Columns[2].Name) {
		t.Error(err)
	}
}

// TestOneRankFails before it is joined by the others, which are told why.
func TestOneRankFails(t *testing.T) {
	other := small()
	other.Resume = "none.safetensors"
	_, errs := ranks([]context.Context{t.Context(), t.Context()}, []Config{small(), other})
	if errs[0] == nil || !strings.Contains(errs[0].Error(), "rank 1: ") || !strings.Contains(errs[0].Error(), "none.safetensors") {
		t.Errorf("rank 0: %v, rank 1: %v", errs[0], errs[1])
	}
}

// TestOneRankIsInterrupted: all stop after the same step.
func TestOneRankIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first := small()
	first.Progress = func(p Progress) {
		if p.Step == 3 {
			cancel()
		}
	}
	results, errs := ranks([]context.Context{t.Context(), ctx, t.Context()}, []Config{first, small(), small()})
	for rank, r := range results {
		if !errors.Is(errs[rank], context.Canceled) || r == nil || !r.Interrupted || r.Steps < 3 || r.Steps > 4 || r.Steps != results[0].Steps {
			t.Errorf("rank %d: %+v, %v", rank, r, errs[rank])
		}
	}
}

// TestOneRankDiverges has an example in the second rank's part that overflows.
func TestOneRankDiverges(t *testing.T) {
	c := small()
	c.Batch, c.Workers = 300, 3
	at := rand.New(rand.NewPCG(c.Seed, 1)).Perm(300)[150]
	c.Train = changed(c.Train, at*784, 784)
	_, err := Run(t.Context(), c)
	const want = "train: step 1 of 2: rank 1: training has diverged: the loss is NaN: try a smaller learning rate than 0.001"
	if !errors.Is(err, ErrDiverged) || err.Error() != want {
		t.Errorf("error %v", err)
	}
	r := &run{steps: 2} // which hears of it from another process
	err = r.stepError(fmt.Errorf("sgd: %w", &distributed.RankError{Rank: 1, Err: errors.New("training has diverged: the loss is NaN")}), 0.001)
	if !errors.Is(err, ErrDiverged) || err.Error() != want {
		t.Errorf("error %v", err)
	}
}
