package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// TestResume stops comparisons at several runs and goes on: the results are
// those of one that was never stopped.
func TestResume(t *testing.T) {
	for _, jobs := range []int{1, 3} {
		c := Config{Task: terrain(t, "noisy"), Entrants: append(entrants(t, "sgd", "adam", "adadelta"), wild()), Jobs: jobs}
		want := untimed(t, run(t, c))
		for _, runs := range []int{1, 2, 7, 11, 20} {
			c.Journal, c.Resume = journalPath(t), false
			stop(t, c, runs)
			c.Resume = true
			stop(t, c, 2)
			if got := untimed(t, run(t, c)); got != want {
				t.Errorf("jobs %d, stopped at run %d:\n%s\nwant\n%s", jobs, runs, got, want)
			}
		}
	}
}

func TestResumeNetwork(t *testing.T) {
	c := Config{Task: network(), Entrants: entrants(t, "sgd", "lbfgs"), Seeds: 2, Grid: []float64{0.1, 1}}
	want := untimed(t, run(t, c))
	c.Journal = journalPath(t)
	if r := stop(t, c, 6); len(r.Standings) != 1 || len(r.Pending) != 1 || r.Pending[0] != "lbfgs" {
		t.Errorf("stopped with %d standings, pending %v", len(r.Standings), r.Pending)
	}
	c.Resume, c.Jobs = true, 2
	if got := untimed(t, run(t, c)); got != want {
		t.Errorf("resumed:\n%s\nwant\n%s", got, want)
	}
}

// TestTorn cuts the last line of a journal anywhere.
func TestTorn(t *testing.T) {
	c := Config{Task: terrain(t, "beale"), Entrants: entrants(t, "sgd", "cocob"), Journal: journalPath(t)}
	want := untimed(t, run(t, c))
	whole := read(t, c.Journal)
	last := strings.LastIndex(strings.TrimSuffix(whole, "\n"), `{"run"`)
	c.Resume = true
	for _, cut := range []int{last + 1, last + 50, len(whole) - 1} {
		write(t, c.Journal, whole[:cut])
		if got := untimed(t, run(t, c)); got != want {
			t.Errorf("cut at %d of %d:\n%s\nwant\n%s", cut, len(whole), got, want)
		}
		if got := read(t, c.Journal); strings.Count(got, "\n") != strings.Count(whole, "\n") {
			t.Errorf("cut at %d: the journal is\n%s", cut, got)
		}
	}
}

func TestMoreSeedsAndOptimizers(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Seeds: 1, Journal: journalPath(t)}
	run(t, c)
	before := read(t, c.Journal)
	c.Seeds, c.Entrants, c.Resume = 2, entrants(t, "adam", "sgd"), true
	got := untimed(t, run(t, c))
	if after := read(t, c.Journal); !strings.HasPrefix(after, before) || strings.Count(after, `"optimizer":"sgd","stage":"final"`) != 2 {
		t.Errorf("the journal is\n%s", after)
	}
	c.Journal, c.Resume = "", false
	if want := untimed(t, run(t, c)); got != want {
		t.Errorf("grown:\n%s\nwant\n%s", got, want)
	}
}

func TestResumeOther(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Journal: journalPath(t)}
	stop(t, c, 3)
	c.Resume = true
	other := c
	other.Grid = []float64{0.1}
	other.Task = terrain(t, "noisy")
	fails(t, other, "task: quadratic in the file, noisy now", "function: ", "noise of the gradients: none in the file, 2 now", "learning rates: around each default in the file, 0.1 now")
	other = c
	other.Task = network()
	fails(t, other, "start: (-3.6, 1.25), moved by at most 0.12 and 0.072 in the file, none now")
	other = c
	other.Entrants = []Entrant{{Name: "sgd", Rule: optim.SGD, Options: []descent.Option{descent.Momentum(0.9)}}}
	fails(t, other, "in which sgd has another formula or other hyperparameters")
	run(t, c)
}

// TestResumeSameGrid knows a grid again in another order.
func TestResumeSameGrid(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Grid: []float64{0.1, 0.01}, Journal: journalPath(t)}
	run(t, c)
	c.Grid, c.Resume = []float64{0.01, 0.1, 0.01}, true
	run(t, c)
}

func TestResumeOtherExamples(t *testing.T) {
	c := Config{Task: network(), Entrants: entrants(t, "adadelta"), Journal: journalPath(t)}
	run(t, c)
	n := network()
	train := *n.Train
	train.X = slices.Clone(train.X)
	train.X[1000] = 0.5
	n.Train = &train
	c.Task, c.Resume = n, true
	fails(t, c, "training data: 300 examples, checksum ")
}

func TestUnfinished(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Journal: journalPath(t)}
	stop(t, c, 3)
	before := read(t, c.Journal)
	if err := fails(t, c, c.Journal, "2 runs done"); !errors.Is(err, ErrUnfinished) {
		t.Errorf("the error %v is not ErrUnfinished", err)
	}
	if read(t, c.Journal) != before {
		t.Error("the journal has changed")
	}
	c.Resume = true
	run(t, c)
	long := read(t, c.Journal)
	c.Resume, c.Seeds = false, 1
	run(t, c) // a finished one makes room
	if short := read(t, c.Journal); strings.Count(short, "\n") != strings.Count(long, "\n")-2 {
		t.Errorf("the journal with fewer seeds is\n%s", short)
	}
}

// TestJournalsOnly leaves other files alone.
func TestJournalsOnly(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Journal: journalPath(t)}
	run(t, c)
	lines := bytes.SplitAfter([]byte(read(t, c.Journal)), []byte("\n"))
	lines[3] = []byte("{\"run\":\n")
	for _, test := range []struct{ content, text string }{
		{"{\"a\": 1}\n", "is no journal"},
		{"notes\n", "is no journal"},
		{string(bytes.Join(lines, nil)), "line 4 is damaged"},
		{"{\"comparison\":{\"version\":99}}\n", "is of version 99, this program reads 1"},
	} {
		for _, resume := range []bool{true, false} {
			write(t, c.Journal, test.content)
			c.Resume = resume
			fails(t, c, c.Journal, test.text)
			if read(t, c.Journal) != test.content {
				t.Errorf("%s has been changed", test.content)
			}
		}
	}
	c.Resume = true
	write(t, c.Journal, "")
	fails(t, c, "nothing to resume")
	if err := os.Remove(c.Journal); err != nil {
		t.Fatal(err)
	}
	if err := fails(t, c, "nothing to resume"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	c.Resume, c.Journal = false, t.TempDir()
	fails(t, c, c.Journal)
}

// TestJournalNotWritten ends the comparison, and says so.
func TestJournalNotWritten(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Journal: journalPath(t)}
	m, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := m.Run(t.Context())
	if err == nil || r == nil || !strings.Contains(err.Error(), fmt.Sprintf("compare: %s: not written", c.Journal)) {
		t.Errorf("result %v, error %v", r, err)
	}
}

// TestNewLeavesFile alone where it does not come to its end.
func TestNewLeavesFile(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Journal: journalPath(t)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(c.Journal); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal is there: %v", err)
	}
	run(t, c)
	before := read(t, c.Journal)
	if _, err := New(ctx, Config{Task: c.Task, Entrants: entrants(t, "adam"), Journal: c.Journal}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if read(t, c.Journal) != before {
		t.Error("the journal of the comparison before has changed")
	}
}

// TestResumeFixed does not take runs with a rate that was chosen for others.
func TestResumeFixed(t *testing.T) {
	c := Config{Task: terrain(t, "quadratic"), Entrants: entrants(t, "sgd"), Journal: journalPath(t)}
	run(t, c)
	c.Entrants[0].Fixed, c.Resume = true, true
	fails(t, c, "in which sgd has another formula or other hyperparameters")
}
